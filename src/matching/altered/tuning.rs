//! The constants, each with its reason.

/// What the matcher goes by; the defaults serve any kind of text.
///
/// Scores are natural logarithms of likelihood ratios (nats). The values are round; a step of a tenth to a quarter in
/// any of them moves plagdet on PAN13's training corpus by less than .002.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuning {
    /// Words of general language added to the background of the two texts. Several hundred: the texts' own counts
    /// of a frequent word outweigh the table, those of a word seen once do not.
    pub prior_words: f32,
    /// A shared stem may seed a passage when it occurs at most this often in one of the texts: keeps the seeds
    /// linear in the texts' lengths, and leaves out what is too common to tell places apart.
    pub seed_occurrences: u32,
    /// Words on either side that count as a seed's surroundings: about a long sentence.
    pub near_words: u32,
    /// The weight (-ln background) of shared stems that a seed's surroundings must have: some eight content words.
    pub density: f32,
    /// Seeds this close on both sides belong to one passage: a few sentences may be rewritten beyond recognition.
    pub gap_words: u32,
    /// Seeds this close make the inner cores of a passage, tried as starting points of their own.
    pub inner_gap_words: u32,
    /// How far beyond its core an edge is sought: a paragraph.
    pub reach_words: u32,
    /// What an edge inside a sentence of the submission costs, and at a line's end: people insert whole sentences,
    /// but not always, and punctuation can mislead.
    pub submission_edge: [f32; 2],
    /// The same for the source: copying starts and ends with a sentence, a title or a list's item.
    pub source_edge: [f32; 2],
    /// The bounds on the share of a passage's words taken as drawn from the other side. Below the least, a segment is
    /// rather a mosaic of chance matches; the greatest leaves every word some chance of being new.
    pub drawn: [f32; 2],
    /// The evidence at which a pair of spans is a passage. Chance places reach 30 or so, two texts on one subject 60
    /// and, rarely, more; fifty words with a third of them replaced reach 100 to 140.
    pub accept: f32,
    /// The share of a passage that exact runs must cover for it to be verbatim, and to end where they end.
    pub verbatim: f32,
    /// Runs this close on both sides make one verbatim passage.
    pub join_words: u32,
    /// A summary is at least this long: shorter ones cannot be told from scattered common words.
    pub summary_words: u32,
    /// A summary is of a source at least this many times as long.
    pub summary_shrink: f32,
    /// The share of a summary's words taken as the source's.
    pub summary_drawn: f32,
    /// The evidence that starts a summary's segment, and that accepts it in the end.
    pub summary_accept: [f32; 2],
    /// A segment ends where its sum has fallen by this much: five sentences' worth of other words.
    pub summary_drop: f32,
    /// How far a summary's words must be scattered over the source, against the evidence for a passage in one place: the
    /// square of (words the whole source has / words its best window has, times the share it has) over (evidence of
    /// the passage / of the summary).
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
            accept: 75.0,
            verbatim: 0.8,
            join_words: 40,
            summary_words: 50,
            summary_shrink: 3.0,
            summary_drawn: 0.6,
            summary_accept: [8.0, 80.0],
            summary_drop: 20.0,
            summary_scatter: 1.25,
        }
    }
}
