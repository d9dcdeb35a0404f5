//! The sections of a report beside the texts themselves.

pub(super) mod alerts;
pub(super) mod document;
pub(super) mod groups;
pub(super) mod guide;
pub(super) mod sources;
pub(super) mod strip;
pub(super) mod summary;
