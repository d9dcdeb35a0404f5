//! The allocator of the program: mimalloc with a count of the bytes in use.
//!
//! The resident memory of a process includes memory that the allocator keeps for reuse, and falls late or never after a
//! deletion. This count has only the bytes that are allocated and not freed.
//!
//! This is the only module with `unsafe`, which a global allocator needs. It passes every request on unchanged, and adds and
//! subtracts sizes.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use mimalloc::MiMalloc;

/// With short-lived texts beside a growing index, a third of the system allocator's heap is unused; mimalloc wastes little
/// (docs/performance.md).
#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct Counting;

/// Counters of bytes. Each thread adds to one that few others share, which avoids contention. Memory that another thread
/// frees can make a counter negative; the sum is exact.
static COUNTERS: [Counter; 64] = [const { Counter(AtomicI64::new(0)) }; 64];

/// A counter on a separate pair of cache lines, since processors fetch them in pairs.
#[repr(align(128))]
struct Counter(AtomicI64);

/// Number of bytes in use.
pub(crate) fn used_bytes() -> u64 {
    let sum: i64 = COUNTERS.iter().map(|counter| counter.0.load(Ordering::Relaxed)).sum();
    // Other counters change while one is read, so the sum may be below 0 for a moment.
    u64::try_from(sum).unwrap_or(0)
}

/// Adds `more` bytes, which may be negative. It neither allocates nor panics, also while a thread ends, since the number
/// of the thread needs no destructor.
#[inline]
fn count(more: i64) {
    thread_local! {
        static COUNTER: Cell<usize> = const { Cell::new(usize::MAX) };
    }
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    let counter = COUNTER.try_with(|number| {
        if number.get() == usize::MAX {
            number.set(THREADS.fetch_add(1, Ordering::Relaxed) % COUNTERS.len());
        }
        number.get()
    });
    if let Some(counter) = COUNTERS.get(counter.unwrap_or(0)) {
        counter.0.fetch_add(more, Ordering::Relaxed);
    }
}

/// A size as a signed number: no allocation has more than `isize::MAX` bytes.
#[inline]
#[expect(clippy::cast_possible_wrap, reason = "sizes of layouts are isize::MAX at most")]
fn bytes(size: usize) -> i64 {
    size as i64
}

// SAFETY: every call is passed to mimalloc with unchanged arguments, and its result is returned unchanged. So the callers'
// obligations are those of mimalloc, and its guarantees are ours. Counting accesses no memory of the callers, does not
// allocate and does not panic.
#[expect(unsafe_code, reason = "a global allocator needs it")]
unsafe impl GlobalAlloc for Counting {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the obligations of the caller are passed on.
        let memory = unsafe { MiMalloc.alloc(layout) };
        if !memory.is_null() {
            count(bytes(layout.size()));
        }
        memory
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the obligations of the caller are passed on.
        let memory = unsafe { MiMalloc.alloc_zeroed(layout) };
        if !memory.is_null() {
            count(bytes(layout.size()));
        }
        memory
    }

    #[inline]
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(-bytes(layout.size()));
        // SAFETY: the obligations of the caller are passed on.
        unsafe { MiMalloc.dealloc(memory, layout) }
    }

    #[inline]
    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the obligations of the caller are passed on.
        let moved = unsafe { MiMalloc.realloc(memory, layout, new_size) };
        if !moved.is_null() {
            count(bytes(new_size) - bytes(layout.size()));
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_allocated_is_counted_until_it_is_freed_by_whichever_thread() {
        // Other tests of this binary run concurrently and allocate little.
        const SLACK: u64 = 1 << 20;
        let before = used_bytes();
        let mut held: Vec<u8> = Vec::with_capacity(16 << 20);
        let with = used_bytes();
        assert!(with.abs_diff(before + (16 << 20)) < SLACK, "{before}, {with}");
        held.reserve_exact(64 << 20);
        assert!(used_bytes().abs_diff(before + (64 << 20)) < SLACK);
        let zeroed = vec![0_u8; 8 << 20];
        assert!(used_bytes().abs_diff(before + (72 << 20)) < SLACK);
        std::thread::spawn(move || drop((held, zeroed))).join().unwrap();
        assert!(used_bytes().abs_diff(before) < SLACK);
    }
}
