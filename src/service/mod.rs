//! gRPC handlers: unwrap, call the engine, convert.
//!
//! Handlers are thin. Requests are turned into the engine's types in `parse`, which names every field
//! that is wrong; the engine's types into messages in `convert`; errors into statuses in `problem`.
//! The engine's work runs in a [`Workers`] pool, never on the threads that serve connections.

mod admin;
mod budget;
mod call;
mod caller;
mod codec;
mod convert;
mod corpus;
mod detection;
mod health;
mod info;
mod load;
mod memory;
mod opening;
mod ordered;
mod page_token;
mod pairs;
mod parse;
mod problem;
mod refused;
mod resident;
mod revisions;
pub mod servers;
mod workers;

pub use admin::AdminApi;
pub use budget::{ConnectionBudget, Messages, Pending, Unread};
pub use call::Call;
pub use caller::{Caller, Pace, Role};
pub use codec::{RequestCodec, RequestDecoder};
pub use convert::{report_to_proto, verified_to_proto};
pub use corpus::CorpusApi;
pub use detection::DetectionApi;
pub use health::HealthApi;
pub use info::ProcessInfo;
pub use load::Load;
pub use memory::Memory;
pub use opening::Opening;
pub use problem::{Problem, defect_status};
pub use refused::Refused;
pub use resident::{count_memory_with, resident_memory_bytes, used_memory_bytes};
pub use workers::Workers;

use tokio_util::sync::CancellationToken;

/// What every handler needs.
#[derive(Debug, Clone)]
pub struct Context {
    /// The engine, once its corpus is open.
    pub engine: Opening,
    /// Where its work is done.
    pub workers: Workers,
    /// The ceiling past which nothing is added.
    pub memory: Memory,
    /// Bytes of one message at most; the transport enforces it, and GetCorpus tells it.
    pub max_message_bytes: usize,
    /// Items of one stream that are worked on at once.
    pub stream_width: usize,
    /// Sources of one import that may wait to be made durable together.
    pub import_width: usize,
    /// What there is to say of the process.
    pub process: ProcessInfo,
    /// Cancelled when the server stops: streams then end after the items that they have read.
    pub draining: CancellationToken,
}

/// Texts in one Compare at most.
const MAX_COMPARED_TEXTS: usize = 1000;
