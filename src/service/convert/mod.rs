//! The engine's types to messages, and enum values of requests to the engine's enums. Exhaustive: a field that a message gains
//! is a compile error until it is filled here.

pub(super) mod admin;
pub(super) mod corpus;
pub(super) mod enums;
pub(super) mod grammar;
pub(super) mod length;
pub(super) mod measures;
pub(super) mod pairs;
pub(super) mod related;
pub(super) mod report;
pub(super) mod scales;
pub(super) mod times;
pub(super) mod warnings;
