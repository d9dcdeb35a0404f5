//! The part of a source that has most to do with a text.

use std::ops::Range;

use super::SharedTerm;
use super::profile::{Key, keys};
use crate::matching::KeyMap;
use crate::text::regions::bibliographies;
use crate::text::{Boundary, Excerpt, StemmedText, TokenizedText, longest_within};

/// Words of an excerpt, at least if the text has as many, and at most.
const LEAST_WORDS: u32 = 40;
const MOST_WORDS: u32 = 60;

/// The excerpt of a source that shares most with another text: from the start of a sentence, whole sentences of 40 to 60 words, or
/// 60 words where sentences are longer. Nothing of it is in the bibliography. Each stem counts once in an excerpt; of equals it is
/// the first. Near-linear in the text.
///
/// `shared` are the stems that it shares with the other text.
#[must_use]
pub fn most_related(text: &str, stemmed: &StemmedText, shared: &[SharedTerm]) -> Excerpt {
    let StemmedText { tokenized, stems } = stemmed;
    let weights: KeyMap<Key, f64> = shared.iter().map(|term| (term.key, term.contribution)).collect();
    let heavy: Vec<HeavyAt> = keys(stems)
        .filter_map(|at| Some(HeavyAt { token: at.token, key: at.key, weight: *weights.get(&at.key)? }))
        .collect();
    let mut best: Option<Window> = None;
    for body in bodies(text, tokenized) {
        for window in windows(text, tokenized, &body) {
            let weight = weight_of(&heavy, &window);
            if best.as_ref().is_none_or(|best| weight > best.weight + f64::EPSILON) {
                best = Some(Window { tokens: window, weight });
            }
        }
    }
    best.map_or_else(Excerpt::default, |Window { tokens, .. }| {
        Excerpt::of(text, tokenized, tokens.start, tokens.end)
    })
}

/// A stem that both texts have, at its place.
struct HeavyAt {
    token: u32,
    key: Key,
    weight: f64,
}

/// A part that may be the excerpt.
struct Window {
    tokens: Range<u32>,
    weight: f64,
}

/// The weight of the stems in a window, each once. A window has 60 words at most, so that this takes constant time.
fn weight_of(heavy: &[HeavyAt], window: &Range<u32>) -> f64 {
    let place = |token: u32| heavy.partition_point(|at| at.token < token);
    let inside = heavy.get(place(window.start)..place(window.end)).unwrap_or_default();
    let mut seen: Vec<&HeavyAt> = inside.iter().collect();
    seen.sort_unstable_by_key(|at| at.key);
    seen.dedup_by_key(|at| at.key);
    seen.iter().map(|at| at.weight).sum()
}

/// The parts of a text between its bibliographies, as tokens.
fn bodies(text: &str, tokenized: &TokenizedText) -> Vec<Range<u32>> {
    let mut bodies = Vec::new();
    let mut from = 0;
    for span in bibliographies(text) {
        let works = tokenized.tokens_in(span);
        bodies.push(from..works.start);
        from = works.end;
    }
    bodies.push(from..u32::try_from(tokenized.spans().len()).unwrap_or(u32::MAX));
    bodies.retain(|body| body.start < body.end);
    bodies
}

/// A window from each sentence on that has enough words after its start; the whole of a short text.
fn windows(text: &str, tokenized: &TokenizedText, body: &Range<u32>) -> Vec<Range<u32>> {
    let starts = sentence_starts(text, tokenized, body);
    let lengths = tokenized.lengths();
    let mut ends = starts.iter().copied().skip(1).chain([body.end]).peekable();
    let mut windows = Vec::new();
    let mut last_end = body.start;
    for start in starts.iter().copied() {
        let is_first = start == body.start;
        if !is_first && lengths.words(&(start..body.end)) < LEAST_WORDS {
            break;
        }
        // Ends only grow with starts.
        while let Some(end) = ends.next_if(|end| *end <= start || lengths.words(&(start..*end)) <= MOST_WORDS)
        {
            last_end = end;
        }
        let is_enough =
            last_end > start && (last_end == body.end || lengths.words(&(start..last_end)) >= LEAST_WORDS);
        let end =
            if is_enough { last_end } else { longest_within(tokenized, start, MOST_WORDS).min(body.end) };
        windows.push(start..end.max(start + 1));
    }
    windows
}

