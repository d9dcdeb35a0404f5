//! What is known of a document, in words.

use crate::proto::{DocumentFormat, HiddenReason, RemovedKind};

/// The name of a format; empty if it is not known.
#[must_use]
pub fn format_name(format: DocumentFormat) -> &'static str {
    match format {
        DocumentFormat::Unspecified => "",
        DocumentFormat::Text => "plain text",
        DocumentFormat::Markdown => "Markdown",
        DocumentFormat::Docx => "Word (.docx)",
        DocumentFormat::Odt => "OpenDocument (.odt)",
        DocumentFormat::Epub => "EPUB",
        DocumentFormat::Html => "HTML",
        DocumentFormat::Rtf => "Rich Text Format (.rtf)",
        DocumentFormat::Pdf => "PDF",
    }
}

/// How text is hidden.
#[must_use]
pub fn hidden_reason(reason: HiddenReason) -> &'static str {
    match reason {
        HiddenReason::Marked => "marked as hidden",
        HiddenReason::Colour => "in the colour of its background",
        HiddenReason::Tiny => "too small to read",
        HiddenReason::Covered => "outside the page, or under something",
        HiddenReason::Unspecified => "hidden in another way",
    }
}

/// What a removed text is.
#[must_use]
pub fn removed_kind(kind: RemovedKind) -> &'static str {
    match kind {
        RemovedKind::RunningHead => "running head or foot",
        RemovedKind::PageNumber => "page number",
        RemovedKind::Deletion => "tracked deletion",
        RemovedKind::Comment => "comment",
        RemovedKind::Unspecified => "removed text",
    }
}
