//! Whole reports as a person sees them.

use super::Look;
use super::report::{Subject, report};
use crate::proto;

const PLAIN: Look = Look { columns: Some(80), colour: false, full: false };

fn shown(given: &proto::Report, text: &str) -> String {
    let mut out = Vec::new();
    report(&mut out, given, &Subject { name: "essay.txt", text }, PLAIN).unwrap();
    String::from_utf8(out).unwrap()
}

fn share(words: u64, of_words: u64, percent: f64) -> proto::Share {
    proto::Share { words, of_words, percent }
}

/// A report on a submission of 1,000 words against 10,000 sources.
fn given() -> proto::Report {
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

fn overlap() -> proto::SourceOverlap {
    let span = |start, end| Some(proto::Span { start, end });
    let verbatim = proto::Passage {
        submission: span(0, 10),
        source: span(1200, 1210),
        kind: proto::PassageKind::Verbatim.into(),
        similarity: 1.0,
        submission_words: 370,
        source_words: 370,
        matched_words: 370,
        submission_excerpt: "Every  storm\nin a ledger".into(),
        source_excerpt: "every storm in a ledger".into(),
    };
    let altered = proto::Passage {
        submission: span(11, 40),
        kind: proto::PassageKind::Altered.into(),
        similarity: 0.8,
        submission_words: 5,
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
────────────────────────────────────────────────────────────────────────
1   37.5 %    375     300        100.0 %  logs/1851.txt  The Keeper\u{fffd}[2J
Not shown: 2 more sources (--max-sources shows them).

Words that differ in altered passages are in ⟦brackets⟧.

1. logs/1851.txt · The Keeper\u{fffd}[2J · group 7b

   line 1: verbatim, 370 words, source bytes 1,200-1,210
   submission │ Every storm in a ledger
   source     │ every storm in a ledger

   lines 2-3: altered, 4 of 5 words the same, similarity 0.80, source bytes 1,200-1,210
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
essay.txt: 0.0 % covered: 0 of 1,000 words.
Nothing could be found: no source is in scope; there are none, or all are excluded.

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
  lines 1-2, line 3: runs that stand in more than 5 sources were left out (--commonness-cap)
";
    assert!(
        shown(&proto::Report { guarantee: Some(guarantee), ..given() }, "a\nb\nc\n").starts_with(expected)
    );
}
