//! Mistakes of a text to messages.

use std::collections::BTreeMap;

use crate::proto;
use crate::text::{OffsetUnit, Span, convert_spans};
use crate::writing::grammar::{Checked, Dialect, Finding, Kind, NotChecked, Reason, Severity};

/// The mistakes of `text`, of which `max_findings` are listed at most.
#[must_use]
pub fn grammar(
    text: &str,
    checked: Checked,
    unit: OffsetUnit,
    max_findings: usize,
) -> proto::CheckGrammarResponse {
    let Checked { findings, not_checked, words, checker, checker_version, language, dialect } = checked;
    let mut counts: BTreeMap<Kind, u64> = BTreeMap::new();
    for finding in &findings {
        *counts.entry(finding.kind).or_default() += 1;
    }
    let left_out: u64 = not_checked.iter().map(|part| part.words).sum();
    let listed: Vec<Finding> = findings.into_iter().take(max_findings).collect();
    let mut spans: Vec<Span> = listed.iter().map(|finding| finding.span).collect();
    spans.extend(not_checked.iter().map(|part| part.span));
    convert_spans(text, unit, &mut spans);
    let mut spans =
        spans.into_iter().map(|Span { start, end }| proto::Span { start: start.into(), end: end.into() });
    proto::CheckGrammarResponse {
        findings: listed.into_iter().map(|it| finding(text, it, spans.next())).collect(),
        counts: counts.into_iter().map(|(kind, findings)| count(kind, findings)).collect(),
        not_checked: not_checked.into_iter().map(|it| part(it, spans.next())).collect(),
        checked: Some(share(words.saturating_sub(left_out), words)),
        checker,
        checker_version,
        language,
        dialect: dialect.map_or(proto::EnglishDialect::Unspecified, of_dialect).into(),
    }
}

fn count(of_kind: Kind, findings: u64) -> proto::GrammarCount {
    proto::GrammarCount { kind: kind(of_kind).into(), findings }
}

#[expect(clippy::cast_precision_loss, reason = "counts of words are far below 2^52")]
fn share(words: u64, of_words: u64) -> proto::Share {
    let percent = if of_words == 0 { 0.0 } else { 100.0 * words as f64 / of_words as f64 };
    proto::Share { words, of_words, percent }
}

fn finding(text: &str, found: Finding, span: Option<proto::Span>) -> proto::GrammarFinding {
    let Finding { span: at, kind: of_kind, rule, message, replacements } = found;
    let severity = match of_kind.severity() {
        Severity::Mistake => proto::GrammarSeverity::Mistake,
        Severity::Warning => proto::GrammarSeverity::Warning,
        Severity::Suggestion => proto::GrammarSeverity::Suggestion,
    };
    proto::GrammarFinding {
        span,
        text: at.of(text).to_owned(),
        kind: kind(of_kind).into(),
        severity: severity.into(),
        rule,
        message,
        replacements,
    }
}

fn part(part: NotChecked, span: Option<proto::Span>) -> proto::NotCheckedText {
    let NotChecked { span: _, words, reason, message } = part;
    let reason = match reason {
        Reason::Language => proto::GrammarNotCheckedReason::Language,
        Reason::Quotation => proto::GrammarNotCheckedReason::Quotation,
        Reason::Bibliography => proto::GrammarNotCheckedReason::Bibliography,
        Reason::CheckerFailed => proto::GrammarNotCheckedReason::CheckerFailed,
        Reason::NoChecker => proto::GrammarNotCheckedReason::NoChecker,
    };
    proto::NotCheckedText { span, words, reason: reason.into(), message }
}

fn kind(kind: Kind) -> proto::GrammarKind {
    match kind {
        Kind::Spelling => proto::GrammarKind::Spelling,
        Kind::Grammar => proto::GrammarKind::Grammar,
        Kind::Punctuation => proto::GrammarKind::Punctuation,
        Kind::Capitalization => proto::GrammarKind::Capitalization,
        Kind::WordChoice => proto::GrammarKind::WordChoice,
        Kind::Repetition => proto::GrammarKind::Repetition,
        Kind::Style => proto::GrammarKind::Style,
        Kind::Other => proto::GrammarKind::Other,
    }
}

fn of_dialect(dialect: Dialect) -> proto::EnglishDialect {
    match dialect {
        Dialect::American => proto::EnglishDialect::American,
        Dialect::British => proto::EnglishDialect::British,
        Dialect::Canadian => proto::EnglishDialect::Canadian,
        Dialect::Australian => proto::EnglishDialect::Australian,
        Dialect::Indian => proto::EnglishDialect::Indian,
    }
}
