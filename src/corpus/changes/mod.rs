//! Changes of the corpus: what is asked, the outcomes, and retries of requests.

mod change;
mod digest;
mod done;
mod once;
mod outcome;
#[cfg(test)]
mod tests;

pub use self::change::{Change, Operation, RequestDigest};
pub(super) use self::digest::content_digest;
pub(crate) use self::done::{Done, wait};
pub(super) use self::once::{Once, Receipt, Ticket};
pub use self::outcome::{Added, CollectionDeleted, Outcome, ScaleDeleted, SourceDeleted, SourcesDeleted};
