//! Tests of covered stretches.

use super::*;
use crate::matching::altered::{Language, StemProfiler};
use crate::text::{CorpusSeed, Tokenizer};

/// The stretches of an altered passage over all of both texts, as text.
fn covered_of(text: &str, source: &str) -> [Vec<String>; 2] {
    let tokenizer = Tokenizer::new(CorpusSeed::new(1));
    let mut profiler = StemProfiler::default();
    let (a, b) = (tokenizer.tokenize(text), tokenizer.tokenize(source));
    let read = [(text, &a), (source, &b)]
        .map(|(text, tokenized)| profiler.profile(Language::ENGLISH, text, tokenized));
    let narrow = |tokenized: &TokenizedText| u32::try_from(tokenized.tokens().len()).unwrap();
    let passage = Passage {
        submission: 0..narrow(&a),
        source: 0..narrow(&b),
        kind: PassageKind::Altered,
        matched_tokens: 0,
        evidence: 0.0,
    };
    let here = Reading { text, tokenized: &a, profile: &read[0] };
    let there = Reading { text: source, tokenized: &b, profile: &read[1] };
    let Stretches { submission, source: of_source } =
        covered(vec![passage], &[], here, there).remove(0).stretches;
    let texts = |ranges: Vec<Range<u32>>, tokenized: &TokenizedText, text: &str| {
        ranges.into_iter().map(|range| tokenized.span_of(range).of(text).to_owned()).collect()
    };
    [texts(submission, &a, text), texts(of_source, &b, source)]
}

const SOURCE: &str = "The mill by the weir was rebuilt twice in one century, and each time the millwright moved \
    the wheel closer to the bank. Travellers remarked on the noise, since the valley was otherwise silent.";

#[test]
fn replaced_words_are_gaps_and_count() {
    let text = "The sawmill by the weir was restored twice in one century, and every time the millwright shifted \
        the wheel nearer to the bank. Travellers complained about the noise, since the valley was otherwise quiet.";
    let [here, there] = covered_of(text, SOURCE);
    assert_eq!(here, [text.trim_end_matches('.')]);
    assert_eq!(there, [SOURCE.trim_end_matches('.')]);
}

#[test]
fn an_own_clause_is_no_gap() {
    let text = "The mill by the weir was rebuilt twice in one century, my uncle says, and each time the millwright \
        moved the wheel closer to the bank. Nobody believes him. Travellers remarked on the noise.";
    let [here, _] = covered_of(text, SOURCE);
    let expected = [
        "The mill by the weir was rebuilt twice in one century",
        "and each time the millwright moved the wheel closer to the bank",
        "Travellers remarked on the noise",
    ];
    assert_eq!(here, expected);
}

#[test]
fn long_gaps_and_clauses_of_common_words_do_not_count() {
    let text = "The mill by the weir was rebuilt twice, which of all things that I have ever heard of the place is \
        what it was on the day when they came to it, and each time the millwright moved the wheel closer to the bank.";
    let [here, _] = covered_of(text, SOURCE);
    let expected = [
        "The mill by the weir was rebuilt twice",
        "and each time the millwright moved the wheel closer to the bank",
    ];
    assert_eq!(here, expected);
}

#[test]
fn moved_sentences_count() {
    let text = "Since the valley was otherwise silent, travellers remarked on the noise. Each time the millwright \
        moved the wheel closer to the bank, the mill by the weir was rebuilt.";
    let [here, _] = covered_of(text, SOURCE);
    let words: usize = here.iter().map(|stretch| stretch.split_whitespace().count()).sum();
    assert!(words >= text.split_whitespace().count() - 2, "{here:?}");
}

#[test]
fn cells_with_other_values_do_not_count() {
    let table = |values: [&str; 3]| {
        let names = ["copper wire in coils", "glass for greenhouse roofs", "salt for winter roads"];
        let rows = names.iter().zip(values).map(|(name, value)| format!("{name}\t{value}\n"));
        rows.collect::<String>()
    };
    let [here, _] = covered_of(&table(["late", "broken", "none"]), &table(["early", "sold", "plenty"]));
    assert_eq!(here, ["copper wire in coils", "glass for greenhouse roofs", "salt for winter roads"]);
}

#[test]
fn a_long_passage_takes_linear_time() {
    let word = |n: u32| format!("w{}", n.wrapping_mul(2_654_435_761) % 5_000);
    let source: Vec<String> = (0..120_000).map(word).collect();
    let replaced = |(n, word): (usize, &String)| if n % 4 == 0 { format!("x{n}") } else { word.clone() };
    let text: Vec<String> = source.iter().enumerate().map(replaced).collect();
    let begun = std::time::Instant::now();
    let [here, _] = covered_of(&text.join(" "), &source.join(" "));
    assert_eq!(here.len(), 1);
    let same = "the same sentence again and again, ".repeat(20_000);
    let [all, _] = covered_of(&same, &format!("{same} and once more"));
    assert_eq!(all.len(), 1);
    assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{:?}", begun.elapsed());
}
