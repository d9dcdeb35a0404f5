//! Statistics of texts, for comparison with other texts.

use std::collections::{BTreeSet, HashMap};

use palimpsest::fingerprint::{ContextMatch, Fingerprint, FingerprintSettings, Fingerprinter, OrderFree};
use palimpsest::index::{Index, ReadLimits, Slot};
use palimpsest::text::{CorpusSeed, TokenizedText, Tokenizer, compared_form_at};
use palimpsest::{
    CollectionName, DetectionMode, DetectionOptions, Engine, IfExists, Limits, NewSource, Scope, SourceId,
    Stop,
};

const SEED: CorpusSeed = CorpusSeed::new(1);

/// Number of sources that are looked up among the others.
const PROBES: usize = 1_000;
/// Number of sources that are checked against the others.
const CHECKED: usize = 500;

/// A figure: its name and value.
pub(crate) type Figure = (String, f64);

/// Number of occurrences.
type Counts<T> = HashMap<T, u32>;

/// Statistics of texts, each a source.
pub(crate) fn figures(texts: &[String]) -> Vec<Figure> {
    let tokenizer = Tokenizer::new(SEED);
    let cut: Vec<TokenizedText> = texts.iter().map(|text| tokenizer.tokenize(text)).collect();
    let words: usize = cut.iter().map(|text| text.tokens().len()).sum();
    let mut out = of_characters(texts, words);
    out.extend(of_words(texts, &cut, words));
    out.extend(of_fingerprints(texts, &cut, words));
    out.extend(of_candidates(texts));
    out
}

fn named(name: &str, value: f64) -> Figure {
    (name.to_owned(), value)
}

fn ratio(a: usize, b: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a ratio to print")]
    let ratio = a as f64 / b.max(1) as f64;
    ratio
}

fn of_characters(texts: &[String], words: usize) -> Vec<Figure> {
    let bytes: usize = texts.iter().map(String::len).sum();
    let beyond_ascii: usize = texts.iter().map(|text| text.chars().filter(|c| !c.is_ascii()).count()).sum();
    vec![
        named("bytes a word", ratio(bytes, words)),
        named("words a source", ratio(words, texts.len())),
        named("characters beyond ASCII, a word", ratio(beyond_ascii, words)),
    ]
}

fn of_words(texts: &[String], tokenized: &[TokenizedText], words: usize) -> Vec<Figure> {
    let mut counts: Counts<u64> = HashMap::new();
    let mut lengths: HashMap<u64, usize> = HashMap::new();
    let mut form = String::new();
    let mut within = 0;
    for (text, tokenized) in texts.iter().zip(tokenized) {
        let mut seen: Vec<u64> = tokenized.tokens().iter().map(|token| token.value()).collect();
        for (token, span) in tokenized.tokens().iter().zip(tokenized.spans()) {
            *counts.entry(token.value()).or_default() += 1;
            lengths.entry(token.value()).or_insert_with(|| {
                compared_form_at(text, *span, &mut form);
                form.chars().count()
            });
        }
        seen.sort_unstable();
        seen.dedup();
        within += seen.len();
    }
    let mut ranked: Vec<(u32, u64)> = counts.into_iter().map(|(token, count)| (count, token)).collect();
    ranked.sort_unstable_by(|a, b| b.cmp(a));
    let mut out = vec![
        named("thousands of different words", ratio(ranked.len(), 1_000)),
        named("different words of a source", ratio(within, texts.len())),
    ];
    let classes = [(0, 10), (10, 100), (100, 1_000), (1_000, 10_000), (10_000, usize::MAX)];
    for (from, to) in classes {
        let class = ranked.get(from.min(ranked.len())..to.min(ranked.len())).unwrap_or_default();
        let tokens: usize = class.iter().map(|(count, _)| *count as usize).sum();
        let characters: usize = class
            .iter()
            .map(|(count, token)| *count as usize * lengths.get(token).copied().unwrap_or(0))
            .sum();
        let name = if to == usize::MAX { format!("past rank {from}") } else { format!("to rank {to}") };
        out.push((format!("% of words {name}"), 100.0 * ratio(tokens, words)));
        out.push((format!("letters of words {name}"), ratio(characters, tokens)));
    }
    out
}

/// One kind of fingerprint of all texts, in a separate index.
struct Indexed {
    index: Index,
    fingerprints: Vec<Vec<Fingerprint>>,
}

impl Indexed {
    fn new(fingerprints: Vec<Vec<Fingerprint>>) -> Self {
        let index = Index::default();
        for (of_text, number) in fingerprints.iter().zip(0..) {
            if let Some(slot) = Slot::new(number) {
                index.insert(slot, of_text);
            }
        }
        Self { index, fingerprints }
    }

