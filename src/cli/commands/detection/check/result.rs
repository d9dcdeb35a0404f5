//! The result of one of many checks.

use crate::proto;

/// The result for a submission: its report, or the reason why it was not checked.
#[derive(Debug)]
pub(super) struct Checked {
    /// The file, or the id of a stored source.
    pub(super) name: String,
    /// The text, if a page needs it.
    pub(super) text: Option<String>,
    pub(super) result: Result<proto::Report, String>,
}
