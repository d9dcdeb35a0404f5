//! Notifies the service manager of the server's state (systemd's `Type=notify`). Does nothing without `NOTIFY_SOCKET` in the
//! environment.

use sd_notify::NotifyState;

use crate::engine::Progress;

/// Reports that the corpus is about to be opened.
pub(super) fn starting() {
    notify(&[NotifyState::Status("opening the corpus")]);
}

/// Reports the progress of opening the corpus.
pub(super) fn opening(progress: Progress) {
    let Progress { sources, of_sources } = progress;
    notify(&[NotifyState::Status(&format!("opening the corpus: {sources} of {of_sources} sources"))]);
}

/// Reports that calls are served.
pub(super) fn ready() {
    notify(&[NotifyState::Ready, NotifyState::Status("serving")]);
}

/// Reports that the server is stopping.
pub(super) fn stopping() {
    notify(&[NotifyState::Stopping, NotifyState::Status("stopping: running calls may end")]);
}

fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager can't be notified");
    }
}