    fn figures(&self, kind: &str, words: usize) -> Vec<Figure> {
        let mut sources: Counts<u64> = HashMap::new();
        for of_text in &self.fingerprints {
            let mut hashes: Vec<u64> = of_text.iter().map(|fingerprint| fingerprint.hash).collect();
            hashes.sort_unstable();
            hashes.dedup();
            for hash in hashes {
                *sources.entry(hash).or_default() += 1;
            }
        }
        let all: usize = sources.values().map(|count| *count as usize).sum();
        let mut out = vec![(format!("{kind}: postings a word"), ratio(all, words))];
        for least in [2, 10, 100] {
            let shared: usize = sources.values().filter(|n| **n >= least).map(|n| *n as usize).sum();
            out.push((format!("{kind}: % in {least} sources or more"), 100.0 * ratio(shared, all)));
        }
        out.extend(self.by_chance(kind));
        out
    }

    /// Looks up the words of a source in the others.
    fn by_chance(&self, kind: &str) -> Vec<Figure> {
        let (mut any, mut in_context, mut hits) = (0, 0, 0);
        let step = self.fingerprints.len().div_ceil(PROBES).max(1);
        for (of_text, own) in self.fingerprints.iter().zip(0_u32..).step_by(step) {
            let rule = ContextMatch::new(FingerprintSettings::default().window);
            let mut look_up = self.index.look_up(of_text, rule, ReadLimits::NONE).hits;
            look_up.retain(|hit| hit.slot.number() != own);
            hits += look_up.len();
            any += different(look_up.iter().map(|hit| hit.slot));
            in_context += different(look_up.iter().filter(|hit| hit.in_context).map(|hit| hit.slot));
        }
        let mean = |name: &str, of: usize| {
            (format!("{kind}: {name}"), ratio(of, self.fingerprints.len().div_ceil(step)))
        };
        let mut out = vec![mean("hits among the other sources", hits)];
        if kind == "k-grams" {
            out.extend([mean("other sources hit", any), mean("other sources hit in context", in_context)]);
        }
        out
    }
}

fn different(slots: impl Iterator<Item = Slot>) -> usize {
    slots.collect::<BTreeSet<Slot>>().len()
}

/// Number of sources that a check of one of them compares.
fn of_candidates(texts: &[String]) -> Vec<Figure> {
    let engine = Engine::with_seed(Limits::default(), SEED);
    let id = |number: usize| SourceId::new(&format!("s{number}")).ok();
    for (text, number) in texts.iter().zip(0..) {
        let source = NewSource { id: id(number), ..NewSource::new(text.as_str()) };
        let added = engine.add_source(&CollectionName::default(), source, IfExists::Reject);
        assert!(added.is_ok(), "source {number}: {added:?}");
    }
    let step = texts.len().div_ceil(CHECKED).max(1);
    let modes =
        [("k-grams alone", DetectionMode::VerbatimOnly), ("k-grams and pairs", DetectionMode::AlteredToo)];
    let of = |(name, mode)| {
        let options = DetectionOptions { mode, ..DetectionOptions::default() };
        let candidates = (0..texts.len()).step_by(step).map(|number| {
            let scope = Scope { exclude_source_ids: id(number).into_iter().collect(), ..Scope::default() };
            let text = texts.get(number).map_or("", String::as_str);
            engine.check(text, &scope, &options, &Stop::never()).map_or(0, |report| report.candidates)
        });
        let all = usize::try_from(candidates.sum::<u64>()).unwrap_or(usize::MAX);
        (format!("candidates by {name}"), ratio(all, texts.len().div_ceil(step)))
    };
    modes.map(of).to_vec()
}

fn of_fingerprints(texts: &[String], cut: &[TokenizedText], words: usize) -> Vec<Figure> {
    let fingerprinter = Fingerprinter::new(SEED, FingerprintSettings::default());
    let kgrams = cut.iter().map(|text| fingerprinter.fingerprints(text.tokens())).collect();
    let mut out = Indexed::new(kgrams).figures("k-grams", words);
    let (tokenizer, order_free) = (Tokenizer::new(SEED), OrderFree::new(SEED));
    let (mut tokens, mut stems) = (Vec::new(), Vec::new());
    let pairs = texts.iter().map(|text| {
        tokenizer.tokenize_with_stems_into(text, &mut tokens, &mut stems);
        order_free.of_source(&stems)
    });
    out.extend(Indexed::new(pairs.collect()).figures("pairs", words));
    out
}
