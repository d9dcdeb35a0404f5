//! Passages that were copied, altered or summarised, by what their words say about where they were drawn from.
//!
//! One mechanism carries it: the log-likelihood ratio (Dunning 1993) of a passage's stems under "drawn from the other
//! side's passage" against "drawn from the background", where the background is the rest of both texts, smoothed by a
//! little general language. It needs no word order, so replaced, moved and inflected words cost only themselves; and it
//! weighs a word by how unlikely it is here, so common words and the texts' subject count for little.
//!
//! 1. [`Stems`] turns words to stems; a [`Profile`] prepares a text once for any number of comparisons.
//! 2. `seeds`: shared stems whose surroundings share many others, on both sides; `cores`: seeds linked.
//! 3. `edges`: the likeliest segment around each core, on both sides in turn; `resolve`: of overlapping ones the best.
//! 4. `verbatim`: passages that are mostly exact runs end where the runs end; runs that are in no passage make their own.
//! 5. `summary`: segments that the whole source explains and no one place of it.
//!
//! Time and memory are linear in the two texts (the ratio's constants are small: about 40 steps a seed, and at most
//! twelve seeds for each word).
mod background;
mod cores;
mod edges;
mod language;
mod num;
mod pair;
mod profile;
mod resolve;
mod reader;
mod seeds;
mod stems;
mod summary;
mod tuning;
mod verbatim;

use std::ops::Range;

pub use language::{Guess, Language};
pub use profile::Profile;
pub use reader::Reader;
pub use tuning::Tuning;

use cores::Core;
use edges::{Candidate, Scorer};
use super::seeds::Run;
use num::{real, size, touches};
use pair::Pair;

/// How a passage was taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Word for word, for the most part.
    Verbatim,
    /// With words replaced, moved or inflected.
    Altered,
    /// The whole source, condensed.
    Summary,
}

/// A span of the submission and where it came from, in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// Words of the submission.
    pub submission: Range<u32>,
    /// Words of the source.
    pub source: Range<u32>,
    /// How it was taken over.
    pub kind: Kind,
    /// The share of words in common, from 0 to 1. A word is in common when its stem is on both sides, each as often as
    /// both have it (Dice's coefficient); of a summary, the share of the submission's words alone.
    pub similarity: f32,
    /// Words in common, by their stems, each as often as both sides have it.
    pub matched: u32,
    /// The natural logarithm of how much likelier the passage's words are when drawn from one another than by chance.
    pub evidence: f32,
}

/// The comparison was called off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped;

