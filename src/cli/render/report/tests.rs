//! Whole reports for people.

use super::{SourceLines, Subject, report};
use crate::cli::render::Look;
use crate::proto;
use crate::proto::{AlertKind, AlertSeverity, ExclusionReason};

const PLAIN: Look = Look { columns: Some(80), colour: false, full: false };

pub(super) fn shown(given: &proto::Report, text: &str) -> String {
    let mut out = Vec::new();
    let mut sources = SourceLines::default();
    sources.add("", "logs/1851.txt", &"0123456789abcde\n".repeat(100));
    report(&mut out, given, &Subject { name: "essay.txt", text: Some(text), sources: &sources }, PLAIN)
        .unwrap();
    String::from_utf8(out).unwrap()
}

pub(super) fn share(words: u64, of_words: u64, percent: f64) -> proto::Share {
    proto::Share { words, of_words, percent }
}

/// A report on a submission of 1,000 words against 10,000 sources.
pub(super) fn given() -> proto::Report {
    proto::Report {
        guarantee: Some(proto::Guarantee { min_run_words: 8, holds: true, voids: Vec::new() }),
        corpus_revision: 10_000,
        settings_digest: "5e771295".into(),
        algorithm_version: 1,
        words: 1000,
        coverage: Some(share(0, 1000, 0.0)),
        sources_in_scope: 10_000,
        ..Default::default()
    }
}

fn span(start: u64, end: u64) -> proto::Span {
    proto::Span { start, end }
}

fn covered(start: u64, end: u64, words: u64) -> proto::CoveredSpan {
    proto::CoveredSpan { span: Some(span(start, end)), words }
}

pub(super) fn excluded(reason: ExclusionReason, start: u64, words: u64) -> proto::Exclusion {
    proto::Exclusion {
        reason: reason.into(),
        span: Some(span(start, start + 10)),
        words,
        expected_by_chance: None,
    }
}

fn alert(kind: AlertKind, severity: AlertSeverity, start: u64, count: u32) -> proto::Alert {
    proto::Alert { kind: kind.into(), severity: severity.into(), span: Some(span(start, start + 3)), count }
}

pub(super) fn overlap() -> proto::SourceOverlap {
    let verbatim = proto::Passage {
        submission: Some(span(0, 10)),
        source: Some(span(1200, 1210)),
        kind: proto::PassageKind::Verbatim.into(),
        similarity: 1.0,
        submission_words: 370,
        source_words: 370,
        matched_words: 370,
        submission_excerpt: "Every  storm\nin a ledger".into(),
        source_excerpt: "every storm in a ledger".into(),
        counted_words: 370,
        covered: vec![covered(0, 10, 370)],
        source_covered: vec![covered(1200, 1210, 370)],
        evidence_nats: 900.0,
        attribution: proto::Attribution::None.into(),
        ..proto::Passage::default()
    };
    let altered = proto::Passage {
        submission: Some(span(11, 40)),
        kind: proto::PassageKind::Altered.into(),
        similarity: 8.0 / 9.0,
        submission_words: 5,
        counted_words: 5,
        covered: vec![covered(11, 40, 5)],
        source_words: 4,
        matched_words: 4,
        submission_excerpt: "nobody was ever meant to".into(),
        source_excerpt: "nobody was meant to".into(),
        ..verbatim.clone()
    };
    proto::SourceOverlap {
        source_id: "logs/1851.txt".into(),
        title: "The Keeper\u{1b}[2J".into(),
        group: "7b".into(),
        covered: Some(share(375, 1000, 37.5)),
        unique_words: 300,
        source_used: Some(share(374, 374, 100.0)),
        passages: vec![verbatim, altered],
        passages_cut: 2,
        ..Default::default()
    }
}

