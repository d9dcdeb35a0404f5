//! Any two texts: the matcher against a naive one that tries every pair of positions.

#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use palimpsest::matching::altered::{Language, StemProfiler};
use palimpsest::matching::{Passage, PassageKind, PreparedSubmission, Stop, passages, verbatim_passages};
use palimpsest::text::Token;
use palimpsest_fuzz::words::tokenized;

#[derive(Debug, Arbitrary)]
struct Input {
    least: u8,
    /// Fewer words make more runs.
    vocabulary: u8,
    submission: Vec<Piece>,
    source: Vec<u8>,
}

#[derive(Debug, Arbitrary)]
enum Piece {
    Words(Vec<u8>),
    /// Of the source.
    Copied {
        from: u8,
        words: u8,
    },
    Repeated {
        word: u8,
        times: u8,
    },
}

/// The naive matcher takes time that grows with the product of the lengths.
const MOST_WORDS: usize = 600;

fuzz_target!(|input: Input| {
    let least = u32::from(input.least % 12) + 3;
    let source: Vec<u8> =
        input.source.into_iter().take(MOST_WORDS).map(|w| w % input.vocabulary.max(1)).collect();
    let words = |piece: Piece| match piece {
        Piece::Words(words) => words.into_iter().map(|w| w % input.vocabulary.max(1)).collect(),
        Piece::Copied { from, words } => {
            source.iter().copied().skip(from.into()).take(words.into()).collect::<Vec<u8>>()
        }
        Piece::Repeated { word, times } => vec![word; times.into()],
    };
    let submission: Vec<u8> = input.submission.into_iter().flat_map(words).take(MOST_WORDS).collect();
    let ((submission_text, submission), (source_text, source)) = (tokenized(&submission), tokenized(&source));
    let naively = covered_naively(submission.tokens(), source.tokens(), least as usize);
    let prepared = PreparedSubmission::new(submission.tokens(), least);

    let runs = verbatim_passages(&prepared, source.tokens(), least, &Stop::never()).unwrap();
    runs.iter().for_each(|run| {
        stands(run, submission.tokens(), source.tokens());
        assert_eq!(run.kind, PassageKind::Verbatim);
    });
    assert_eq!(covered(&runs, submission.tokens().len()), naively, "exactly the runs");

    let mut profiler = StemProfiler::default();
    let mut profile = |text: &str, tokens| profiler.profile(Language::NONE, text, tokens);
    let profiles = (profile(&submission_text, &submission), profile(&source_text, &source));
    let sides = ((&prepared, &profiles.0), (source.tokens(), &profiles.1));
    let all = passages(sides.0, sides.1, least, &Stop::never()).unwrap().passages;
    all.iter().for_each(|passage| stands(passage, submission.tokens(), source.tokens()));
    let covered = covered(&all, submission.tokens().len());
    assert!(naively.iter().zip(&covered).all(|(run, passage)| passage >= run), "no run is lost");
});

/// Asserts that a passage is within the texts, and verbatim only if the words are equal.
fn stands(passage: &Passage, submission: &[Token], source: &[Token]) {
    let Passage { submission: here, source: there, kind, matched_tokens, .. } = passage;
    let words = &submission[here.start as usize..here.end as usize];
    let theirs = &source[there.start as usize..there.end as usize];
    assert!(!words.is_empty() && !theirs.is_empty());
    assert_eq!(*kind == PassageKind::Verbatim, words == theirs, "{passage:?}");
    assert!(*matched_tokens as usize <= words.len().min(theirs.len()), "{passage:?}");
    assert!((0.0..=1.0).contains(&passage.similarity()), "{passage:?}");
}

fn covered(passages: &[Passage], tokens: usize) -> Vec<bool> {
    let mut covered = vec![false; tokens];
    for passage in passages {
        covered[passage.submission.start as usize..passage.submission.end as usize].fill(true);
    }
    covered
}

fn covered_naively(submission: &[Token], source: &[Token], least: usize) -> Vec<bool> {
    let mut covered = vec![false; submission.len()];
    for i in 0..submission.len() {
        for j in 0..source.len() {
            // A run is considered at its start.
            let goes_on = i > 0 && j > 0 && submission[i - 1] == source[j - 1];
            if goes_on || submission[i] != source[j] {
                continue;
            }
            let length = submission[i..].iter().zip(&source[j..]).take_while(|(a, b)| a == b).count();
            if length >= least {
                covered[i..i + length].fill(true);
            }
        }
    }
    covered
}
