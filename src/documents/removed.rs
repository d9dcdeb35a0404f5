//! Regions of text that is not part of the work, gathered until they end.

use super::RemovedKind;

/// Regions that are open. Those inside another one belong to it.
#[derive(Debug, Default)]
pub(super) struct Removed {
    depth: usize,
    kind: Option<RemovedKind>,
    text: String,
}

/// A region that ended.
pub(super) struct Region {
    pub(super) kind: RemovedKind,
    pub(super) text: String,
}

impl Removed {
    pub(super) fn open(&mut self, kind: RemovedKind) {
        self.depth += 1;
        self.kind.get_or_insert(kind);
    }

    /// Closes a region. Returns the outermost one when it ends.
    pub(super) fn close(&mut self) -> Option<Region> {
        self.depth = self.depth.saturating_sub(1);
        if self.depth > 0 {
            return None;
        }
        let text = std::mem::take(&mut self.text);
        self.kind.take().map(|kind| Region { kind, text })
    }

    pub(super) fn is_open(&self) -> bool {
        self.depth > 0
    }

    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }
}
