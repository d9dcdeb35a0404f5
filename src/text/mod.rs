//! Original text to tokens with spans.
//!
//! A token is a word, or a single character in the scripts that are written without spaces. Each token
//! is known by two things only: its [`Span`] in the original, and a [`Token`], the seeded hash of its
//! compared form. Two words are the same word when their tokens are equal.
//!
//! How a text is cut and compared is written down in `segment`; [`Tokenizer`] adds a fast path for
//! ASCII, which agrees with it on every text.

pub mod alerts;
mod ascii;
mod boundary;
mod compared;
mod offsets;
mod peek;
pub mod regions;
mod scripts;
mod segment;
mod spaced;
mod stem;
mod token;

pub(crate) use scripts::is_unspaced;

pub use boundary::Boundary;
pub use offsets::{OffsetUnit, convert_spans};
pub use stem::Stem;
pub use token::{CorpusSeed, Overgrown, Span, Token, TokenizedText, Tokenizer, compared_form_at, same_word};
