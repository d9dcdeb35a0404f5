//! What there is to warn of.

use crate::documents::WarningKind;
use crate::documents::writer::Writer;

/// What there is to warn of.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) has_changes: bool,
    pub(super) objects: usize,
    pub(super) imports: usize,
    pub(super) charts: usize,
    pub(super) entity: Option<String>,
}

impl Seen {
    /// Warns of what is not text, or not read.
    pub(super) fn warn(&self, writer: &mut Writer) {
        if self.has_changes {
            let message = "The document has tracked changes. Insertions are text, deletions are not.";
            writer.warn(WarningKind::TrackedChanges, message);
        }
        for (count, what) in [
            (self.objects, "objects that are embedded, such as other documents"),
            (self.imports, "parts in another format, which Word imports when it opens the document"),
            (self.charts, "charts"),
        ] {
            if count > 0 {
                let message = format!(
                    "Not read: {count} {what}. If they hold text of the work, add it to the document."
                );
                writer.warn(WarningKind::NotRead, message);
            }
        }
        if let Some(entity) = &self.entity {
            let message =
                format!("An entity of a DTD was left out: {entity}. Open the document and save it again.");
            writer.warn(WarningKind::Damaged, message);
        }
    }
}
