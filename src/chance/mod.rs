//! Chance: how many passages with the same evidence an unrelated text would have in a corpus of this size.
//!
//! Two people who write about anything use some of the same phrases. The more sources there are, and the longer the
//! submission is, the more runs of eight words both have in common, and none of them is copied. Sequence search met
//! this problem first: the number of matches that chance produces with a score of `s` or more falls exponentially in
//! `s` and grows with the product of both lengths (Karlin & Altschul 1990, the *E-value* of BLAST).
//!
//! The score of a run is the improbability of its words, in nats, as far as the index knows: rare words have a high
//! score, and a [phrase](Phrases) that other sources have too has a low one. The [expectation](Expectation) turns scores into
//! expected numbers, with constants that are [fitted](fit()) to a collection's own sources.

mod costs;
mod expectation;
mod fit;
mod score;

pub use costs::Costs;
pub use expectation::{Expectation, PassageScore, rounded};
pub use fit::{MatchedPair, fit};
pub use score::{Kgram, Phrases};