/// Finds the passages of `submission` that come from `source`, sorted by place; deterministic.
///
/// `runs` are the exact runs, sorted, as seeding gives them: every word of the submission in one of them is in
/// some passage. `stop` is asked every few thousand steps.
///
/// # Errors
///
/// [`Stopped`] when `stop` said so.
pub fn detect(
    submission: &Profile,
    source: &Profile,
    runs: &[Run],
    tuning: &Tuning,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<Passage>, Stopped> {
    let Some(pair) = Pair::new(submission, source, tuning) else {
        return Ok(sorted(verbatim::left_over(runs, &[], tuning.join_words).into_iter().map(copied).collect()));
    };
    let mut scorer = Scorer::new(&pair);
    let candidates = candidates(&pair, &mut scorer, runs, stop);
    let summaries = summary::find(&mut scorer, &candidates, &verbatim::cores(runs), stop);
    if stop() {
        return Err(Stopped);
    }
    let altered = outside(resolve::merged(candidates, &mut scorer), &summaries);
    let mut passages: Vec<Passage> = summaries.iter().map(|c| passage(c, Kind::Summary)).collect();
    let mut verbatim = Vec::new();
    for candidate in altered {
        match verbatim::hull(&candidate, runs, tuning) {
            Some(spans) => verbatim.push(spans),
            None => passages.push(passage(&candidate, Kind::Altered)),
        }
    }
    let verbatim = resolve::distinct(verbatim).into_iter().map(|spans| scorer.weigh(spans));
    passages.extend(verbatim.map(|candidate| passage(&candidate, Kind::Verbatim)));
    let mut taken: Vec<Range<u32>> = passages.iter().map(|p| p.submission.clone()).collect();
    taken.sort_by_key(|span| (span.end, span.start));
    let rest = verbatim::left_over(runs, &taken, tuning.join_words);
    passages.extend(rest.into_iter().map(|spans| passage(&scorer.weigh(spans), Kind::Verbatim)));
    Ok(sorted(passages))
}

/// Pairs of spans that are passages by their evidence, some of them overlapping.
fn candidates(pair: &Pair<'_>, scorer: &mut Scorer<'_, '_>, runs: &[Run], stop: &dyn Fn() -> bool) -> Vec<Candidate> {
    let long = verbatim::cores(runs);
    let known: Vec<Range<u32>> = long.iter().map(|spans| spans.submission.clone()).collect();
    let seeds = seeds::dense(pair, &known, stop);
    let mut found = Vec::new();
    let linked = cores::link(&seeds, pair.tuning, pair.source.shared.len());
    for core in long.into_iter().map(Core::from).chain(linked) {
        if stop() {
            break;
        }
        let mut tried: Vec<Candidate> = core.inner.into_iter().map(|spans| scorer.refine(spans)).collect();
        tried.push(scorer.refine(core.whole));
        tried.retain(|candidate| candidate.evidence >= pair.tuning.accept);
        found.extend(resolve::strongest(tried));
    }
    resolve::chained(found, scorer)
}

/// The candidates that stand in no summary.
fn outside(candidates: Vec<Candidate>, summaries: &[Candidate]) -> Vec<Candidate> {
    let apart = |c: &Candidate| !summaries.iter().any(|s| touches(&s.spans.submission, &c.spans.submission));
    candidates.into_iter().filter(apart).collect()
}

fn passage(candidate: &Candidate, kind: Kind) -> Passage {
    let (here, there) = (size(&candidate.spans.submission), size(&candidate.spans.source));
    let common = real(candidate.matched);
    let similarity = match kind {
        Kind::Summary => common / real(here.max(1)),
        Kind::Verbatim | Kind::Altered => 2.0 * common / (real(here) + real(there)).max(1.0),
    };
    let edges::Spans { submission, source } = candidate.spans.clone();
    Passage { submission, source, kind, similarity, matched: candidate.matched, evidence: candidate.evidence }
}

/// A passage of exact runs between texts that have next to nothing else in common.
fn copied(spans: edges::Spans) -> Passage {
    let edges::Spans { submission, source } = spans;
    let matched = size(&submission);
    Passage { submission, source, kind: Kind::Verbatim, similarity: 1.0, matched, evidence: 0.0 }
}

fn sorted(mut passages: Vec<Passage>) -> Vec<Passage> {
    passages.sort_by_key(|p| (p.submission.start, p.submission.end, p.source.start, p.source.end));
    passages
}

#[cfg(test)]
mod tests {
    use super::{
        Boundary, Kind, Language, Passage, Profile, Run, Stems, Stopped, Tuning, detect, exact_runs, hash_word,
    };

    /// Words that stand for nothing: `w0 w1 ...`, a sentence every twelve.
    fn prose(numbers: impl Iterator<Item = u32>) -> Vec<(String, Boundary)> {
        let boundary = |n: usize| if n.is_multiple_of(12) { Boundary::Sentence } else { Boundary::None };
        numbers.enumerate().map(|(n, word)| (format!("w{word}"), boundary(n))).collect()
    }

    fn compare(submission: &[(String, Boundary)], source: &[(String, Boundary)]) -> Vec<Passage> {
        let mut stems = Stems::new(Language::NONE);
        let mut profile =
            |text: &[(String, Boundary)]| Profile::new(text.iter().map(|(word, before)| (stems.stem(word), *before)));
        let (a, b) = (profile(submission), profile(source));
        let hashes =
            |text: &[(String, Boundary)]| text.iter().map(|(w, _)| hash_word(w.as_bytes())).collect::<Vec<_>>();
        let runs: Vec<Run> = exact_runs(&hashes(submission), &hashes(source), 8);
        detect(&a, &b, &runs, &Tuning::default(), &|| false).unwrap_or_default()
    }

    #[test]
    fn unrelated_texts_have_no_passage() {
        assert_eq!(compare(&prose(0..400), &prose(1000..1400)), []);
        assert_eq!(compare(&[], &prose(0..40)), []);
    }

    #[test]
    fn a_run_of_eight_words_is_a_passage() {
        let submission = prose((0..200).chain(5000..5008).chain(200..400));
        let found = compare(&submission, &prose((1000..1300).chain(5000..5008).chain(1300..1500)));
        assert_eq!(found.len(), 1);
        assert_eq!(found.first().map(|p| (p.submission.clone(), p.source.clone())), Some((200..208, 300..308)));
    }

    #[test]
    fn words_replaced_and_moved_are_one_passage() {
        let altered = (0..120).map(|n: u32| if n.is_multiple_of(4) { 9000 + n } else { 5000 + (n ^ 3) });
        let submission = prose((0..240).chain(altered).chain(240..480));
        let found = compare(&submission, &prose((1000..1300).chain(5000..5120).chain(1300..1500)));
        assert_eq!(found.len(), 1);
        let Some(passage) = found.first() else { return };
        assert_eq!(passage.kind, Kind::Altered);
        assert!((0.7..=0.8).contains(&passage.similarity), "{passage:?}");
        assert!(
            passage.submission.start.abs_diff(240) <= 1 && passage.submission.end.abs_diff(360) <= 1,
            "{passage:?}"
        );
        assert!(passage.source.start.abs_diff(300) <= 12 && passage.source.end.abs_diff(420) <= 12, "{passage:?}");
    }

    #[test]
    fn a_tenth_of_a_long_source_drawn_from_all_of_it_is_a_summary() {
        let summary = (0..60).map(|n| 5000 + n * 10);
        let found = compare(&prose((0..240).chain(summary).chain(240..480)), &prose(5000..5600));
        assert_eq!(found.len(), 1);
        assert_eq!(found.first().map(|p| (p.kind, p.source.clone())), Some((Kind::Summary, 0..600)));
    }

    #[test]
    fn equal_texts_are_one_verbatim_passage() {
        let text = prose(0..3000);
        let found = compare(&text, &text);
        assert_eq!(found.len(), 1);
        assert_eq!(
            found.first().map(|p| (p.kind, p.submission.clone(), p.source.clone())),
            Some((Kind::Verbatim, 0..3000, 0..3000))
        );
    }

    #[test]
    fn stops_when_asked() {
        let mut stems = Stems::new(Language::NONE);
        let profile = Profile::new(prose(0..300).iter().map(|(word, before)| (stems.stem(word), *before)));
        assert_eq!(detect(&profile, &profile, &[], &Tuning::default(), &|| true), Err(Stopped));
    }
}
