//! The stems that two texts have in common.
use super::num::{at, index, real, small};
use super::stems::{NONE, StemProfile};
use super::tuning::Tuning;

/// A stem of both texts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SharedStem {
    /// Its number in the source's profile.
    pub(super) in_source: u32,
    /// Its occurrences in the submission and in the source.
    pub(super) counts: [u32; 2],
    /// The smoothing of its count in the background.
    pub(super) prior: f32,
    /// -ln of its background probability, with the whole of both texts as background.
    pub(super) weight: f32,
}

/// One of the two texts.
pub(super) struct Side<'a> {
    pub(super) profile: &'a StemProfile,
    /// Per word, the number of its stem among the shared ones, or [`NONE`].
    pub(super) shared: Vec<u32>,
}

impl Side<'_> {
    pub(super) fn len(&self) -> u32 {
        small(self.shared.len())
    }
}

/// Two texts with a common numbering of the stems they share.
pub(super) struct TextPair<'a> {
    pub(super) submission: Side<'a>,
    pub(super) source: Side<'a>,
    pub(super) shared: Vec<SharedStem>,
    pub(super) tuning: &'a Tuning,
}

impl<'a> TextPair<'a> {
    /// The pair; `None` if the texts have too little in common for any passage, which is the usual case and cheap to
    /// find out.
    pub(super) fn new(
        submission: &'a StemProfile,
        source: &'a StemProfile,
        tuning: &'a Tuning,
    ) -> Option<Self> {
        let (found, shared) = share(submission, source, tuning);
        let most: f32 = shared.iter().map(|s| real(s.counts[0].min(s.counts[1])) * s.weight).sum();
        if most < tuning.density {
            return None;
        }
        let mut from_submission = vec![NONE; submission.stems.len()];
        let mut from_source = vec![NONE; source.stems.len()];
        for (number, (&there, stem)) in found.iter().zip(&shared).enumerate() {
            if let Some(entry) = from_submission.get_mut(index(there)) {
                *entry = small(number);
            }
            if let Some(entry) = from_source.get_mut(index(stem.in_source)) {
                *entry = small(number);
            }
        }
        let side = |profile: &'a StemProfile, map: &[u32]| Side {
            profile,
            shared: profile.words.iter().map(|&word| map.get(index(word)).copied().unwrap_or(NONE)).collect(),
        };
        let (submission, source) = (side(submission, &from_submission), side(source, &from_source));
        Some(Self { submission, source, shared, tuning })
    }

    pub(super) fn side(&self, which: SideKind) -> &Side<'a> {
        match which {
            SideKind::Submission => &self.submission,
            SideKind::Source => &self.source,
        }
    }

    pub(super) fn stem(&self, number: u32) -> SharedStem {
        at(&self.shared, index(number))
    }

    /// Number of words of both texts together.
    pub(super) fn len(&self) -> u32 {
        self.submission.len().saturating_add(self.source.len())
    }
}

/// The common stems, each with its number in the submission.
fn share(submission: &StemProfile, source: &StemProfile, tuning: &Tuning) -> (Vec<u32>, Vec<SharedStem>) {
    let total = real(small(submission.len() + source.len())) + tuning.prior_words;
    let common = source.stems.iter().enumerate().filter_map(|(number, stem)| {
        let there = submission.find(stem.key)?;
        let in_source = small(number);
        let counts = [small(submission.positions(there).len()), small(source.positions(in_source).len())];
        let prior = tuning.prior_words * stem.frequency;
        let weight = -((real(counts[0]) + real(counts[1]) + prior) / total).ln();
        Some((there, SharedStem { in_source, counts, prior, weight }))
    });
    common.unzip()
}

/// One of the two texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SideKind {
    Submission,
    Source,
}

impl SideKind {
    pub(super) fn other(self) -> Self {
        match self {
            Self::Submission => Self::Source,
            Self::Source => Self::Submission,
        }
    }
}

/// Counts per shared stem, cleared in time proportional to the stems that were counted.
pub(super) struct Counts {
    values: Vec<u32>,
    seen: Vec<u32>,
}

impl Counts {
    pub(super) fn new(stems: usize) -> Self {
        Self { values: vec![0; stems], seen: Vec::new() }
    }

    /// Counts the shared stems of `words`, and clears the counts before.
    pub(super) fn count(&mut self, words: &[u32]) {
        for stem in self.seen.drain(..) {
            if let Some(value) = self.values.get_mut(index(stem)) {
                *value = 0;
            }
        }
        for &stem in words {
            if let Some(value) = self.values.get_mut(index(stem)) {
                if *value == 0 {
                    self.seen.push(stem);
                }
                *value += 1;
            }
        }
    }

    #[inline]
    pub(super) fn get(&self, stem: u32) -> u32 {
        at(&self.values, index(stem))
    }

    /// The counted stems, in the order of their first word.
    pub(super) fn seen(&self) -> &[u32] {
        &self.seen
    }
}