/// The tokens that sentences begin with.
fn sentence_starts(text: &str, tokenized: &TokenizedText, body: &Range<u32>) -> Vec<u32> {
    let spans = tokenized.spans();
    let inside = spans.get(body.start as usize..body.end as usize).unwrap_or_default();
    let pairs = (body.start + 1..).zip(inside.iter().zip(inside.iter().skip(1)));
    let later = pairs.filter_map(|(token, (before, after))| {
        (Boundary::between(text, *before, *after) >= Boundary::Sentence).then_some(token)
    });
    std::iter::once(body.start).chain(later).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::related::profile::tests::stemmed;
    use crate::text::{CorpusSeed, Tokenizer};

    fn excerpt(text: &str, of: &str) -> Excerpt {
        let (stemmed, profile) = stemmed(text);
        most_related(text, &stemmed, &profile.shared(&super::super::profile::tests::profile(of)))
    }

    /// Sentences of ten words that have nothing to do with lamps.
    fn bread(sentences: usize) -> String {
        let sentence = |n: usize| format!("Baker number {n} sold loaves with caraway and salt today. ");
        (0..sentences).map(sentence).collect()
    }

    const LAMP: &str = "The lighthouse keeper trimmed his lamp until the fog lifted. ";

    #[test]
    fn the_excerpt_is_where_the_subject_is() {
        let text = format!("{}{}{}", bread(20), LAMP, bread(20));
        let found = excerpt(&text, "A lighthouse lamp in the fog, and its keeper");
        let shown = found.shown(&text);
        assert!(shown.contains(LAMP.trim_end_matches(". ")), "{shown}");
        assert!(shown.ends_with("lifted…") && shown.starts_with("Baker"), "{shown}");
        assert_eq!(shown.split_whitespace().count(), 60);
    }

    #[test]
    fn a_short_text_is_its_own_excerpt() {
        assert_eq!(excerpt(LAMP, "fog").shown(LAMP), LAMP.trim_end());
        for text in ["", "...", " "] {
            assert_eq!(excerpt(text, "fog"), Excerpt::default());
        }
        // A sentence without end is cut at a word.
        let long = "lamp and fog ".repeat(100);
        assert_eq!(excerpt(&long, "fog").shown(&long).split_whitespace().count(), 60);
    }

    #[test]
    fn the_bibliography_is_no_part_of_it() {
        let works: String = (0..9)
            .map(|n| format!("Keeper, L. (199{n}). Lighthouse lamps in the fog. Fog Press, Harbour Town.\n"))
            .collect();
        let text = format!("{}\n\nReferences\n\n{works}", bread(12));
        let found = excerpt(&text, "A lighthouse lamp in the fog, and its keeper");
        assert!(!found.shown(&text).contains("amp") && found.is_cut, "{}", found.shown(&text));
    }

    proptest! {
        #[test]
        fn an_excerpt_has_few_words_and_no_more(text in "((fog|lamp|[a-z]{1,9}|数|的)[ .\n]{0,2}){0,300}", of in "[a-z]{3} fog lamp") {
            let tokenized = Tokenizer::new(CorpusSeed::new(3)).tokenize(&text);
            let found = excerpt(&text, &of);
            let words = tokenized.lengths().words(&tokenized.tokens_in(found.span));
            prop_assert!(words <= MOST_WORDS);
            prop_assert!(text.get(found.span.start as usize..found.span.end as usize).is_some());
            prop_assert!(words > 0 || tokenized.lengths().total() == 0 || !found.span.of(&text).is_empty() || !bibliographies(&text).is_empty());
        }
    }
}
