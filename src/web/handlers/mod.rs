//! The handlers of the pages: read the form, call a service, show the answer.

pub(super) mod add;
pub(super) mod check;
pub(super) mod collections;
pub(super) mod login;
pub(super) mod missing;
mod options;
pub(super) mod pairs;
mod report;
pub(super) mod source;
pub(super) mod sources;
