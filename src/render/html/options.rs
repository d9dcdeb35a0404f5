//! What a caller can choose.

use std::time::{SystemTime, UNIX_EPOCH};

use super::ages;
use crate::proto::{DetectionMode, DetectionOptions};
use crate::render::{by_chance, counted};

/// How a report was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReportKind {
    /// A submission was checked against a corpus.
    #[default]
    Check,
    /// A submission was compared with texts of the same request.
    Compare,
    /// Two sources of a corpus were compared.
    Pair,
}

/// A setting of the request, shown under "How this report was made".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// The settings of a request, as a report states them.
#[must_use]
pub fn settings(options: Option<&DetectionOptions>) -> Vec<Setting> {
    let options = options.cloned().unwrap_or_default();
    let exclusions = options.exclusions.clone().unwrap_or_default();
    let mut settings = Vec::new();
    let mut add = |name: &str, value: String| settings.push(Setting { name: name.to_owned(), value });
    if let Some(words) = options.min_passage_words {
        add("Least passage", counted(words.into(), "word", "words"));
    }
    let passages = match options.mode() {
        DetectionMode::VerbatimOnly => "verbatim only",
        DetectionMode::AlteredToo | DetectionMode::Unspecified => "verbatim, altered, summaries",
    };
    add("Passages sought", passages.to_owned());
    if let Some(cap) = options.commonness_cap {
        add("Common text", format!("in more than {}", counted(cap.into(), "source", "sources")));
    }
    if let Some(percent) = options.commonness_percent {
        add("Common text", format!("in more than {percent} % of the sources"));
    }
    if let Some(expected) = options.max_expected_by_chance {
        add("Commonplace", format!("passages that chance produces more often than {}", by_chance(expected)));
    }
    let of = |count: usize, one: &str, many: &str| (count > 0).then(|| counted(count as u64, one, many));
    let default =
        |is_excluded: Option<bool>, name: &str| is_excluded.unwrap_or(true).then(|| name.to_owned());
    let excluded: Vec<String> = [
        default(exclusions.quotations, "quotations"),
        default(exclusions.bibliography, "the bibliography"),
        default(exclusions.citations, "citations"),
        of(exclusions.boilerplate_texts.len(), "text of boilerplate", "texts of boilerplate"),
        of(
            exclusions.boilerplate_collections.len(),
            "collection of boilerplate",
            "collections of boilerplate",
        ),
        of(exclusions.own_groups.len(), "group of own work", "groups of own work"),
    ]
    .into_iter()
    .flatten()
    .collect();
    add("Excluded", if excluded.is_empty() { "nothing".to_owned() } else { excluded.join(", ") });
    settings
}

/// A link to a page of the caller's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The address: a path of the caller's server. It is trusted.
    pub href: String,
    /// The text.
    pub text: String,
}

/// Options of a rendered report.
#[derive(Debug, Clone)]
pub struct RenderOptions {
    /// The name of the submission, or of the collection of a class report; may be empty.
    pub submission_name: String,
    /// Whether names, ids, titles and groups are left out of the file. Texts are not changed.
    pub hide_names: bool,
    /// The time that the report states.
    pub rendered_at: SystemTime,
    /// How the report was made.
    pub kind: ReportKind,
    /// The names of the collections in scope, if they are known.
    pub collections: Vec<String>,
    /// The settings of the request, if they are known.
    pub settings: Vec<Setting>,
    /// A bar of links at the top; none in a file.
    pub links: Vec<Link>,
}

impl RenderOptions {
    /// Options for a submission of this name, rendered now.
    #[must_use]
    pub fn new(kind: ReportKind, submission_name: &str) -> Self {
        Self {
            submission_name: submission_name.to_owned(),
            hide_names: false,
            rendered_at: SystemTime::now(),
            kind,
            collections: Vec::new(),
            settings: Vec::new(),
            links: Vec::new(),
        }
    }

    /// The name to show: nothing if names are hidden.
    pub(super) fn shown_name(&self) -> &str {
        if self.hide_names { "" } else { self.submission_name.trim() }
    }

    /// The time of rendering: `2026-05-01T10:00:00Z`.
    pub(super) fn time(&self) -> String {
        ages::time(self.rendered_at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs())
    }
}
