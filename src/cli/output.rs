//! Files that commands write: readable by their owner only, and present only when complete.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::error::CliError;
use crate::private;

/// How often a file is made anew because others make and take away the same one meanwhile.
const ATTEMPTS: usize = 10;

/// A file that is there only when all of it is written. Until then it stands beside that place, by another name and locked:
/// a file on which no process holds the lock is the left-over of a process that was killed.
pub(super) struct NewFile {
    path: PathBuf,
    unfinished: PathBuf,
    file: BufWriter<File>,
}

impl NewFile {
    /// Begins a file that is not there yet.
    pub(super) fn create(path: &Path) -> Result<Self, CliError> {
        let failed = |cause: io::Error| CliError::NotWritten { path: path.to_owned(), cause };
        if fs::symlink_metadata(path).is_ok() {
            return Err(failed(io::Error::other("it is there already; name another")));
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".unfinished");
        let unfinished = path.with_file_name(name);
        let in_the_way = |problem: String| CliError::Unfinished {
            path: path.to_owned(),
            unfinished: unfinished.clone(),
            problem,
        };
        for _ in 0..ATTEMPTS {
            match private::create_new_file(&unfinished) {
                Ok(file) if is_ours(&file, &unfinished) => {
                    let file = BufWriter::with_capacity(1 << 20, file);
                    return Ok(Self { path: path.to_owned(), unfinished, file });
                }
                // Another process took it for a left-over in between.
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    take_away(&unfinished).map_err(in_the_way)?;
                }
                Err(error) => return Err(failed(error)),
            }
        }
        Err(in_the_way(
            "is made and taken away by other processes; wait for them, or name another file".to_owned(),
        ))
    }

    pub(super) fn write(&mut self, data: &[u8]) -> Result<(), CliError> {
        let written = self.file.write_all(data);
        written.map_err(|cause| CliError::NotWritten { path: self.path.clone(), cause })
    }

    /// All of it is written: from now on the file is there.
    pub(super) fn finish(mut self) -> Result<(), CliError> {
        let finished = (|| {
            self.file.flush()?;
            self.file.get_ref().sync_all()?;
            // Unlike renaming, linking never takes another file's place; but not every file system can.
            match fs::hard_link(&self.unfinished, &self.path) {
                Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                    fs::rename(&self.unfinished, &self.path)
                }
                linked => linked,
            }
        })();
        finished.map_err(|cause| CliError::NotWritten { path: self.path.clone(), cause })
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // The lock is held until the file is closed, after this.
        if is_at(self.file.get_ref(), &self.unfinished) {
            drop(fs::remove_file(&self.unfinished));
        }
    }
}

/// Whether a file that was made is held by this process, and still there.
fn is_ours(file: &File, path: &Path) -> bool {
    // Where the file system has no locks, nobody can hold one.
    let is_held = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
    !is_held && is_at(file, path)
}

/// Whether a file is what stands at a path.
fn is_at(file: &File, path: &Path) -> bool {
    let identity = |metadata: &fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(file), Ok(there)) => identity(&file) == identity(&there),
        _ => false,
    }
}

/// Takes away what a process has left that lives no more. It is not written over: it may have been given its name, and be
/// somebody's file by that. Says what to do if it can't be taken away.
fn take_away(unfinished: &Path) -> Result<(), String> {
    match fs::symlink_metadata(unfinished) {
        Ok(there) if there.is_file() => {}
        Ok(_) => return Err("is no file; remove it, or name another file".to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(format!("can't be looked at ({error}); name another file")),
    }
    let left = match OpenOptions::new().write(true).open(unfinished) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened.map_err(|error| {
            format!("is left by a command that did not end, and can't be opened ({error}); remove it")
        })?,
    };
    match left.try_lock() {
        Ok(()) if !is_at(&left, unfinished) => Ok(()),
        Ok(()) => fs::remove_file(unfinished).map_err(|error| {
            format!("is left by a command that did not end, and can't be removed ({error}); remove it")
        }),
        Err(TryLockError::WouldBlock) => {
            Err("is being written by another process; wait for it, or name another file".to_owned())
        }
        Err(TryLockError::Error(error)) => {
            Err(format!("can't be locked ({error}); remove it if no process writes it"))
        }
    }
}

/// Does `work`, which writes a file. A signal that ends the command drops `work`, and its file with it.
pub(super) async fn unless_interrupted<T>(
    path: &Path,
    work: impl Future<Output = Result<T, CliError>>,
) -> Result<T, CliError> {
    let mut signals = Signals::new()?;
    tokio::select! {
        biased;
        (signal, number) = signals.next() => {
            Err(CliError::Interrupted { path: path.to_owned(), signal, number })
        }
        done = work => done,
    }
}

/// The signals that tell a command to end, but for those that it was started to ignore, as by `nohup`.
struct Signals {
    hangups: Option<Signal>,
    interrupts: Option<Signal>,
    terminations: Option<Signal>,
}

impl Signals {
    fn new() -> io::Result<Self> {
        let ignored = ignored_signals();
        let listen = |kind: SignalKind| {
            let is_ignored = ignored >> (kind.as_raw_value() - 1) & 1 == 1;
            if is_ignored { Ok(None) } else { signal(kind).map(Some) }
        };
        Ok(Self {
            hangups: listen(SignalKind::hangup())?,
            interrupts: listen(SignalKind::interrupt())?,
            terminations: listen(SignalKind::terminate())?,
        })
    }

    /// The next of them, by name and number.
    async fn next(&mut self) -> (&'static str, u8) {
        tokio::select! {
            () = next_of(&mut self.hangups) => ("SIGHUP", 1),
            () = next_of(&mut self.interrupts) => ("SIGINT", 2),
            () = next_of(&mut self.terminations) => ("SIGTERM", 15),
        }
    }
}

async fn next_of(signals: &mut Option<Signal>) {
    match signals {
        Some(signals) => _ = signals.recv().await,
        None => std::future::pending().await,
    }
}

/// The signals that this process ignores, one a bit, the first the lowest; none where the system doesn't tell (Linux does).
fn ignored_signals() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
