//! Constants of the comparison, with their reasons.

use super::num::real;

/// Constants of the comparison. The defaults suit all kinds of texts.
///
/// Scores are natural logarithms of likelihood ratios (nats). The values are round; a step of a tenth to a quarter in
/// any of them moves plagdet on PAN13's training corpus by less than .002.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuning {
    /// Words of general language added to the background of the two texts. With several hundred, the texts' own counts
    /// of a frequent word outweigh the table, and those of a word seen once do not.
    pub prior_words: f32,
    /// The most occurrences, in the text that has fewer, of a shared stem that may seed a passage. This keeps the seeds
    /// linear in the lengths of the texts, and leaves out stems that are too common to mark a place.
    pub seed_occurrences: u32,
    /// Words on either side that are a seed's surroundings: about a long sentence.
    pub near_words: u32,
    /// The least weight (-ln background) of the shared stems in a seed's surroundings: some eight content words.
    pub density: f32,
    /// The greatest distance on both sides between seeds of one passage: a few sentences may be rewritten completely.
    pub gap_words: u32,
    /// The greatest distance between seeds of one inner core of a passage. Inner cores are further starting points.
    pub inner_gap_words: u32,
    /// Words beyond its core that are searched for an edge: a paragraph.
    pub reach_words: u32,
    /// The cost of an edge inside a sentence of the submission, and at the end of a line. Insertions are usually whole
    /// sentences, and punctuation can mislead.
    pub submission_edge: [f32; 2],
    /// The same costs for the source: copies start and end with a sentence, a title or an item of a list.
    pub source_edge: [f32; 2],
    /// The bounds of the share of a passage's words that are drawn from the other side. A segment below the lower
    /// bound is rather a mosaic of chance matches; the upper bound leaves every word a probability of being new.
    pub drawn: [f32; 2],
    /// Words of a piece of a passage whose order is the source's: about three sentences.
    pub ordered_words: u32,
    /// The least evidence of windows beyond the edges by which a passage is extended: that of a few content words.
    pub extend: f32,
    /// The least evidence of a passage. Chance reaches about 30, two texts on one subject 60 and, rarely, more; fifty
    /// words of which a third was replaced reach 100 to 140.
    pub accept: f32,
    /// The least share of a verbatim passage that exact runs cover. Such a passage ends where the runs end.
    pub verbatim: f32,
    /// The greatest distance on both sides between runs of one verbatim passage.
    pub join_words: u32,
    /// The fewest words of a run that is a core without seeds.
    pub long_run_words: u32,
    /// The fewest words between two runs that are an insertion rather than a replaced phrase.
    pub inserted_words: u32,
    /// The fewest words of a summary. Shorter ones look like scattered common words.
    pub summary_words: u32,
    /// The least ratio of the length of a source to that of its summary.
    pub summary_shrink: f32,
    /// The share of a summary's words that are drawn from the source.
    pub summary_drawn: f32,
    /// The least evidence of a segment that is examined as a summary, and of a summary.
    pub summary_accept: [f32; 2],
    /// The fall of the sum at which a summary's segment ends: that of five sentences of other words.
    pub summary_drop: f32,
    /// The least scatter of a summary's words over the source, relative to the evidence of a passage in one place: the
    /// square of (words that the whole source has / words that its best window has, times the share that the source
    /// has) divided by (evidence of the passage / evidence of the summary).
    pub summary_scatter: f32,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            prior_words: 800.0,
            seed_occurrences: 16,
            near_words: 21,
            density: 60.0,
            gap_words: 50,
            inner_gap_words: 12,
            reach_words: 60,
            submission_edge: [3.0, 1.5],
            source_edge: [10.0, 0.5],
            drawn: [0.5, 0.9],
            ordered_words: 60,
            extend: 15.0,
            accept: 80.0,
            verbatim: 0.8,
            join_words: 40,
            long_run_words: 48,
            inserted_words: 12,
            summary_words: 50,
            summary_shrink: 3.0,
            summary_drawn: 0.6,
            summary_accept: [8.0, 80.0],
            summary_drop: 20.0,
            summary_scatter: 1.25,
        }
    }
}

impl Tuning {
    /// The constants for texts of this many tokens a word: scripts without spaces have several. Distances are counted in
    /// words, and the probability that all tokens of a word match falls with each of them.
    #[must_use]
    pub(super) fn per_token(&self, tokens_per_word: f32) -> Self {
        let scaled = |words: u32| scale(words, tokens_per_word);
        let [least, most] = self.drawn;
        Self {
            prior_words: self.prior_words * tokens_per_word,
            near_words: scaled(self.near_words),
            gap_words: scaled(self.gap_words),
            inner_gap_words: scaled(self.inner_gap_words),
            reach_words: scaled(self.reach_words),
            ordered_words: scaled(self.ordered_words),
            join_words: scaled(self.join_words),
            long_run_words: scaled(self.long_run_words),
            inserted_words: scaled(self.inserted_words),
            summary_words: scaled(self.summary_words),
            drawn: [least.powf(tokens_per_word), most],
            ..self.clone()
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a small count times a small factor"
)]
fn scale(words: u32, factor: f32) -> u32 {
    (real(words) * factor).round() as u32
}
