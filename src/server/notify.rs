//! Tells the service manager that started us, where it asked for that (systemd's `Type=notify`), how far the
//! server has come. Without `NOTIFY_SOCKET` in the environment nothing is told.

use sd_notify::NotifyState;

use crate::engine::Progress;

/// The corpus is about to be opened.
pub(super) fn starting() {
    tell(&[NotifyState::Status("opening the corpus")]);
}

/// The corpus is being opened, and has come this far.
pub(super) fn opening(progress: Progress) {
    let Progress { sources, of_sources } = progress;
    tell(&[NotifyState::Status(&format!("opening the corpus: {sources} of {of_sources} sources"))]);
}

/// Calls are served.
pub(super) fn ready() {
    tell(&[NotifyState::Ready, NotifyState::Status("serving")]);
}

/// The end has begun.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping, NotifyState::Status("stopping: running calls may end")]);
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager can't be told how far the server has come");
    }
}
