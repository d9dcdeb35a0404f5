//! Tokens to k-grams, by a rolling hash, and k-grams to fingerprints, by a sliding window.
//!
//! [`Fingerprinter`] keeps at least one k-gram of every window of `t = k + w - 1` tokens, by a rule that
//! looks at nothing but the window. Two texts that share a run of `t` tokens therefore share a
//! fingerprint inside that run: the guarantee of winnowing (Schleimer, Wilkerson & Aiken 2003).

mod context;
mod order_free;
mod rolling;
mod selection;

pub use crate::model::{FingerprintSettings, KgramLength, OutOfRange, WindowSize};
pub use context::{Context, ContextMatch};
pub use order_free::OrderFree;
pub use selection::{Fingerprint, Fingerprinter};
