//! Passages stay correct even if the corpus's secret is known.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::{CollectionName, DetectionMode, DetectionOptions, Engine, IfExists, Limits, NewSource, Scope};
use crate::engine::{CorpusSeed, Stop};
use crate::matching::PassageKind;
use crate::text::Tokenizer;

/// A seed that somebody knows, and the first half of words that all have the same token under it: a word of 16 bytes
/// whose first eight are the seed's own constant is multiplied by zero.
fn leaked() -> &'static (CorpusSeed, String) {
    static LEAKED: OnceLock<(CorpusSeed, String)> = OnceLock::new();
    LEAKED.get_or_init(|| {
        let half = |seed: CorpusSeed| {
            let bytes = seed.derive("word/low").to_le_bytes();
            let fits = bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
            fits.then(|| String::from_utf8(bytes.to_vec()).unwrap())
        };
        (0..).map(CorpusSeed::new).find_map(|seed| Some((seed, half(seed)?))).unwrap()
    })
}

fn word(number: usize) -> String {
    format!("{}{number:08}", leaked().1)
}

fn text(words: &[usize]) -> String {
    words.iter().map(|number| word(*number)).collect::<Vec<_>>().join(" ")
}

#[test]
fn sources_that_are_being_added_change_no_report() {
    let limits = Limits { max_common_postings: 1_000, exhaustive_sources: 0, ..Limits::default() };
    let (engine, collection) = (Engine::with_seed(limits, CorpusSeed::new(5)), CollectionName::default());
    let plain =
        |words: std::ops::Range<usize>| words.map(|n| format!("word{n}")).collect::<Vec<_>>().join(" ");
    let new = |number: usize| {
        let text = format!("{} {}", plain(0..60), plain(1_000 + number * 30..1_030 + number * 30));
        NewSource::new(text)
    };
    for number in 0..330 {
        engine.add_source(&collection, new(number), IfExists::Reject).unwrap();
    }
    let report = || {
        let (scope, options) = (Scope::default(), DetectionOptions::default());
        let report = engine.check(&plain(0..60), &scope, &options, &Stop::never()).unwrap();
        format!("{report:?}")
    };
    let before = report();
    assert!(before.contains("PostingLimit"), "{before}");
    let mut waiting = Vec::new();
    for number in 330..400 {
        waiting.push(engine.writer().prepare_only(&collection, new(number)).unwrap());
        if number % 10 == 9 {
            assert_eq!(report(), before, "{number}");
        }
    }
}

/// The passages of a check, as the texts of both sides.
fn passages(source: &str, submission: &str, mode: DetectionMode) -> Vec<(PassageKind, String, String)> {
    let engine = Engine::with_seed(Limits::default(), leaked().0);
    engine.add_source(&CollectionName::default(), NewSource::new(source), IfExists::Reject).unwrap();
    let options = DetectionOptions { mode, include_excerpts: true, ..DetectionOptions::default() };
    let report = engine.check(submission, &Scope::default(), &options, &Stop::never()).unwrap();
    let found = report.sources.into_iter().flat_map(|source| source.passages);
    let sides = |passage: crate::report::ReportedPassage| {
        let excerpts = passage.excerpts.unwrap();
        (passage.kind, excerpts.submission, excerpts.source)
    };
    found.map(sides).collect()
}

const MODES: [DetectionMode; 2] = [DetectionMode::VerbatimOnly, DetectionMode::AlteredToo];

#[test]
fn words_that_were_made_to_collide_make_no_passage() {
    let tokens = Tokenizer::new(leaked().0).tokenize(&text(&[1, 2, 3]));
    assert!(tokens.tokens().windows(2).all(|pair| pair[0] == pair[1]), "they collide");
    let (ours, theirs): (Vec<usize>, Vec<usize>) = ((0..200).collect(), (1000..1200).collect());
    for mode in MODES {
        assert_eq!(passages(&text(&ours), &text(&theirs), mode), []);
        // Equal words are found in any case.
        let copied = [&theirs[..50], &ours[60..80], &theirs[50..]].concat();
        let found = passages(&text(&ours), &text(&copied), mode);
        assert_eq!(found.len(), 1);
        assert!(found[0].1.contains(&text(&ours[60..80])), "{found:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn both_sides_of_a_verbatim_passage_are_the_same_words(
        source in proptest::collection::vec(0_usize..4, 8..120),
        submission in proptest::collection::vec(0_usize..4, 8..120),
        shared in proptest::collection::vec(0_usize..4, 0..30),
    ) {
        for mode in MODES {
            let (source, submission) = ([&source, &shared[..]].concat(), [&shared[..], &submission].concat());
            for (kind, ours, theirs) in passages(&text(&source), &text(&submission), mode) {
                prop_assert!(kind != PassageKind::Verbatim || ours == theirs, "{ours:?} and {theirs:?}");
            }
        }
    }
}
