//! Words and characters of a text to tokens, stems and lengths.
//!
//! `segment` defines the words of a text. [`Tokenizer`] adds a fast path for ASCII (`ascii`), which agrees with it on every
//! text, and joins words whose letters are set apart (`spaced`).

mod ascii;
mod lengths;
mod segment;
mod spaced;
mod stem;
mod token;
mod tokenizer;

pub use lengths::WordLengths;
pub use stem::Stem;
pub use token::{ComparedFormTooLong, Token};
pub use tokenizer::{StemmedText, TokenizedText, Tokenizer, compared_form_at, same_word};
