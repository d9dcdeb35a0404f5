//! Documents in requests and reports: what is known of a document as a message, and what a report gets from it.

mod adding;
mod attaching;
mod comparing;
mod given;
mod message;
mod pages;
mod reading;

pub(in crate::service) use self::adding::Addition;
pub use self::attaching::attach;
pub(in crate::service) use self::comparing::Extracted;
pub(in crate::service) use self::given::{GivenDocument, GivenText};
pub(in crate::service) use self::message::message;
pub use self::message::to_proto;
pub(in crate::service) use self::pages::{page_count, page_range, pages_to_proto};
pub use self::pages::{pages_from_proto, pages_of, title_of};
