//! Near copies against the full comparison.

use proptest::prelude::*;

use super::*;
use crate::matching::altered::{Language, StemProfile, StemProfiler};
use crate::matching::{PassageKind, PreparedSubmission, Stop, covered, passages};
use crate::text::{CorpusSeed, Tokenizer};

const MIN_WORDS: u32 = 8;

/// A change of a word.
#[derive(Debug, Clone, Copy)]
enum Edit {
    Replaced,
    Inserted,
    Removed,
}

/// An essay in sentences and clauses, made of frequent words and of rare ones.
fn essay(words: usize) -> Vec<String> {
    const FREQUENT: [&str; 12] =
        ["the", "of", "and", "a", "to", "in", "was", "that", "with", "his", "for", "it"];
    let word = |n: usize| {
        let mixed = n.wrapping_mul(0x9E37_79B9) >> 7;
        let word = match mixed % 5 {
            0 | 1 => FREQUENT[mixed / 5 % FREQUENT.len()].to_owned(),
            2 => format!("topic{}", mixed / 5 % 40),
            _ => format!("word{}", mixed / 5 % 5000),
        };
        match n % 13 {
            5 => word + ",",
            12 => word + ".",
            _ => word,
        }
    };
    (0..words).map(word).collect()
}

fn edited(mut words: Vec<String>, edits: &[(usize, Edit, u16)]) -> String {
    for (place, edit, new) in edits {
        let place = place % words.len();
        let new = format!("new{new}");
        match edit {
            Edit::Replaced => words[place] = new,
            Edit::Inserted => words.insert(place, new),
            Edit::Removed => drop(words.remove(place)),
        }
    }
    words.join(" ")
}

struct Text {
    original: String,
    tokenized: TokenizedText,
    profile: StemProfile,
    near: Option<NearText>,
}

impl Text {
    fn new(text: String, profiler: &mut StemProfiler) -> Self {
        let tokenized = Tokenizer::new(CorpusSeed::new(1)).tokenize(&text);
        let profile = profiler.profile(Language::ENGLISH, &text, &tokenized);
        let near = NearText::of(Reading { text: &text, tokenized: &tokenized, profile: &profile });
        Self { original: text, tokenized, profile, near }
    }

    fn reading(&self) -> Reading<'_> {
        Reading { text: &self.original, tokenized: &self.tokenized, profile: &self.profile }
    }

    fn side(&self) -> Option<NearSide<'_>> {
        Some(NearSide { tokenized: &self.tokenized, near: self.near.as_ref()? })
    }
}

fn texts(a: String, b: String) -> [Text; 2] {
    let mut profiler = StemProfiler::default();
    [a, b].map(|text| Text::new(text, &mut profiler))
}

fn near([a, b]: &[Text; 2]) -> Option<CoveredPassage> {
    near_copy(a.side()?, b.side()?, MIN_WORDS)
}

fn full([a, b]: &[Text; 2]) -> Vec<CoveredPassage> {
    let prepared =
        PreparedSubmission::new(a.tokenized.tokens(), MIN_WORDS).with_lengths(a.tokenized.lengths());
    let sides = ((&prepared, &a.profile), (b.tokenized.tokens(), &b.profile));
    let found = passages(sides.0, sides.1, MIN_WORDS, &Stop::never()).unwrap();
    covered(found.passages, &found.runs, a.reading(), b.reading())
}

fn words(ranges: &[Range<u32>]) -> usize {
    ranges.iter().map(Range::len).sum()
}

/// The words that one of two lists of ranges has and the other has not.
fn apart(a: &[Range<u32>], b: &[Range<u32>]) -> usize {
    let has = |ranges: &[Range<u32>], word: u32| ranges.iter().any(|range| range.contains(&word));
    let end = a.iter().chain(b).map(|range| range.end).max().unwrap_or(0);
    (0..end).filter(|word| has(a, *word) != has(b, *word)).count()
}

fn edits() -> impl Strategy<Value = Vec<(usize, Edit, u16)>> {
    let edit = prop_oneof![Just(Edit::Replaced), Just(Edit::Inserted), Just(Edit::Removed)];
    proptest::collection::vec((any::<usize>(), edit, any::<u16>()), 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_near_copy_has_the_passage_and_the_stretches_of_the_full_comparison(
        length in 300_usize..600, ours in edits(), theirs in edits(),
    ) {
        let pair = texts(edited(essay(length), &ours), edited(essay(length), &theirs));
        // Edits that are close together may make a gap that is too long.
        let Some(near) = near(&pair) else { return Ok(()) };
        let full = full(&pair);
        prop_assert_eq!(full.len(), 1);
        prop_assert_eq!(&near.passage.submission, &full[0].passage.submission);
        prop_assert_eq!(&near.passage.source, &full[0].passage.source);
        prop_assert_eq!(near.passage.kind, full[0].passage.kind);
        prop_assert!(near.passage.evidence >= 0.0 && near.passage.evidence <= full[0].passage.evidence * 1.05);
        let sides = |found: &CoveredPassage| [found.stretches.submission.clone(), found.stretches.source.clone()];
        for (near, full) in sides(&near).into_iter().zip(sides(&full[0])) {
            // A clause near the threshold may be on either side of it.
            prop_assert!(apart(&near, &full) <= 5, "{near:?} {full:?}");
            prop_assert!(near.windows(2).all(|pair| pair[0].end < pair[1].start));
        }
    }
}

#[test]
fn a_few_changes_of_each_kind_make_a_near_copy() {
    let edits = [
        (40, Edit::Replaced, 1),
        (140, Edit::Inserted, 2),
        (240, Edit::Removed, 3),
        (241, Edit::Replaced, 4),
    ];
    let found = near(&texts(edited(essay(400), &edits), edited(essay(400), &[]))).unwrap();
    assert_eq!((found.passage.kind, found.passage.submission.clone()), (PassageKind::Altered, 0..400));
    assert_eq!((found.passage.source.clone(), words(&found.stretches.source)), (0..400, 400));
    assert_eq!(words(&found.stretches.submission), 400);
}

#[test]
fn a_text_without_its_first_words_is_a_verbatim_passage() {
    let found = near(&texts(essay(300)[4..].join(" "), edited(essay(300), &[]))).unwrap();
    assert_eq!(found.passage.kind, PassageKind::Verbatim);
    assert_eq!((found.passage.submission, found.passage.source), (0..296, 4..300));
}

#[test]
fn other_texts_are_no_near_copies() {
    let whole = || edited(essay(400), &[]);
    let shuffled = [&essay(400)[200..], &essay(400)[..200]].concat().join(" ");
    let without_a_paragraph = [&essay(400)[..200], &essay(400)[212..]].concat().join(" ");
    let every_eighth: Vec<(usize, Edit, u16)> =
        (0..50).map(|n| (usize::from(n) * 8, Edit::Replaced, n)).collect();
    let short = || essay(LEAST_WORDS - 1).join(" ");
    for (a, b) in [
        (whole(), shuffled),
        (whole(), without_a_paragraph),
        (whole(), edited(essay(400), &every_eighth)),
        (whole(), essay(800)[400..].join(" ")),
        (short(), short()),
        (String::new(), whole()),
    ] {
        assert_eq!(near(&texts(a, b)), None);
    }
}

#[test]
fn characters_of_scripts_without_spaces_are_compared_in_full() {
    let text = "数据结构课程要求每个学生提交三份报告".repeat(8);
    assert_eq!(near(&texts(text.clone(), text)), None);
}
