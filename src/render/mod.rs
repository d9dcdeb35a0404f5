//! Reports for people, made of the messages of the contract: one HTML file for a check, and one for all pairs.
//!
//! Rendering reads no corpus and knows no request: a report and the text of its submission are all that it needs.

mod documents;
mod figures;
mod findings;
pub mod html;
mod pages;

pub use documents::{format_name, hidden_reason, removed_kind};
pub use figures::{by_chance, counted, number, percent};
pub use findings::alert_findings;
pub use pages::{page_count, page_range};
