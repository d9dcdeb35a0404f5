//! The backend, which handlers may need before its corpus is open.

use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use super::problem::Problem;
use crate::engine::{Backend, Engine, Progress};

/// A handle to what the services ask: an engine or a cluster, open or still opening. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct BackendHandle {
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    backend: OnceLock<Arc<dyn Backend>>,
    progress: Mutex<Progress>,
}

impl BackendHandle {
    /// Sets the progress of opening.
    pub fn set_progress(&self, progress: Progress) {
        *self.state.progress.lock() = progress;
    }

    /// Sets the backend, which is open now.
    pub(crate) fn set_opened(&self, backend: Arc<dyn Backend>) {
        // A server opens one backend, so this is set once.
        drop(self.state.backend.set(backend));
    }

    /// The progress of opening.
    #[must_use]
    pub fn progress(&self) -> Progress {
        *self.state.progress.lock()
    }

    /// The backend, if it is open.
    #[must_use]
    pub(crate) fn opened(&self) -> Option<Arc<dyn Backend>> {
        self.state.backend.get().map(Arc::clone)
    }

    /// The backend.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` with the progress while it is opening.
    pub(super) fn get(&self) -> Result<Arc<dyn Backend>, Problem> {
        self.opened().ok_or_else(|| Problem::starting(self.progress()))
    }
}

impl From<Engine> for BackendHandle {
    /// A handle to an engine that is open.
    fn from(engine: Engine) -> Self {
        let handle = Self::default();
        handle.set_opened(Arc::new(engine));
        handle
    }
}
