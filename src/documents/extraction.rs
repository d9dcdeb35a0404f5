//! What a reader gets out of a document: its text, where its pages are, and what was kept apart.

use serde::{Deserialize, Serialize};

use super::Format;

/// The text of a document, with what is known of it. All offsets are bytes of `text`, on character boundaries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extraction {
    /// The format, by the content.
    pub format: Format,
    /// The name of the encoding, of formats that are text themselves; empty for the others.
    pub encoding: String,
    /// The visible text in reading order. Paragraphs are separated by an empty line; rows of tables and items of lists by
    /// a line break, cells by a tab.
    pub text: String,
    /// The title that the document states; empty if none.
    pub title: String,
    /// The author that the document states; empty if none.
    pub author: String,
    /// What `pages` are.
    pub page_kind: PageKind,
    /// Pages of the document by its own account, or as many as were read; 0 if not known.
    pub page_count: u32,
    /// The pages whose beginning is known, in order: of each, where it begins. Empty if the document has none.
    pub pages: Vec<Page>,
    /// Text that a reader of the document does not see.
    pub hidden: Vec<HiddenText>,
    /// Text that is not part of the work: running heads, page numbers, deletions that are tracked.
    pub removed: Vec<RemovedText>,
    /// What a caller should know about the result.
    pub warnings: Vec<Warning>,
}

/// What a document is divided into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub enum PageKind {
    /// Pages.
    #[default]
    Page,
    /// Slides.
    Slide,
    /// Chapters.
    Chapter,
}

/// The beginning of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Its number in the document, from 1. Numbers grow.
    pub number: u32,
    /// Its name, such as the title of a chapter; empty if it has none.
    pub label: String,
    /// The offset of its first character.
    pub start: usize,
}

/// Text that a reader of the document does not see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HiddenText {
    /// How it is hidden.
    pub reason: HiddenReason,
    /// The hidden text.
    pub text: String,
    /// The offset in the visible text where it stands.
    pub at: usize,
}

/// How text is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum HiddenReason {
    /// It is marked as hidden: `vanish`, `display:none`, `\v`.
    Marked,
    /// Its colour is that of what is behind it, or transparent.
    Colour,
    /// It is too small to read: below 2 points.
    Tiny,
    /// It lies outside its page, or something covers it.
    Covered,
}

/// Text that is not part of the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedText {
    /// The kind.
    pub kind: RemovedKind,
    /// The text as it stood first.
    pub text: String,
    /// How many times it was removed, with other numbers in it.
    pub count: u32,
}

/// A kind of text that is not part of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RemovedKind {
    /// Repeated at the top or the bottom of pages.
    RunningHead,
    /// The number of a page.
    PageNumber,
    /// Deleted in tracked changes.
    Deletion,
    /// A comment beside the text.
    Comment,
}

/// What a caller should know about an extraction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The kind.
    pub kind: WarningKind,
    /// A sentence for people: what, where, and the next step.
    pub message: String,
}

/// The kind of a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum WarningKind {
    /// The encoding was guessed, or differs from the one that was declared.
    Encoding,
    /// Some bytes stand for no character in the encoding.
    UndecodableBytes,
    /// Pages have no text, and were probably scanned.
    NoTextOnPages,
    /// The text is probably not what the document shows: its fonts name wrong characters, or it is in no language.
    Gibberish,
    /// A part of the document is damaged, and was left out.
    Damaged,
    /// There are tracked changes; deletions are not text, insertions are.
    TrackedChanges,
    /// There are macros; they are not run.
    Macros,
    /// There is text that is hidden from a reader.
    HiddenText,
    /// Something that may hold text is not read, such as an embedded document or a form.
    NotRead,
}
