//! The commands, by what they work on.

pub(super) mod cluster;
mod confirm;
pub(super) mod corpus;
pub(super) mod detection;
mod documents;
mod encoding;
pub(super) mod extract;
pub(super) mod health;
pub(super) mod keys;
pub(super) mod maintenance;
pub(super) mod manual;
pub(super) mod related;
pub(super) mod scale;
pub(super) mod serve;
pub(super) mod writing;
