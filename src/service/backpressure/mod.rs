//! Back-pressure: the bounds on what callers may have under way, and what happens at each bound.
//!
//! | bound | file | at the bound |
//! |---|---|---|
//! | bytes of unanswered requests on a connection | `connection_budget` | the next message is not read: HTTP/2 holds the peer back |
//! | bytes of unread responses on a connection | `connection_budget` | no work begins for it, outside the queue |
//! | pieces of work running for a connection | `connection_budget` | the next waits |
//! | pieces of work in the queue | `workers` | rejected |
//! | requests of a stream in flight | `ordered_stream` | the next is not read |
//! | calls and items per second and key | `rate_limit` | a call is rejected, an item waits |
//! | memory in use | `memory_limit` | adding is rejected, checks go on |
//!
//! Words: bytes are *reserved* from a budget, work takes a *permit*, a bound that rejects counts a *rejection*
//! (`rejections`). The bodies that reserve as they read are in `crate::server::calls`.

pub(super) mod connection_budget;
pub(super) mod load;
pub(super) mod memory_limit;
pub(super) mod memory_usage;
pub(super) mod ordered_stream;
pub(super) mod rate_limit;
pub(super) mod rejections;
pub(super) mod workers;
