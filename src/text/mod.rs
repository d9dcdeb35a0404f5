//! Original text to tokens with spans.
//!
//! A token is a word, or a single character in the scripts that are written without spaces. It has a [`Span`] in the
//! original and a [`Token`], the seeded hash of its compared form. Two words are the same if their tokens are equal.
//!
//! `segment` defines the words of a text, `folding` the compared form. [`Tokenizer`] adds a fast path for ASCII, which
//! agrees with `segment` on every text.

pub mod alerts;
mod ascii;
mod boundary;
mod class;
mod folding;
mod lengths;
mod offsets;
mod peek;
pub mod regions;
mod scripts;
mod segment;
mod spaced;
mod span;
mod stem;
mod token;
mod tokenizer;

pub use crate::model::CorpusSeed;
pub(crate) use scripts::is_unspaced;

pub use boundary::Boundary;
pub use folding::in_alphabet;
pub use lengths::WordLengths;
pub use offsets::{OffsetUnit, convert_spans};
pub use span::Span;
pub use stem::Stem;
pub use token::{ComparedFormTooLong, Token};
pub use tokenizer::{TokenizedText, Tokenizer, compared_form_at, same_word};
