//! Tokens to fingerprints: k-grams by a polynomial hash, selected in a sliding window.
//!
//! [`Fingerprinter`] selects at least one k-gram of every window of `t = k + w - 1` tokens, by a rule that depends
//! only on the window. Two texts that share a run of `t` tokens therefore share a fingerprint inside that run: the
//! guarantee of winnowing (Schleimer, Wilkerson & Aiken 2003). [`OrderFree`] makes fingerprints of word pairs, which
//! survive rewriting.

mod context;
mod order_free;
mod outline;
mod polynomial;
mod selection;

pub use crate::model::{FingerprintSettings, KgramLength, OutOfRange, WindowSize};
pub use context::{Context, ContextMatch};
pub use order_free::OrderFree;
pub use outline::{Outline, Outliner};
pub use selection::{Fingerprint, Fingerprinter};
