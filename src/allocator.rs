//! The program's allocator: mimalloc, and a count of the bytes that are in use.
//!
//! What the system counts as the process's memory holds what the allocator keeps for later, too, and falls late or never
//! when something is deleted. What is counted here is what was asked for and not given back.
//!
//! This is the one module with `unsafe`: a global allocator can't be written without. It passes every request on as it
//! came, and adds and subtracts sizes.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use mimalloc::MiMalloc;

/// Texts that come and go beside an index that grows leave a third of the system allocator's heap unused;
/// this one wastes little (see docs/performance.md).
#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct Counting;

/// Counters of bytes. Each thread adds to one, which few others do, so that they don't wait for one another; memory that
/// another thread gives back makes a counter negative. Their sum is right.
static COUNTERS: [Counter; 64] = [const { Counter(AtomicI64::new(0)) }; 64];

/// A counter on cache lines of its own: processors fetch them in pairs.
#[repr(align(128))]
struct Counter(AtomicI64);

/// Bytes that the program has in use.
pub(crate) fn used_bytes() -> u64 {
    let sum: i64 = COUNTERS.iter().map(|counter| counter.0.load(Ordering::Relaxed)).sum();
    // Counters are read one after the other, while others change.
    u64::try_from(sum).unwrap_or(0)
}

/// Notes that so many bytes more are in use. It neither allocates nor panics, also while a thread ends: the thread's
/// number needs no destructor.
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

/// A size as a difference: no allocation has more than `isize::MAX` bytes.
#[inline]
#[expect(clippy::cast_possible_wrap, reason = "sizes of layouts are isize::MAX at most")]
fn bytes(size: usize) -> i64 {
    size as i64
}

// SAFETY: every call is passed on to mimalloc with the arguments that came, and what it gives is given on; so the
// callers' promises are those that mimalloc asks for, and its promises are ours. Counting touches no memory of theirs, does
// not allocate and does not panic.
#[expect(unsafe_code, reason = "a global allocator can't be written without")]
unsafe impl GlobalAlloc for Counting {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises, passed on.
        let memory = unsafe { MiMalloc.alloc(layout) };
        if !memory.is_null() {
            count(bytes(layout.size()));
        }
        memory
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises, passed on.
        let memory = unsafe { MiMalloc.alloc_zeroed(layout) };
        if !memory.is_null() {
            count(bytes(layout.size()));
        }
        memory
    }

    #[inline]
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(-bytes(layout.size()));
        // SAFETY: the caller's promises, passed on.
        unsafe { MiMalloc.dealloc(memory, layout) }
    }

    #[inline]
    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's promises, passed on.
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
        // Other tests of this binary run beside, and take little.
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
