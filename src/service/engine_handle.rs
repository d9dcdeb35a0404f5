//! The engine, which handlers may need before its corpus is open.

use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use super::problem::Problem;
use crate::engine::{Engine, Progress};

/// A handle to an engine that is open or still opening. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct EngineHandle {
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    engine: OnceLock<Arc<Engine>>,
    progress: Mutex<Progress>,
}

impl EngineHandle {
    /// Sets the progress of opening.
    pub fn set_progress(&self, progress: Progress) {
        *self.state.progress.lock() = progress;
    }

    /// Sets the engine, which is open now.
    pub fn set_engine(&self, engine: Arc<Engine>) {
        // A server opens one engine, so this is set once.
        drop(self.state.engine.set(engine));
    }

    /// The progress of opening.
    #[must_use]
    pub fn progress(&self) -> Progress {
        *self.state.progress.lock()
    }

    /// The engine, if it is open.
    #[must_use]
    pub fn engine(&self) -> Option<Arc<Engine>> {
        self.state.engine.get().map(Arc::clone)
    }

    /// The engine.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` with the progress while the engine is opening.
    pub(super) fn get(&self) -> Result<Arc<Engine>, Problem> {
        self.engine().ok_or_else(|| Problem::starting(self.progress()))
    }
}
