//! A submission, prepared to be compared with texts.

use std::sync::{Arc, OnceLock};

use super::options::DetectionMode;
use super::profilers::Profilers;
use crate::chance::Costs;
use crate::matching::altered::{Guess, Language, StemProfile, StemProfiler};
use crate::matching::{
    self, CoveredPassage, Matched, NearSide, NearText, Passage, PassageKind, PreparedSubmission, Reading,
};
use crate::model::{Stop, StopReason};
use crate::report::Coverage;
use crate::text::TokenizedText;

/// The text that is checked. It is prepared once and compared by many threads.
pub(super) struct Submission<'a> {
    pub(super) text: &'a str,
    pub(super) tokenized: &'a TokenizedText,
    /// Its side of altered passages; `None` when they are not looked for.
    altered: Option<Arc<Altered>>,
    profilers: &'a Profilers,
    /// The costs of its words, once a passage is judged.
    costs: OnceLock<Costs>,
}

/// The confidence from which a guessed language is used without asking the source.
const SURE: f32 = 0.5;

/// A text's side of altered passages, which is prepared at most once.
pub(super) struct Altered {
    detected: Guess,
    /// Its stems in the detected language.
    stemmed: OnceLock<Arc<StemProfile>>,
    /// Its side of near copies, in the detected language; `None` if it has none.
    near: OnceLock<Option<NearText>>,
}

impl Altered {
    /// The language in which a pair is read. Both sides have to be stemmed alike; the source's language is guessed only
    /// if this one is not sure.
    fn language_with(&self, source: Compared<'_>) -> Language {
        if self.detected.confidence >= SURE {
            return self.detected.language;
        }
        let theirs = source.altered.map_or_else(|| Guess::of(source.text), |known| known.detected);
        self.detected.or_surer(theirs).language
    }

    pub(super) fn of(text: &str) -> Self {
        Self { detected: Guess::of(text), stemmed: OnceLock::new(), near: OnceLock::new() }
    }

    fn stemmed(
        &self,
        profiler: &mut StemProfiler,
        text: &str,
        tokenized: &TokenizedText,
    ) -> &Arc<StemProfile> {
        self.stemmed.get_or_init(|| Arc::new(profiler.profile(self.detected.language, text, tokenized)))
    }

    fn near(&self, profiler: &mut StemProfiler, text: &str, tokenized: &TokenizedText) -> Option<&NearText> {
        let prepare = || {
            let profile = self.stemmed(profiler, text, tokenized);
            NearText::of(Reading { text, tokenized, profile })
        };
        self.near.get_or_init(prepare).as_ref()
    }
}

/// How closely a candidate is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub(crate) enum Depth {
    /// All passages.
    All,
    /// Exact runs; and all passages if the runs are more than a phrase.
    RunsFirst,
    /// Exact runs.
    Runs,
}

/// A source to compare with.
#[derive(Clone, Copy)]
pub(super) struct Compared<'a> {
    pub(super) text: &'a str,
    pub(super) tokenized: &'a TokenizedText,
    /// Its side of altered passages, if it was prepared for more than one comparison.
    pub(super) altered: Option<&'a Altered>,
}

impl<'a> Submission<'a> {
    pub(super) fn new(
        text: &'a str,
        tokenized: &'a TokenizedText,
        mode: DetectionMode,
        profilers: &'a Profilers,
    ) -> Self {
        let altered = (mode == DetectionMode::AlteredToo).then(|| Arc::new(Altered::of(text)));
        Self::prepared(text, tokenized, altered, profilers)
    }

    /// A text whose side of altered passages was prepared; `None` if these are not looked for.
    pub(super) fn prepared(
        text: &'a str,
        tokenized: &'a TokenizedText,
        altered: Option<Arc<Altered>>,
        profilers: &'a Profilers,
    ) -> Self {
        Self { text, tokenized, altered, profilers, costs: OnceLock::new() }
    }

    /// Compares the submission with texts, in one thread.
    pub(super) fn comparer(&self) -> Comparer<'_> {
        Comparer { submission: self, profiler: self.profilers.profiler(), others: Vec::new() }
    }

    /// The improbability of its words.
    pub(super) fn costs(&self) -> &Costs {
        self.costs.get_or_init(|| Costs::of(self.text, self.tokenized))
    }

    /// Stems the submission, if its language is sure, so that no thread has to wait for another that does.
    pub(super) fn prepare(&self) {
        if let Some(altered) = &self.altered
            && altered.detected.confidence >= SURE
        {
            altered.stemmed(&mut self.profilers.profiler(), self.text, self.tokenized);
        }
    }
}

/// Compares a submission with texts, in one thread.
pub(super) struct Comparer<'a> {
    submission: &'a Submission<'a>,
    profiler: StemProfiler,
    /// The submission's stems in other languages than the detected one.
    others: Vec<(Language, Arc<StemProfile>)>,
}

