//! What is said of many documents together: their formats, encodings and warnings.

use std::collections::BTreeMap;

use crate::cli::render::{counted, format_label, number, warn};
use crate::proto;
use crate::proto::{DocumentFormat, DocumentWarningKind};

/// Number of warnings that are printed; the rest are counted.
const LISTED_WARNINGS: usize = 20;

/// The documents that were read.
#[derive(Debug, Default)]
pub(in crate::cli) struct DocumentTally {
    /// Number of documents of each format.
    formats: BTreeMap<DocumentFormat, u64>,
    /// Number of plain texts in UTF-8.
    plain: u64,
    /// Number of texts in each other encoding.
    encodings: BTreeMap<String, u64>,
    /// The first warnings.
    warnings: Vec<DocumentWarning>,
    /// Number of the other warnings.
    more_warnings: u64,
}

/// A warning about a document.
#[derive(Debug)]
pub(in crate::cli) struct DocumentWarning {
    /// The document.
    pub(in crate::cli) place: String,
    /// The warning as a sentence.
    pub(in crate::cli) message: String,
}

impl DocumentTally {
    /// Adds the text at a place, with what is known of its document; `None` for plain text in UTF-8.
    pub(in crate::cli) fn add(&mut self, place: &str, document: Option<&proto::ExtractedDocument>) {
        let Some(document) = document else {
            self.plain += 1;
            return;
        };
        *self.formats.entry(document.format()).or_default() += 1;
        if !document.encoding.is_empty() && document.encoding != "UTF-8" {
            *self.encodings.entry(document.encoding.clone()).or_default() += 1;
        }
        // Encodings are counted.
        let told = document.warnings.iter().filter(|warning| warning.kind() != DocumentWarningKind::Encoding);
        for warning in told {
            if self.warnings.len() < LISTED_WARNINGS {
                let message = match warning.kind() {
                    DocumentWarningKind::HiddenText => {
                        let words = document.hidden.iter().map(|hidden| hidden.words).sum();
                        let words = counted(words, "word", "words");
                        format!("the document has {words} that its reader does not see")
                    }
                    _ => warning.message.clone(),
                };
                self.warnings.push(DocumentWarning { place: place.to_owned(), message });
            } else {
                self.more_warnings += 1;
            }
        }
    }

    /// The number of documents of each format, for people; empty if all are plain texts.
    pub(in crate::cli) fn formats(&self) -> String {
        let is_text =
            |format: &DocumentFormat| matches!(format, DocumentFormat::Text | DocumentFormat::Markdown);
        if self.formats.keys().all(is_text) {
            return String::new();
        }
        let named = |(format, count): (&DocumentFormat, &u64)| {
            format!("{} {}", number(*count), format_label(*format))
        };
        let documents = self.formats.iter().filter(|(format, _)| !is_text(format)).map(named);
        let texts = self.formats.iter().filter(|(format, _)| is_text(format)).map(|(_, count)| count);
        let texts = self.plain + texts.sum::<u64>();
        let texts = (texts > 0).then(|| format!("{} txt", number(texts)));
        documents.chain(texts).collect::<Vec<String>>().join(", ")
    }

    /// The numbers of texts in other encodings than UTF-8, for people; empty if there are none.
    pub(in crate::cli) fn encodings(&self) -> String {
        let named = |(name, count): (&String, &u64)| format!("{name} ({})", counted(*count, "file", "files"));
        self.encodings.iter().map(named).collect::<Vec<String>>().join(", ")
    }

    /// The number of documents of each format, by its label.
    pub(in crate::cli) fn format_labels(&self) -> BTreeMap<&'static str, u64> {
        self.formats.iter().map(|(format, count)| (format_label(*format), *count)).collect()
    }

    /// The number of texts in each encoding other than UTF-8.
    pub(in crate::cli) fn encodings_found(&self) -> &BTreeMap<String, u64> {
        &self.encodings
    }

    /// The first warnings.
    pub(in crate::cli) fn warnings(&self) -> &[DocumentWarning] {
        &self.warnings
    }

    /// Number of the other warnings.
    pub(in crate::cli) fn more_warnings(&self) -> u64 {
        self.more_warnings
    }

    /// Prints the encodings and the warnings on standard error.
    pub(in crate::cli) fn print_warnings(&self) {
        if !self.encodings.is_empty() {
            warn(&format!("encodings found by the content: {}", self.encodings()));
        }
        for DocumentWarning { place, message } in &self.warnings {
            warn(&format!("{place}: {message}"));
        }
        if self.more_warnings > 0 {
            warn(&format!(
                "{} about documents",
                counted(self.more_warnings, "more warning", "more warnings")
            ));
        }
    }
}
