//! Reloading of files when they change, and at SIGHUP: certificates and keys.
//!
//! ```text
//! let watcher = FileWatcher::new(paths);                // before the first read of the files
//! let first = read(...)?;
//! tokio::spawn(watcher.run(stop, move || { ... }));     // after each change, off the async threads
//! ```

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Time between two looks at the files.
const INTERVAL: Duration = Duration::from_millis(500);

/// Watches files for changes.
#[derive(Debug)]
pub(super) struct FileWatcher {
    paths: Vec<PathBuf>,
    /// The states at the last call of `on_change`.
    handled: Vec<Option<FileState>>,
    last_seen: Vec<Option<FileState>>,
}

impl FileWatcher {
    /// A watcher of `paths`. Create it before the first read of the files, so that no change between the two is missed.
    pub(super) fn new(paths: Vec<PathBuf>) -> Self {
        let states = states(&paths);
        Self { paths, handled: states.clone(), last_seen: states }
    }

    /// Calls `on_change`, off the async threads, after each change and at each SIGHUP, until `stop` is cancelled.
    ///
    /// A change is reported once the files have been unchanged for an interval, after a second at most. So files that belong
    /// together, and a file that is being written, are read when they are complete.
    pub(super) async fn run(mut self, stop: CancellationToken, mut on_change: impl FnMut() + Send + 'static) {
        // Without the signal, changes are still noticed.
        let mut hangups = signal(SignalKind::hangup()).ok();
        loop {
            let is_hangup = tokio::select! {
                () = stop.cancelled() => return,
                () = hangup(&mut hangups) => true,
                () = tokio::time::sleep(INTERVAL) => false,
            };
            let checked = tokio::task::spawn_blocking(move || {
                if is_hangup {
                    self.mark_handled();
                }
                if is_hangup || self.has_changed() {
                    on_change();
                }
                (self, on_change)
            });
            // Fails when the runtime ends, or if the task panicked; the panic hook has logged that.
            let Ok(again) = checked.await else { return };
            (self, on_change) = again;
        }
    }

    /// Marks the files as handled in their present state.
    fn mark_handled(&mut self) {
        self.handled = states(&self.paths);
        self.last_seen.clone_from(&self.handled);
    }

    /// True if the files have changed since they were handled, and are stable now.
    fn has_changed(&mut self) -> bool {
        let now = states(&self.paths);
        let is_stable = now == self.last_seen;
        self.last_seen = now;
        if is_stable && self.last_seen != self.handled {
            self.handled.clone_from(&self.last_seen);
            return true;
        }
        false
    }
}

/// Resolves at the next SIGHUP.
async fn hangup(hangups: &mut Option<Signal>) {
    // The stream ends with the runtime.
    let hung_up = match hangups {
        Some(hangups) => hangups.recv().await,
        None => None,
    };
    if hung_up.is_none() {
        std::future::pending::<()>().await;
    }
}

/// The state of a file. It differs if the path leads to another file (also behind a symbolic link, as Kubernetes swaps them), and
/// if the contents or the permissions have changed.
#[derive(Debug, Clone, PartialEq)]
struct FileState {
    device: u64,
    inode: u64,
    length: u64,
    modified: Timestamp,
    changed: Timestamp,
}

/// A time of the file system.
#[derive(Debug, Clone, PartialEq)]
struct Timestamp {
    seconds: i64,
    nanoseconds: i64,
}

fn states(paths: &[PathBuf]) -> Vec<Option<FileState>> {
    paths.iter().map(|path| state(path)).collect()
}

/// The state of the file at `path`; `None` if it does not exist.
fn state(path: &Path) -> Option<FileState> {
    let metadata = fs::metadata(path).ok()?;
    Some(FileState {
        device: metadata.dev(),
        inode: metadata.ino(),
        length: metadata.len(),
        modified: Timestamp { seconds: metadata.mtime(), nanoseconds: metadata.mtime_nsec() },
        changed: Timestamp { seconds: metadata.ctime(), nanoseconds: metadata.ctime_nsec() },
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// True if the second of two looks reports a change, and the third none.
    fn reported(watch: &mut FileWatcher) -> bool {
        let twice = [watch.has_changed(), watch.has_changed()];
        assert!(!watch.has_changed());
        twice == [false, true]
    }

    #[test]
    fn every_kind_of_change_is_reported_once_it_is_stable() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "one").unwrap();
        fs::write(path("b"), "two").unwrap();
        symlink(path("b"), path("link")).unwrap();
        let mut watch = FileWatcher::new(vec![path("a"), path("link")]);
        assert!(!reported(&mut watch));
        fs::write(path("a"), "other").unwrap();
        assert!(reported(&mut watch));
        fs::write(path("new"), "other").unwrap();
        fs::rename(path("new"), path("a")).unwrap();
        assert!(reported(&mut watch));
        fs::write(path("c"), "two").unwrap();
        symlink(path("c"), path("swapped")).unwrap();
        fs::rename(path("swapped"), path("link")).unwrap();
        assert!(reported(&mut watch));
        fs::remove_file(path("a")).unwrap();
        assert!(reported(&mut watch));
        fs::write(path("a"), "back").unwrap();
        assert!(reported(&mut watch));
    }

    #[test]
    fn what_goes_on_changing_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let mut watch = FileWatcher::new(vec![path.clone()]);
        for length in 1..5 {
            fs::write(&path, "x".repeat(length)).unwrap();
            assert!(!watch.has_changed());
        }
        assert!(watch.has_changed());
    }

    #[tokio::test]
    async fn it_calls_until_it_is_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let (stop, (sender, mut receiver)) =
            (CancellationToken::new(), tokio::sync::mpsc::unbounded_channel());
        let watch = FileWatcher::new(vec![path.clone()]);
        let running = tokio::spawn(watch.run(stop.clone(), move || sender.send(()).unwrap()));
        fs::write(&path, "x").unwrap();
        assert!(receiver.recv().await.is_some());
        stop.cancel();
        running.await.unwrap();
        assert!(receiver.recv().await.is_none());
    }
}