impl Comparer<'_> {
    /// The passages that the submission shares with a source, as far as `depth` asks. Passages of fewer than `min_words`
    /// are not looked for.
    ///
    /// Most candidates share no run or a phrase that many texts have; so exact runs are found first unless altered text
    /// is likely.
    pub(super) fn passages_at(
        &mut self,
        depth: Depth,
        prepared: &PreparedSubmission<'_>,
        source: Compared<'_>,
        min_words: u32,
        stop: &Stop,
    ) -> Result<Vec<CoveredPassage>, StopReason> {
        if depth != Depth::All && self.submission.altered.is_some() {
            let runs = matching::verbatim_passages(prepared, source.tokenized.tokens(), min_words, stop)?;
            let lengths = self.submission.tokenized.lengths();
            let words: u32 = runs.iter().map(|run| lengths.words(&run.submission)).sum();
            if depth == Depth::Runs || words < min_words + min_words / 2 {
                return Ok(self.whole(runs, source, min_words));
            }
        }
        self.passages(prepared, source, min_words, stop)
    }

    /// All passages that the submission shares with a text, of at least `min_words` words.
    pub(super) fn passages(
        &mut self,
        prepared: &PreparedSubmission<'_>,
        source: Compared<'_>,
        min_words: u32,
        stop: &Stop,
    ) -> Result<Vec<CoveredPassage>, StopReason> {
        let Some(altered) = &self.submission.altered else {
            let runs = matching::verbatim_passages(prepared, source.tokenized.tokens(), min_words, stop)?;
            return Ok(self.whole(runs, source, min_words));
        };
        let language = altered.language_with(source);
        let own = self.stemmed(altered, language);
        stop.check()?;
        let theirs = match source.altered.filter(|known| known.detected.language == language) {
            Some(known) => Arc::clone(known.stemmed(&mut self.profiler, source.text, source.tokenized)),
            None => Arc::new(self.profiler.profile(language, source.text, source.tokenized)),
        };
        stop.check()?;
        let sides = ((prepared, &*own), (source.tokenized.tokens(), &*theirs));
        let Matched { passages, runs } = matching::passages(sides.0, sides.1, min_words, stop)?;
        let passages = self.verified(passages, source, min_words);
        stop.check()?;
        let Submission { text, tokenized, .. } = *self.submission;
        let here = Reading { text, tokenized, profile: &own };
        let there = Reading { text: source.text, tokenized: source.tokenized, profile: &theirs };
        Ok(matching::covered(passages, &runs, here, there))
    }

    /// The passages of a source that is nearly the same text, if it is and was prepared for more than one comparison.
    pub(super) fn near_copy(&mut self, source: Compared<'_>, min_words: u32) -> Option<Vec<CoveredPassage>> {
        let Submission { text, tokenized, altered, .. } = self.submission;
        let (ours, theirs) = (altered.as_ref()?, source.altered?);
        let language = ours.language_with(source);
        if ours.detected.language != language || theirs.detected.language != language {
            return None;
        }
        let near = ours.near(&mut self.profiler, text, tokenized)?;
        let here = NearSide { tokenized, near };
        let near = theirs.near(&mut self.profiler, source.text, source.tokenized)?;
        let there = NearSide { tokenized: source.tokenized, near };
        let found = matching::near_copy(here, there, min_words)?;
        Some(match found.passage.kind {
            PassageKind::Verbatim => self.whole(vec![found.passage], source, min_words),
            _ => vec![found],
        })
    }

    /// Verified runs, which are covered whole.
    fn whole(&self, runs: Vec<Passage>, source: Compared<'_>, min_words: u32) -> Vec<CoveredPassage> {
        self.verified(runs, source, min_words).into_iter().map(CoveredPassage::whole).collect()
    }

    /// The words of the submission that match the source exactly and in its order, in these passages and between them.
    pub(super) fn exact(&self, source: Compared<'_>, found: &[CoveredPassage]) -> Coverage {
        let passages: Vec<Passage> = found.iter().map(|found| found.passage.clone()).collect();
        let Submission { text, tokenized, .. } = *self.submission;
        Coverage::of(matching::exact((text, tokenized), (source.text, source.tokenized), &passages))
    }

    fn verified(&self, found: Vec<Passage>, source: Compared<'_>, min_words: u32) -> Vec<Passage> {
        let Submission { text, tokenized, .. } = *self.submission;
        matching::verified(found, (text, tokenized), (source.text, source.tokenized), min_words)
    }

    /// The submission's stems in a language.
    fn stemmed(&mut self, altered: &Altered, language: Language) -> Arc<StemProfile> {
        if language == altered.detected.language
            && let Some(stemmed) = altered.stemmed.get()
        {
            return Arc::clone(stemmed);
        }
        if let Some((_, known)) = self.others.iter().find(|(known, _)| *known == language) {
            return Arc::clone(known);
        }
        let Submission { text, tokenized, .. } = *self.submission;
        let stemmed = Arc::new(self.profiler.profile(language, text, tokenized));
        self.others.push((language, Arc::clone(&stemmed)));
        stemmed
    }
}
