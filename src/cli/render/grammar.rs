//! Mistakes of grammar for people.

use super::figures::{counted, number};
use super::printable;
use crate::proto::{self, EnglishDialect, GrammarKind};

/// Replacements that are listed of each finding.
const LISTED: usize = 3;

/// Characters of a finding that are shown.
const MAX_CHARS: usize = 60;

/// The mistakes, one a line, with the line and column in `text`, or the bytes if the text is not known.
pub(in crate::cli) fn grammar(response: &proto::CheckGrammarResponse, text: Option<&str>) -> String {
    let mut lines = Vec::new();
    let mut place = Place::default();
    for finding in &response.findings {
        let span = finding.span.unwrap_or_default();
        let at = text.map_or_else(|| format!("byte {}", span.start), |text| place.at(text, span.start));
        lines.push(line(&at, finding));
    }
    let found: u64 = response.counts.iter().map(|count| count.findings).sum();
    let more = found.saturating_sub(response.findings.len() as u64);
    if more > 0 {
        lines.push(format!("... and {} more; --max-findings lists them", number(more)));
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(totals(response, found));
    lines.extend(not_checked(response));
    lines.join("\n")
}

fn line(place: &str, finding: &proto::GrammarFinding) -> String {
    let proto::GrammarFinding { text, rule, message, replacements, .. } = finding;
    let kind = label(finding.kind());
    let listed: Vec<String> = replacements.iter().take(LISTED).map(|it| replacement(it)).collect();
    let arrow = if listed.is_empty() { "" } else { " → " };
    format!(
        "{place:>8}  {kind:<14} \"{}\"{arrow}{}  {} ({})",
        shortened(text),
        listed.join(", "),
        printable(message.trim()),
        printable(rule)
    )
}

fn replacement(text: &str) -> String {
    if text.is_empty() { "nothing".to_owned() } else { format!("\"{}\"", shortened(text)) }
}

fn shortened(text: &str) -> String {
    let shown: String = text.chars().take(MAX_CHARS).collect();
    let end = if shown.len() < text.len() { "…" } else { "" };
    format!("{}{end}", printable(&shown))
}

/// How much was found, in how many words, and by what.
fn totals(response: &proto::CheckGrammarResponse, found: u64) -> String {
    let by_kind: Vec<String> = response
        .counts
        .iter()
        .map(|count| format!("{} {}", number(count.findings), label(count.kind())))
        .collect();
    let by_kind = if by_kind.is_empty() { String::new() } else { format!(" ({})", by_kind.join(", ")) };
    let share = response.checked.unwrap_or_default();
    let checker = if response.checker.is_empty() {
        String::new()
    } else {
        format!(" by {} {}", printable(&response.checker), printable(&response.checker_version))
    };
    let language = match (dialect(response.dialect()), response.language.as_str()) {
        (Some(dialect), _) => format!(", {dialect} English"),
        (None, "") => String::new(),
        (None, language) => format!(", language {}", printable(language)),
    };
    format!(
        "{}{by_kind}; checked {} of {}{checker}{language}",
        counted(found, "finding", "findings"),
        number(share.words),
        counted(share.of_words, "word", "words")
    )
}

/// What was not checked, a line for each reason.
fn not_checked(response: &proto::CheckGrammarResponse) -> Vec<String> {
    let mut reasons: Vec<Left<'_>> = Vec::new();
    for part in &response.not_checked {
        match reasons.iter_mut().find(|left| left.reason == part.message) {
            Some(left) => left.words += part.words,
            None => reasons.push(Left { reason: &part.message, words: part.words }),
        }
    }
    let line = |left: &Left<'_>| {
        format!("not checked: {}: {}", counted(left.words, "word", "words"), printable(left.reason))
    };
    reasons.iter().map(line).collect()
}

/// Words that were not checked for one reason.
struct Left<'a> {
    reason: &'a str,
    words: u64,
}

fn label(kind: GrammarKind) -> &'static str {
    match kind {
        GrammarKind::Spelling => "spelling",
        GrammarKind::Grammar => "grammar",
        GrammarKind::Punctuation => "punctuation",
        GrammarKind::Capitalization => "capitalization",
        GrammarKind::WordChoice => "word choice",
        GrammarKind::Repetition => "repetition",
        GrammarKind::Style => "style",
        GrammarKind::Other | GrammarKind::Unspecified => "other",
    }
}

fn dialect(dialect: EnglishDialect) -> Option<&'static str> {
    match dialect {
        EnglishDialect::Unspecified => None,
        EnglishDialect::American => Some("American"),
        EnglishDialect::British => Some("British"),
        EnglishDialect::Canadian => Some("Canadian"),
        EnglishDialect::Australian => Some("Australian"),
        EnglishDialect::Indian => Some("Indian"),
    }
}

/// A place in a text that only moves forward, so that all places of a text take one pass.
#[derive(Debug, Default)]
struct Place {
    byte: usize,
    lines: usize,
    columns: usize,
}

impl Place {
    /// Line and column of a byte, from 1; columns are characters. A byte that lies before the last one has the place of that.
    fn at(&mut self, text: &str, byte: u64) -> String {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        if let Some(passed) = text.get(self.byte..byte) {
            for c in passed.chars() {
                self.columns += 1;
                if c == '\n' {
                    self.lines += 1;
                    self.columns = 0;
                }
            }
            self.byte = byte;
        }
        format!("{}:{}", self.lines + 1, self.columns + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_lines_and_columns() {
        let mut place = Place::default();
        let text = "éa\nbc\n\nd";
        let all: Vec<String> = [0, 2, 4, 5, 8, 2, 99].map(|byte| place.at(text, byte)).into();
        assert_eq!(all, ["1:1", "1:2", "2:1", "2:2", "4:1", "4:1", "4:1"]);
    }

    #[test]
    fn findings_have_lines_and_totals() {
        let finding = |start, text: &str, replacements: &[&str]| proto::GrammarFinding {
            span: Some(proto::Span { start, end: start + text.len() as u64 }),
            text: text.to_owned(),
            kind: GrammarKind::Spelling.into(),
            rule: "SpellCheck".to_owned(),
            message: "Did you mean this?".to_owned(),
            replacements: replacements.iter().map(|it| (*it).to_owned()).collect(),
            ..proto::GrammarFinding::default()
        };
        let quoted = |words| proto::NotCheckedText {
            words,
            message: "it is quoted".to_owned(),
            ..proto::NotCheckedText::default()
        };
        let response = proto::CheckGrammarResponse {
            findings: vec![finding(0, "Teh", &["The", "Ten", "Tea", "Tee"]), finding(5, "x\ny", &[""])],
            counts: vec![proto::GrammarCount { kind: GrammarKind::Spelling.into(), findings: 3 }],
            not_checked: vec![quoted(2), quoted(3)],
            checked: Some(proto::Share { words: 5, of_words: 10, percent: 50.0 }),
            checker: "harper".to_owned(),
            checker_version: "3.0.0".to_owned(),
            language: "en".to_owned(),
            dialect: EnglishDialect::British.into(),
        };
        let expected =
            "     1:1  spelling       \"Teh\" → \"The\", \"Ten\", \"Tea\"  Did you mean this? (SpellCheck)
     2:2  spelling       \"x y\" → nothing  Did you mean this? (SpellCheck)
... and 1 more; --max-findings lists them

3 findings (3 spelling); checked 5 of 10 words by harper 3.0.0, British English
not checked: 5 words: it is quoted";
        assert_eq!(grammar(&response, Some("Teh\n x\ny")), expected);
        assert!(grammar(&response, None).starts_with("  byte 0  spelling"));
    }
}
