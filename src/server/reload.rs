//! Files that are read again when they change, and at once at SIGHUP: certificates and keys.
//!
//! ```text
//! let watch = Watch::new(paths);                      // before the files are read for the first time
//! let first = read(...)?;
//! tokio::spawn(watch.run(stop, move || { ... }));     // after each change, off the async threads
//! ```

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How often the files are looked at.
const INTERVAL: Duration = Duration::from_millis(500);

/// Files, and what they looked like when they were last acted on.
#[derive(Debug)]
pub(super) struct FileWatcher {
    paths: Vec<PathBuf>,
    acted_on: Vec<Option<FileState>>,
    last_seen: Vec<Option<FileState>>,
}

impl FileWatcher {
    /// Notes what the files look like. Make it before the files are read for the first time, so that no
    /// change falls between the two.
    pub(super) fn new(paths: Vec<PathBuf>) -> Self {
        let marks = marks(&paths);
        Self { paths, acted_on: marks.clone(), last_seen: marks }
    }

    /// Calls `on_change`, off the async threads, after each change and at each SIGHUP, until `stop` is cancelled.
    ///
    /// A change is told once nothing more has changed for an interval, so that files that belong together,
    /// and one that is still being written, are read when they are whole: after a second at most.
    pub(super) async fn run(mut self, stop: CancellationToken, mut on_change: impl FnMut() + Send + 'static) {
        // Without signals, the files are looked at all the same.
        let mut hangups = signal(SignalKind::hangup()).ok();
        loop {
            let is_asked = tokio::select! {
                () = stop.cancelled() => return,
                () = hangup(&mut hangups) => true,
                () = tokio::time::sleep(INTERVAL) => false,
            };
            let looked = tokio::task::spawn_blocking(move || {
                if is_asked {
                    self.look();
                }
                if is_asked || self.has_changed() {
                    on_change();
                }
                (self, on_change)
            });
            // It ends without a result when the runtime ends, or by a defect that the log has told.
            let Ok(again) = looked.await else { return };
            (self, on_change) = again;
        }
    }

    /// The files are acted on as they are now.
    fn look(&mut self) {
        self.acted_on = marks(&self.paths);
        self.last_seen.clone_from(&self.acted_on);
    }

    /// Whether the files have changed since they were acted on, and now stand still.
    fn has_changed(&mut self) -> bool {
        let now = marks(&self.paths);
        let stands_still = now == self.last_seen;
        self.last_seen = now;
        if stands_still && self.last_seen != self.acted_on {
            self.acted_on.clone_from(&self.last_seen);
            return true;
        }
        false
    }
}

/// Resolves at the next SIGHUP.
async fn hangup(hangups: &mut Option<Signal>) {
    // Nothing comes when the runtime ends.
    let hung_up = match hangups {
        Some(hangups) => hangups.recv().await,
        None => None,
    };
    if hung_up.is_none() {
        std::future::pending::<()>().await;
    }
}

/// What tells a file from what stood at its path before: another file there (also behind a symbolic link, as
/// Kubernetes swaps them), other contents, other permissions.
#[derive(Debug, Clone, PartialEq)]
struct FileState {
    device: u64,
    inode: u64,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

fn marks(paths: &[PathBuf]) -> Vec<Option<FileState>> {
    paths.iter().map(|path| mark(path)).collect()
}

/// Nothing for a file that is not there.
fn mark(path: &Path) -> Option<FileState> {
    let metadata = fs::metadata(path).ok()?;
    Some(FileState {
        device: metadata.dev(),
        inode: metadata.ino(),
        length: metadata.len(),
        modified: (metadata.mtime(), metadata.mtime_nsec()),
        changed: (metadata.ctime(), metadata.ctime_nsec()),
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// Whether a change is told when the files are looked at twice, and then no more.
    fn told(watch: &mut FileWatcher) -> bool {
        let twice = [watch.has_changed(), watch.has_changed()];
        assert!(!watch.has_changed());
        twice == [false, true]
    }

    #[test]
    fn every_kind_of_change_is_told_once_it_stands_still() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "one").unwrap();
        fs::write(path("b"), "two").unwrap();
        symlink(path("b"), path("link")).unwrap();
        let mut watch = FileWatcher::new(vec![path("a"), path("link")]);
        assert!(!told(&mut watch));
        fs::write(path("a"), "other").unwrap();
        assert!(told(&mut watch));
        fs::write(path("new"), "other").unwrap();
        fs::rename(path("new"), path("a")).unwrap();
        assert!(told(&mut watch));
        fs::write(path("c"), "two").unwrap();
        symlink(path("c"), path("swapped")).unwrap();
        fs::rename(path("swapped"), path("link")).unwrap();
        assert!(told(&mut watch));
        fs::remove_file(path("a")).unwrap();
        assert!(told(&mut watch));
        fs::write(path("a"), "back").unwrap();
        assert!(told(&mut watch));
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
