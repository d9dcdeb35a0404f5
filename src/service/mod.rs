//! gRPC handlers: unwrap the request, ask the backend, convert the result.
//!
//! Handlers (`handlers`) are thin. `parse` turns requests into the engine's types, and names every invalid field; `convert`
//! turns the engine's types into messages; `problem` turns errors into statuses. The backend's work runs on [`Workers`],
//! never on the threads that serve connections. `backpressure` bounds what callers may have under way.

mod backend_handle;
mod backpressure;
mod call;
mod caller;
mod codec;
mod context;
mod convert;
mod document_readers;
pub mod documents;
mod handlers;
mod page_extras;
mod page_token;
mod parse;
mod problem;
mod process;
mod revisions;
pub mod servers;
mod writing;

pub use backend_handle::BackendHandle;
pub use backpressure::connection_budget::{ConnectionBudget, PendingBytes, UnansweredMessages, UnreadBytes};
pub use backpressure::load::Load;
pub use backpressure::memory_limit::MemoryLimit;
pub use backpressure::memory_usage::{count_memory_with, resident_memory_bytes, used_memory_bytes};
pub use backpressure::rate_limit::RateLimit;
pub use backpressure::rejections::Rejection;
pub use backpressure::workers::Workers;
pub use call::CallContext;
pub use caller::{Caller, Role};
pub use codec::{RequestCodec, RequestDecoder};
pub use context::ServiceContext;
pub use convert::admin::verified_to_proto;
pub use convert::corpus::stored_source;
pub use convert::grammar::grammar;
pub use convert::length::text_length;
pub use convert::measures::analysis;
pub use convert::report::report_to_proto;
pub use document_readers::{DocumentFigures, DocumentReaders, Outcome};
pub use handlers::admin::AdminApi;
pub use handlers::corpus::CorpusApi;
pub use handlers::detection::DetectionApi;
pub use handlers::documents::DocumentApi;
pub use handlers::health::HealthApi;
pub use handlers::related::RelatedApi;
pub use handlers::rendering::RenderingApi;
pub use handlers::writing::WritingApi;
pub use page_extras::PageExtras;
pub use parse::corpus::received_source;
pub(crate) use problem::completed;
pub use problem::{Problem, defect_status};
pub use process::ProcessInfo;
pub use writing::percentiles::Percentiles;