#[test]
fn what_was_found() {
    let found = proto::Report {
        coverage: Some(share(375, 1000, 37.5)),
        sources: vec![overlap()],
        sources_found: 3,
        sources_cut: 2,
        passages_found: 9,
        ..given()
    };
    let expected = "\
essay.txt: 37.5 % covered: 375 of 1,000 words, in 9 passages from 3 sources.
Every run of 8 words or more copied from the 10,000 sources in scope is found.

#  covered  words  unique  of the source  source         title
───────────────────────────────────────────────────────────────────────
1   37.5 %    375     300        100.0 %  logs/1851.txt  The Keeper\u{fffd}[2J
Not shown: 2 more sources (--max-sources shows them).

Words that differ in altered passages are in ⟦brackets⟧.

1. logs/1851.txt · The Keeper\u{fffd}[2J · group 7b

   line 1: verbatim, 370 words, source line 76
   submission │ Every storm in a ledger
   source     │ every storm in a ledger

   lines 2-3: altered, 4 words the same of 5 here and 4 in the source, similarity 88.9 %, source line 76
   submission │ nobody was ⟦ever⟧ meant to
   source     │ nobody was meant to

   Not shown: 2 more passages of this source (--max-passages shows them).

corpus revision 10,000, settings 5e771295, algorithm version 1
";
    assert_eq!(shown(&found, "0123456789\n0123456789\n01234567890123456789"), expected);
}

#[test]
fn nothing_found_is_said_honestly() {
    let shown_of =
        |report: &proto::Report| shown(report, "a\nb\nc\n").lines().take(4).collect::<Vec<_>>().join("\n");
    let nothing = "\
essay.txt: 0.0 % covered: 0 of 1,000 words.
Nothing found in the 10,000 sources in scope.
Every run of 8 words or more copied from the 10,000 sources in scope is found.
";
    assert_eq!(shown_of(&given()), nothing);
    let empty = "\
essay.txt: not checked: no source is in scope; add sources, or exclude fewer.

corpus revision 10,000, settings 5e771295, algorithm version 1";
    assert_eq!(shown_of(&proto::Report { sources_in_scope: 0, ..given() }), empty);
    let short = proto::Report { words: 4, too_few_words: 4, coverage: Some(share(0, 0, 0.0)), ..given() };
    let too_few = "essay.txt: not checked: its 4 words are too few for a single k-gram of the collections in scope.\n\n";
    assert!(shown(&short, "a b c d").starts_with(too_few));
}

#[test]
fn a_void_guarantee_says_why_and_where() {
    let void = proto::GuaranteeVoid {
        reason: proto::GuaranteeVoidReason::CommonnessCap.into(),
        limit: 5,
        spans: vec![proto::Span { start: 0, end: 3 }, proto::Span { start: 4, end: 5 }],
    };
    let guarantee = proto::Guarantee { min_run_words: 8, holds: false, voids: vec![void] };
    let expected = "\
essay.txt: 0.0 % covered: 0 of 1,000 words.
Nothing found in the 10,000 sources in scope.
Runs of 8 words or more copied from the 10,000 sources in scope may have been missed:
  lines 1-2, line 3: runs that more than 5 sources share were excluded (--commonness-cap, --commonness-percent)
";
    assert!(
        shown(&proto::Report { guarantee: Some(guarantee), ..given() }, "a\nb\nc\n").starts_with(expected)
    );
}

#[test]
fn what_is_left_out_is_said_with_its_reasons() {
    let left_out = proto::Report {
        coverage: Some(share(375, 957, 39.18)),
        excluded_words: 43,
        exclusions: vec![
            excluded(ExclusionReason::Quotation, 0, 12),
            excluded(ExclusionReason::Citation, 10, 8),
            excluded(ExclusionReason::Quotation, 20, 8),
            excluded(ExclusionReason::Bibliography, 30, 15),
        ],
        sources_found: 1,
        passages_found: 2,
        ..given()
    };
    let expected = "\
essay.txt: 39.2 % covered: 375 of 957 words, in 2 passages from 1 source.
Excluded from the count: 43 words: 20 quoted, 15 of the bibliography, 8 of citations.
Every run of 8 words or more copied from the 10,000 sources in scope is found.
";
    assert!(shown(&left_out, "a\nb").starts_with(expected));
    let reasons = [
        (ExclusionReason::Boilerplate, 3),
        (ExclusionReason::OwnWork, 3),
        (ExclusionReason::Common, 2),
        (ExclusionReason::ShortPassage, 1),
    ];
    let exclusions = reasons.map(|(reason, words)| excluded(reason, 0, words)).into();
    let others = shown(&proto::Report { exclusions, excluded_words: 9, ..left_out }, "a");
    let expected = "Excluded from the count: 9 words: 3 of boilerplate, 3 of own work, 2 common to many sources, \
        1 in short passages.\n";
    assert!(others.contains(expected), "{others}");
}

#[test]
fn signs_of_hiding_are_listed_the_gravest_first() {
    let alerts = vec![
        alert(AlertKind::SoftHyphen, AlertSeverity::Low, 0, 5),
        alert(AlertKind::ZeroWidth, AlertSeverity::Medium, 2, 1),
        alert(AlertKind::LookAlike, AlertSeverity::High, 4, 1200),
        alert(AlertKind::SpacedLetters, AlertSeverity::High, 6, 1),
    ];
    let expected = "
Signs of hiding (they change no percentage):
  high: 1,200 words with look-alike letters, line 2
  high: 1 word with its letters set apart, lines 2-3
  medium: 1 character without width, lines 1-2
  low: 5 soft hyphens, line 1

corpus";
    let text = "abc\nde\nfghij";
    let found = shown(&proto::Report { alerts, ..given() }, text);
    assert!(found.contains(expected), "{found}");
    let alerts = vec![alert(AlertKind::Invisible, AlertSeverity::Low, 0, 2); 12];
    let short = proto::Report { words: 4, too_few_words: 4, alerts, ..given() };
    let many = shown(&short, text);
    assert!(many.starts_with("essay.txt: not checked"));
    assert_eq!(many.matches("  low: 2 invisible characters, line 1\n").count(), 10);
    assert!(many.contains("\n  and 2 more (--full shows them)\n"), "{many}");
}

#[test]
fn a_list_of_no_sources_says_how_many_there_are() {
    let found = proto::Report { sources_found: 3, sources_cut: 3, passages_found: 9, ..given() };
    assert!(shown(&found, "a").contains("is found.\n\nNot shown: 3 sources (--max-sources shows them).\n"));
}
