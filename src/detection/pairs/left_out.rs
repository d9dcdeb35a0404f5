//! The words of each source that are excluded.

use std::sync::{Arc, OnceLock};

use super::comparing::{Comparing, Read};
use super::roster::Roster;
use crate::corpus::{Entry, Error};
use crate::detection::exclusions::in_regions;
use crate::detection::search::LocalNode;
use crate::detection::submission::Submission;
use crate::report::{Coverage, ExcludedWords, Share, VoidReason};
use crate::text::regions::regions;

/// The excluded words of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LeftOut {
    /// All excluded words.
    pub(super) words: Coverage,
    /// Their number.
    pub(super) count: u64,
    /// Those of boilerplate.
    pub(super) boilerplate: Coverage,
}

impl Comparing<'_> {
    /// The share of sources with the same words: all words that count, of themselves.
    pub(super) fn whole(&self, roster: &Roster, text: usize) -> Option<Share> {
        let (place, entry) = roster.first_holder(text)?;
        let left_out = self.left_out.get(place)?.get().map_or(0, |left_out| left_out.count);
        let words = entry.words.saturating_sub(left_out);
        let least = u64::from(self.options.min_passage_words.unwrap_or(1));
        (words > 0 && entry.words >= least).then_some(Share { words, of_words: words })
    }

    pub(super) fn boilerplate_is_given(&self) -> bool {
        let given = &self.detection.exclusions;
        !(given.boilerplate_texts.is_empty() && given.boilerplate_collections.is_empty())
    }

    /// Finds the excluded words of a source that was not read yet.
    pub(super) fn read_left_out(&self, place: usize, source: &Arc<Entry>) -> Result<(), Error> {
        let text = self.collection.text(source)?;
        let tokenized = self.detector.tokenize_source(&text);
        self.left_out(Read { place, text: &text, tokenized: &tokenized })?;
        Ok(())
    }

    /// The excluded words of a source, if they were found already.
    pub(super) fn left_out_ranges(&self, place: usize) -> Vec<(u32, u32)> {
        let left_out = self.left_out.get(place).and_then(OnceLock::get).unwrap_or(&self.nothing);
        left_out.words.ranges().iter().map(|range| (range.start, range.end)).collect()
    }

    /// The excluded words of a source, which are found once.
    pub(super) fn left_out(&self, source: Read<'_>) -> Result<&LeftOut, Error> {
        let Some(known) = self.left_out.get(source.place) else { return Ok(&self.nothing) };
        if let Some(left_out) = known.get() {
            return Ok(left_out);
        }
        self.stop.check()?;
        let (boilerplate, common) = (self.boilerplate(source)?, self.common(source));
        let exclusions = &self.detection.exclusions;
        let found = if exclusions.have_regions() { regions(source.text) } else { Vec::new() };
        let regions = in_regions(&found, source.tokenized, exclusions);
        let regions = regions.into_iter().map(|ExcludedWords { words, .. }| words);
        let words: Vec<Coverage> = regions.chain([boilerplate.clone(), common]).collect();
        let words = Coverage::union(&words);
        let count = words.words(source.tokenized.lengths());
        Ok(known.get_or_init(|| LeftOut { words, count, boilerplate }))
    }

    /// The k-grams that stand in more sources than the caller wants.
    fn common(&self, source: Read<'_>) -> Coverage {
        let (VoidReason::CommonnessCap, cap) = self.commonness_cap() else { return Coverage::default() };
        // The index knows words under the corpus's secret, not under that of comparisons.
        let indexed = self.detector.indexed_tokens(source.text);
        let fingerprints = self.collection.fingerprints(indexed.tokens());
        let kgram = self.collection.settings().kgram.get();
        let words = |at: u32| {
            let kept = fingerprints.get(at as usize)?;
            Some(kept.position..kept.position.saturating_add(kgram))
        };
        let looked_up = self.look_up(&fingerprints, cap);
        Coverage::of(looked_up.too_common.into_iter().chain(looked_up.unread).filter_map(words))
    }

    fn boilerplate(&self, source: Read<'_>) -> Result<Coverage, Error> {
        if !self.boilerplate_is_given() {
            return Ok(Coverage::default());
        }
        let Read { text, tokenized, .. } = source;
        let submission = Submission::new(text, tokenized, self.detection.mode, &self.detector.profilers);
        let found = self.detector.in_boilerplate(
            &submission,
            &self.detection,
            &[&LocalNode::whole(self.view)],
            self.stop,
        )?;
        Ok(found.words)
    }
}

/// Whether so many words from a position on are all among `words`.
pub(super) fn holds(words: &Coverage, position: u32, width: u32) -> bool {
    let at = words.ranges().partition_point(|range| range.end <= position);
    let range = words.ranges().get(at);
    range.is_some_and(|range| range.start <= position && position.saturating_add(width) <= range.end)
}
