use proptest::prelude::*;

use super::*;

fn tokens(words: &[u8]) -> Vec<Token> {
    let text: String = words.iter().map(|word| format!("w{word} ")).collect();
    crate::text::Tokenizer::new(crate::text::CorpusSeed::new(5)).tokenize(&text).tokens().to_vec()
}

fn settings(min: u32, gap: u32) -> MatchSettings {
    MatchSettings { min_passage_tokens: min, max_gap_tokens: gap }
}

fn match_words(submission: &[u8], source: &[u8], settings: MatchSettings) -> Vec<Passage> {
    let (submission, source) = (tokens(submission), tokens(source));
    let prepared = PreparedSubmission::new(&submission, settings.min_passage_tokens);
    passages(&prepared, &source, settings, &Stop::never()).unwrap()
}

fn passage(submission: std::ops::Range<u32>, source: std::ops::Range<u32>, matched_tokens: u32) -> Passage {
    Passage { submission, source, matched_tokens }
}

fn numbers(range: std::ops::Range<u8>) -> Vec<u8> {
    range.collect()
}

#[test]
fn finds_the_maximal_run() {
    let submission = [numbers(100..104), numbers(0..10), numbers(104..108)].concat();
    let source = [numbers(200..207), numbers(0..10), numbers(208..210)].concat();
    assert_eq!(match_words(&submission, &source, settings(8, 4)), [passage(4..14, 7..17, 10)]);
    assert_eq!(match_words(&submission, &source, settings(11, 4)), []);
}

#[test]
fn merges_over_replaced_inserted_and_missing_words() {
    let source = numbers(0..40);
    let mut submission = numbers(0..40);
    submission[9] = 250;
    submission.insert(20, 251);
    submission.remove(30);
    let merged = match_words(&submission, &source, settings(8, 4));
    assert_eq!(merged, [passage(0..40, 0..40, 38)]);
    assert_eq!(merged[0].kind(), PassageKind::Altered);
    let runs = match_words(&submission, &source, settings(8, 0));
    assert_eq!(runs.iter().map(Passage::kind).collect::<Vec<_>>(), [PassageKind::Verbatim; 4]);
}

#[test]
fn does_not_merge_over_wide_gaps_or_in_another_order() {
    let source = numbers(0..40);
    let wide = [numbers(0..10), numbers(100..105), numbers(10..20)].concat();
    assert_eq!(match_words(&wide, &source, settings(8, 4)).len(), 2);
    let turned = [numbers(20..30), numbers(0..10)].concat();
    assert_eq!(
        match_words(&turned, &source, settings(8, 4)),
        [passage(0..10, 20..30, 10), passage(10..20, 0..10, 10)]
    );
}

#[test]
fn identical_texts_are_one_passage_even_when_they_repeat_themselves() {
    for period in [1, 2, 7, 200] {
        let text: Vec<u8> = (0..20_000_u32).map(|i| u8::try_from(i % period).unwrap()).collect();
        let found = match_words(&text, &text, settings(8, 4));
        assert_eq!(found, [passage(0..20_000, 0..20_000, 20_000)], "period {period}");
    }
}

#[test]
fn stops_when_it_is_called_off() {
    let text = tokens(&numbers(0..200));
    let stop = Stop::never();
    stop.call_off();
    let prepared = PreparedSubmission::new(&text, 8);
    assert_eq!(passages(&prepared, &text, settings(8, 4), &stop), Err(StopReason::CalledOff));
}

/// Marks the tokens of the submission in runs of at least `least` that stand in the source, by trying
/// every pair of positions.
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

    /// Against the naive oracle: without merging, exactly the tokens in long enough common runs are
    /// covered, and every passage really stands in both texts and cannot be extended.
    #[test]
    fn agrees_with_the_naive_matcher(
        submission in proptest::collection::vec(0_u8..4, 0..120),
        source in proptest::collection::vec(0_u8..4, 0..120),
        least in 3_u32..10,
    ) {
        let found = match_words(&submission, &source, settings(least, 0));
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

    /// Merging never loses what single runs cover, keeps order, and says no more than is matched.
    #[test]
    fn merging_only_adds(
        submission in proptest::collection::vec(0_u8..12, 0..150),
        source in proptest::collection::vec(0_u8..12, 0..150),
        gap in 1_u32..8,
    ) {
        let merged = match_words(&submission, &source, settings(8, gap));
        let within = |i: u32| merged.iter().any(|p| p.submission.contains(&i));
        for (i, covered) in (0..).zip(covered_naively(&submission, &source, 8)) {
            prop_assert!(!covered || within(i));
        }
        for p in &merged {
            prop_assert!(p.matched_tokens <= (p.submission.end - p.submission.start).min(p.source.end - p.source.start));
            prop_assert!(p.submission.end as usize <= submission.len() && p.source.end as usize <= source.len());
            prop_assert_eq!(p.kind() == PassageKind::Verbatim, p.similarity() == 1.0);
        }
        prop_assert!(merged.windows(2).all(|w| w[0].submission.start < w[1].submission.start));
    }
}
