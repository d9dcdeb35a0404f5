//! Alerts: signs that a text looks different to a machine than to a reader. They are invisible characters, look-alike
//! letters of other scripts, spaced letters, and words that were joined or split.
//!
//! An alert never changes a percentage. The compared form of words undoes all of these but joined and split words. It
//! shows a person where to look. Characters that a script, a typesetter or an emoji needs raise no alert: joiners in Persian and in Indic
//! scripts, marks of direction beside Arabic and Hebrew, occasional hyphenation, Greek letters as symbols, icons in
//! private-use characters.
//!
//! Findings of one kind within [`MERGE_GAP_BYTES`] become one alert, so that a text with a finding in every word has
//! few alerts with high counts.

mod hidden;
mod look_alikes;
mod scan;
mod spaced_letters;
mod word_lengths;
mod words;

#[cfg(test)]
mod tests;

use super::{Span, peek};

pub use look_alikes::{Alphabet, look_alike, look_alike_in};
pub use spaced_letters::spaced_words;
pub use words::disguised_alphabet;

/// The greatest distance in bytes between findings of one kind that become one alert: a few lines.
pub const MERGE_GAP_BYTES: usize = 256;

/// The kind of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertKind {
    /// Characters without width: zero-width space, joiner and non-joiner, word joiner, U+FEFF inside text.
    ZeroWidth,
    /// Controls of writing direction (UAX #9) in a line without text written from right to left.
    BidiControl,
    /// Soft hyphens that are many, or at places where no hyphenation breaks words.
    SoftHyphen,
    /// Letters of another script, or styled letters, in place of letters that they look like.
    LookAlike,
    /// Invisible tags, variation selectors, fillers and control characters.
    Invisible,
    /// Runs of private-use characters, which a font may show as anything.
    PrivateUse,
    /// Words whose letters are set apart: `p l a g i a r i s m`.
    SpacedLetters,
    /// Stacks of combining marks, or letters struck through one by one.
    StackedMarks,
    /// Exclusions that leave little of a text, or take most of what was copied. It is found when a report is built, never
    /// by [`alerts`].
    Excluded,
    /// Words without spaces between them, or with a letter in place of each space: `itlislplagiarism`.
    JoinedWords,
    /// Words with spaces inside: `pla giar ism`.
    SplitWords,
}

/// How likely an alert is intentional.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Often an artefact of word processors, scans and web pages.
    Low,
    /// Seldom unintended.
    Medium,
    /// Hardly ever unintended.
    High,
}

/// A part of a text that looks like an attempt to hide copying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Alert {
    /// The kind of its findings.
    pub kind: AlertKind,
    /// How likely it is intentional.
    pub severity: Severity,
    /// From the first finding to the last.
    pub span: Span,
    /// Number of words for look-alikes, spaced letters, joined and split words and exclusions; of characters for the other
    /// kinds.
    pub count: u32,
}

/// One finding, before neighbours are merged.
#[derive(Debug, Clone, Copy)]
struct Finding {
    kind: AlertKind,
    severity: Severity,
    start: usize,
    end: usize,
    count: u32,
}

/// The alerts of `text`, sorted by start; alerts of one kind are disjoint.
///
/// Linear in the text, and much faster than tokenisation in ASCII.
///
/// ```
/// use palimpsest::text::alerts::{AlertKind, alerts};
///
/// let found = alerts("Nobody has copi\u{200B}ed this.");
/// assert_eq!(found.len(), 1);
/// assert_eq!(found[0].kind, AlertKind::ZeroWidth);
/// ```
#[must_use]
pub fn alerts(text: &str) -> Vec<Alert> {
    let mut findings = scan::findings(text);
    findings.extend(spaced_letters::findings(text));
    findings.extend(word_lengths::findings(text));
    findings.sort_by_key(|finding| (finding.kind, finding.start));
    let look_alikes = findings.iter().filter(|finding| finding.kind == AlertKind::LookAlike).count();
    let mut merged: Vec<Finding> = Vec::new();
    for finding in findings {
        match merged.last_mut() {
            Some(last) if last.kind == finding.kind && finding.start <= last.end + MERGE_GAP_BYTES => {
                last.end = last.end.max(finding.end);
                last.count = last.count.saturating_add(finding.count);
                last.severity = last.severity.max(finding.severity);
            }
            _ => merged.push(finding),
        }
    }
    let mut alerts: Vec<Alert> =
        merged.iter().filter_map(|finding| judge(text, *finding, look_alikes)).collect();
    alerts.sort_by_key(|alert| (alert.span.start, alert.kind));
    alerts
}

/// The alert for merged findings, its severity by their number; `None` if they are too few to matter.
fn judge(text: &str, finding: Finding, look_alikes: usize) -> Option<Alert> {
    use Severity::{High, Low, Medium};
    let count = finding.count;
    let severity = match (finding.kind, finding.severity) {
        (AlertKind::SoftHyphen, Low) if count < 5 => return None,
        (AlertKind::SoftHyphen, Low) if count >= 10 && is_dense(text, finding) => Medium,
        (AlertKind::StackedMarks, Low) if count < 4 => return None,
        (AlertKind::StackedMarks, _) if count >= 60 => High,
        (AlertKind::StackedMarks, Low) if count >= 12 => Medium,
        (AlertKind::SoftHyphen, Medium) if count < 10 => Medium,
        (AlertKind::LookAlike, Medium) if look_alikes >= 10 => High,
        (AlertKind::LookAlike, Low) if count >= 3 => Medium,
        (AlertKind::PrivateUse, _) => {
            if count >= 20 {
                High
            } else {
                finding.severity
            }
        }
        (AlertKind::StackedMarks | AlertKind::JoinedWords | AlertKind::SplitWords, severity) => severity,
        (_, Medium) if count >= 3 => High,
        (_, severity) => severity,
    };
    Some(Alert { kind: finding.kind, severity, span: peek::span(finding.start, finding.end), count })
}

/// Whether there is at least one finding for every two words.
fn is_dense(text: &str, finding: Finding) -> bool {
    let words = peek::count_words(peek::slice(text, finding.start, finding.end));
    words <= usize::try_from(finding.count).unwrap_or(usize::MAX).saturating_mul(2)
}
