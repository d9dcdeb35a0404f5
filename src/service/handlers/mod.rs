//! The handlers of the gRPC services.

pub(super) mod admin;
pub(super) mod corpus;
pub(super) mod detection;
pub(super) mod documents;
pub(super) mod health;
mod pairs;
pub(super) mod related;
pub(super) mod rendering;
mod sources;
pub(super) mod writing;
