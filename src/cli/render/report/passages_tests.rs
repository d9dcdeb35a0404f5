//! The passages of a report for people.

use super::tests::{excluded, given, overlap, share, shown};
use crate::proto;
use crate::proto::ExclusionReason;

#[test]
fn passages_say_what_of_them_is_not_counted() {
    let mut source = overlap();
    source.passages_cut = 0;
    source.covered = Some(share(0, 0, 0.0));
    source.unique_words = 0;
    for (passage, counted_words) in source.passages.iter_mut().zip([0, 3]) {
        passage.counted_words = counted_words;
    }
    // One word of the altered passage was put in.
    source.passages[1].covered[0].words = 4;
    let all_left_out = proto::Report {
        words: 43,
        coverage: Some(share(0, 0, 0.0)),
        coverage_without_exclusions: Some(share(42, 43, 97.7)),
        excluded_words: 43,
        exclusions: vec![
            excluded(ExclusionReason::Quotation, 0, 40),
            excluded(ExclusionReason::Citation, 15, 2),
            excluded(ExclusionReason::Citation, 30, 1),
        ],
        sources: vec![source],
        sources_found: 1,
        passages_found: 2,
        ..given()
    };
    let expected = "\
essay.txt: not checked: all of its 43 words are excluded, among them 2 passages from 1 source.
Excluded from the count: 43 words: 40 quoted, 3 of citations.
With nothing excluded: 97.7 % covered: 42 of 43 words.
Every run of 8 words or more copied from the 10,000 sources in scope is found.

#  covered  words  unique  of the source  source         title
───────────────────────────────────────────────────────────────────────
1        –      0       0        100.0 %  logs/1851.txt  The Keeper\u{fffd}[2J

Words that differ in altered passages are in ⟦brackets⟧.

1. logs/1851.txt · The Keeper\u{fffd}[2J · group 7b

   line 1: verbatim, 370 words, not counted (quoted), source line 76
   submission │ Every storm in a ledger
   source     │ every storm in a ledger

   lines 2-3: altered, 4 words the same of 5 here and 4 in the source, similarity 88.9 %, 2 not counted (of citations, in gaps), source line 76
   submission │ nobody was ⟦ever⟧ meant to
   source     │ nobody was meant to

corpus revision 10,000, settings 5e771295, algorithm version 1
";
    assert_eq!(shown(&all_left_out, "0123456789\n0123456789\n01234567890123456789"), expected);
    let nothing_found = proto::Report { sources: vec![], sources_found: 0, ..all_left_out };
    let expected = "essay.txt: not checked: all of its 43 words are excluded.\n";
    assert!(shown(&nothing_found, "a").starts_with(expected));
}

#[test]
fn a_summary_is_measured_by_the_submission() {
    let mut source = overlap();
    source.passages_cut = 0;
    source.passages.truncate(1);
    for passage in &mut source.passages {
        passage.kind = proto::PassageKind::Summary.into();
        passage.similarity = 0.75;
        passage.matched_words = 30;
        (passage.submission_words, passage.counted_words, passage.source_words) = (40, 40, 1300);
        passage.covered[0].words = 40;
    }
    let found = proto::Report { sources: vec![source], sources_found: 1, passages_found: 1, ..given() };
    let expected = "
1. logs/1851.txt · The Keeper\u{fffd}[2J · group 7b

   line 1: summary, 30 of 40 words occur in the 1,300 of the source, similarity 75.0 %, source line 76
   submission │ Every storm in a ledger
   source     │ every storm in a ledger
";
    let shown = shown(&found, "0123456789");
    assert!(shown.contains(expected), "{shown}");
    assert!(!shown.contains("brackets"), "{shown}");
}
