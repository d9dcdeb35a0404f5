//! Matching against a naive oracle.

use proptest::prelude::*;

use super::*;

fn tokens(words: &[u8]) -> Vec<Token> {
    let text: String = words.iter().map(|word| format!("w{word} ")).collect();
    crate::text::Tokenizer::new(crate::text::CorpusSeed::new(5)).tokenize(&text).tokens().to_vec()
}

fn match_words(submission: &[u8], source: &[u8], least: u32) -> Vec<Passage> {
    let (submission, source) = (tokens(submission), tokens(source));
    let prepared = PreparedSubmission::new(&submission, least);
    verbatim_passages(&prepared, &source, least, &Stop::never()).unwrap()
}

fn run(submission: u32, source: u32, length: u32) -> Passage {
    Passage::from(Run { submission, source, length })
}

fn numbers(range: std::ops::Range<u8>) -> Vec<u8> {
    range.collect()
}

#[test]
fn finds_the_maximal_run() {
    let submission = [numbers(100..104), numbers(0..10), numbers(104..108)].concat();
    let source = [numbers(200..207), numbers(0..10), numbers(208..210)].concat();
    assert_eq!(match_words(&submission, &source, 8), [run(4, 7, 10)]);
    assert_eq!(match_words(&submission, &source, 11), []);
    let turned = [numbers(5..10), numbers(0..5)].concat();
    assert_eq!(match_words(&turned, &source, 5), [run(0, 12, 5), run(5, 7, 5)]);
}

#[test]
fn identical_texts_are_one_passage_even_when_they_repeat_themselves() {
    for period in [1, 2, 7, 200] {
        let text: Vec<u8> = (0..20_000_u32).map(|i| u8::try_from(i % period).unwrap()).collect();
        assert_eq!(match_words(&text, &text, 8), [run(0, 0, 20_000)], "period {period}");
    }
}

#[test]
fn stops_when_it_is_called_off() {
    let text = tokens(&numbers(0..200));
    let stop = Stop::never();
    stop.call_off();
    let prepared = PreparedSubmission::new(&text, 8);
    assert_eq!(verbatim_passages(&prepared, &text, 8, &stop), Err(StopReason::CalledOff));
}

/// Marks the tokens of the submission in runs of at least `least` that occur in the source, by trying every pair of
/// positions.
fn covered_naively(submission: &[u8], source: &[u8], least: usize) -> Vec<bool> {
    let mut covered = vec![false; submission.len()];
    for i in 0..submission.len() {
        for j in 0..source.len() {
            let length = submission[i..].iter().zip(&source[j..]).take_while(|(a, b)| a == b).count();
            if length >= least {
                covered[i..i + length].fill(true);
            }
        }
    }
    covered
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Compared with the naive oracle: exactly the tokens in long enough common runs are covered, and every passage is
    /// in both texts and cannot be extended.
    #[test]
    fn agrees_with_the_naive_matcher(
        submission in proptest::collection::vec(0_u8..4, 0..120),
        source in proptest::collection::vec(0_u8..4, 0..120),
        least in 3_u32..10,
    ) {
        let found = match_words(&submission, &source, least);
        let mut covered = vec![false; submission.len()];
        for p in &found {
            let (a, b) = (p.submission.start as usize..p.submission.end as usize, p.source.start as usize..p.source.end as usize);
            prop_assert_eq!(&submission[a.clone()], &source[b.clone()]);
            prop_assert_eq!(p.matched_tokens as usize, a.len());
            prop_assert!(b.end == source.len() || a.end == submission.len() || submission[a.end] != source[b.end]);
            covered[a].fill(true);
        }
        prop_assert_eq!(covered, covered_naively(&submission, &source, least as usize));
    }
}
