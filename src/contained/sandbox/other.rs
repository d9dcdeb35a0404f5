//! Systems that restrict a process by its resources alone.

use rustix::process::Resource;

use super::Coverage;

/// The address space, which such systems can limit, if they do.
pub(super) const MEMORY: Resource = Resource::As;

/// No more.
pub(super) fn more_limits() -> Vec<(Resource, u64)> {
    Vec::new()
}

/// A child whose parent ends sees the end of its input, or is ended by its limit on time.
pub(super) fn leave_with_parent() -> bool {
    true
}

/// Such systems have no order.
pub(in crate::contained) fn be_ended_first() {}

/// Nothing that can be called without `unsafe`.
pub(in crate::contained) fn close_files() -> Coverage {
    Coverage::None
}

/// Nothing that can be called without `unsafe`.
pub(in crate::contained) fn restrict_calls() -> bool {
    false
}
