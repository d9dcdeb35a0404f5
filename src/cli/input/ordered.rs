//! Work on several threads whose results come in order.

use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use parking_lot::Mutex;

/// An item with the channel for its result.
struct Job<T, R> {
    item: T,
    result: SyncSender<R>,
}

/// Calls `work` on `threads` threads for the items that `produce` gives, and `each` on this thread for the results, in the
/// order of the items, until it breaks. At most four times `threads` items and results are in memory.
pub(in crate::cli) fn map<T: Send, R: Send>(
    threads: usize,
    produce: impl FnOnce(&mut dyn FnMut(T) -> ControlFlow<()>) + Send,
    work: impl Fn(T) -> R + Sync,
    each: &mut dyn FnMut(R) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let (jobs, waiting) = sync_channel::<Job<T, R>>(threads);
    let (slots, results) = sync_channel::<Receiver<R>>(2 * threads);
    let waiting = Mutex::new(waiting);
    let work_off = || {
        loop {
            // The lock is held while this thread waits for an item, which no other thread needs meanwhile.
            let job = waiting.lock().recv();
            let Ok(Job { item, result }) = job else { return };
            // Nobody receives it after a break.
            drop(result.send(work(item)));
        }
    };
    thread::scope(|scope| {
        scope.spawn(move || {
            produce(&mut |item| {
                let (result, slot) = sync_channel(1);
                if jobs.send(Job { item, result }).is_err() || slots.send(slot).is_err() {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            });
        });
        for _ in 0..threads {
            scope.spawn(work_off);
        }
        let mut results = results.into_iter();
        results.try_for_each(|slot| slot.recv().map_or(ControlFlow::Break(()), &mut *each))
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn results_come_in_order_until_a_break() {
        let slow_first = |item: u64| {
            thread::sleep(Duration::from_millis(if item.is_multiple_of(7) { 5 } else { 0 }));
            item * 2
        };
        for last in [3, 198] {
            let mut seen = Vec::new();
            let end = map(4, |give| _ = (0..100).try_for_each(give), slow_first, &mut |result| {
                seen.push(result);
                if result >= last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            assert!(end.is_break());
            assert_eq!(seen, (0..100).map(|item| item * 2).take(seen.len()).collect::<Vec<u64>>());
            assert!(*seen.last().unwrap() >= last);
        }
        assert!(
            map(2, |_: &mut dyn FnMut(u8) -> _| (), |item| item, &mut |_| ControlFlow::Break(()))
                .is_continue()
        );
    }
}
