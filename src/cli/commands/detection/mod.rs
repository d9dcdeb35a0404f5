//! Commands that compare texts.

pub(in crate::cli) mod check;
pub(in crate::cli) mod compare;
mod local;
mod options;
mod page;
pub(in crate::cli) mod pairs;
mod scope;
mod sources;
mod texts;

pub(in crate::cli) use options::UnitArg;
pub(super) use scope::ScopeArgs;
pub(super) use sources::stored_text;
pub(super) use texts::read_submission;
