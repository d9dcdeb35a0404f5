//! Original text to tokens with spans.
//!
//! A token is a word, or a single character in the scripts that are written without spaces. It has a [`Span`] in the
//! original and a [`Token`], the seeded hash of its compared form. Two words are the same if their tokens are equal.
//!
//! `tokens` defines the words of a text, `folding` their compared form.

pub mod alerts;
mod boundary;
mod excerpts;
mod folding;
mod offsets;
mod peek;
pub mod regions;
mod scripts;
mod span;
mod tokens;

pub use crate::model::CorpusSeed;
pub(crate) use scripts::is_unspaced;

pub use boundary::Boundary;
pub use excerpts::Excerpt;
pub(crate) use excerpts::longest_within;
pub use folding::in_alphabet;
pub use offsets::{OffsetUnit, convert_spans};
pub use span::Span;
pub use tokens::{
    ComparedFormTooLong, Stem, StemmedText, Token, TokenizedText, Tokenizer, WordLengths, compared_form_at,
    same_word,
};
