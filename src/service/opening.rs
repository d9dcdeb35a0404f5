//! The engine, for handlers that may be called before its corpus is open.

use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use super::problem::Problem;
use crate::engine::{Engine, Progress};

/// An engine that is there, or is on its way.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    engine: OnceLock<Arc<Engine>>,
    progress: Mutex<Progress>,
}

impl Opening {
    /// The engine is on its way; this far.
    pub fn note(&self, progress: Progress) {
        *self.state.progress.lock() = progress;
    }

    /// The engine is there.
    pub fn done(&self, engine: Arc<Engine>) {
        // There is one for a server, so that it is set once.
        drop(self.state.engine.set(engine));
    }

    /// How far it has come while it is on its way.
    #[must_use]
    pub fn progress(&self) -> Progress {
        *self.state.progress.lock()
    }

    /// The engine, if it is there; for those who only look at it.
    #[must_use]
    pub fn engine(&self) -> Option<Arc<Engine>> {
        self.state.engine.get().map(Arc::clone)
    }

    /// The engine, if it is there.
    pub(super) fn get(&self) -> Result<Arc<Engine>, Problem> {
        self.engine().ok_or_else(|| Problem::starting(self.progress()))
    }
}
