//! A corpus over several machines: a log of changes in NATS JetStream, and nodes that are views of it.

#[allow(dead_code, unused_imports, reason = "the nodes that use it come next")]
pub(crate) mod log;
