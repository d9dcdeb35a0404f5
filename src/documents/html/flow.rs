//! Writes text as blocks, lines and cells, as a browser lays them out.

use super::super::writer::Writer;
use super::super::{Failure, HiddenReason, RemovedKind};
use super::elements::Display;
use super::notes::{Before, Candidate, MAX_REFERENCE_BYTES, Notes, Verdict};

/// What separates two texts, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Break {
    None,
    Cell,
    Line,
    Paragraph,
}

/// Visible, hidden and deleted text on its way to the writer.
#[derive(Debug)]
pub(super) struct Flow<'w> {
    writer: &'w mut Writer,
    pending: Break,
    /// Whether nothing was written in the cell or item that is open.
    is_fresh: bool,
    /// Texts written so far.
    written: u64,
    /// White space of preformatted text, which is written if more text follows.
    held: String,
    before: Before,
    pub(super) notes: Notes,
    candidate: Option<Candidate>,
    deleted: String,
    /// The text of the first heading.
    pub(super) heading: String,
    /// Whether text belongs to the first heading.
    pub(super) is_heading: bool,
}

impl<'w> Flow<'w> {
    pub(super) fn new(writer: &'w mut Writer) -> Self {
        Self {
            writer,
            pending: Break::Paragraph,
            is_fresh: false,
            written: 0,
            held: String::new(),
            before: Before::default(),
            notes: Notes::default(),
            candidate: None,
            deleted: String::new(),
            heading: String::new(),
            is_heading: false,
        }
    }

    pub(super) fn writer(&mut self) -> &mut Writer {
        self.writer
    }

    /// Texts written so far: tells whether an element has text.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    fn request(&mut self, wanted: Break) {
        if !self.is_fresh {
            self.pending = self.pending.max(wanted);
        }
        self.held.clear();
    }

    /// Begins an element.
    pub(super) fn open(&mut self, display: Display) -> Result<(), Failure> {
        if display != Display::Inline && display != Display::Nothing {
            self.settle()?;
        }
        match display {
            Display::Paragraph => self.request(Break::Paragraph),
            Display::Line | Display::Row => self.request(Break::Line),
            Display::Item => {
                self.request(Break::Line);
                self.is_fresh = true;
            }
            Display::Cell => self.is_fresh = true,
            Display::Inline | Display::Nothing => {}
        }
        Ok(())
    }

    /// Makes what follows begin on a line of the paragraph that is open: a list inside an item.
    pub(super) fn stay_in_paragraph(&mut self) {
        if self.pending == Break::Paragraph {
            self.pending = Break::Line;
        }
    }

    /// Ends an element that was begun after `written` texts.
    pub(super) fn close(&mut self, display: Display, written: u64) -> Result<(), Failure> {
        if display != Display::Inline && display != Display::Nothing {
            self.settle()?;
        }
        let has_text = self.written != written;
        match display {
            Display::Paragraph => self.request(Break::Paragraph),
            Display::Line => self.request(Break::Line),
            Display::Row | Display::Item | Display::Cell => {
                self.is_fresh = false;
                self.held.clear();
                match display {
                    Display::Cell if has_text => self.pending = Break::Cell,
                    Display::Cell => {}
                    _ if has_text => self.pending = Break::Line,
                    _ => self.request(Break::Line),
                }
            }
            Display::Inline | Display::Nothing => {}
        }
        Ok(())
    }

    /// A line break. One on an empty line ends the paragraph.
    pub(super) fn line_break(&mut self, keeps_space: bool) -> Result<(), Failure> {
        self.settle()?;
        if keeps_space {
            self.held.push('\n');
            return Ok(());
        }
        let is_empty_line = self.pending >= Break::Line;
        self.request(if is_empty_line { Break::Paragraph } else { Break::Line });
        Ok(())
    }

    /// Adds visible text. White space is collapsed unless `keeps_space`.
    pub(super) fn text(&mut self, text: &str, keeps_space: bool) -> Result<(), Failure> {
        if let Some(candidate) = &mut self.candidate {
            candidate.text.push_str(text);
            if candidate.text.len() > MAX_REFERENCE_BYTES {
                return self.settle();
            }
            return Ok(());
        }
        if keeps_space { self.preformatted(text) } else { self.collapsed(text) }
    }

    fn collapsed(&mut self, text: &str) -> Result<(), Failure> {
        if text.chars().all(char::is_whitespace) {
            // At the beginning of a line it is none, no-break spaces included.
            if self.pending == Break::None {
                self.before.push(" ");
                self.writer.text(text)?;
            }
            return Ok(());
        }
        self.begin()?;
        let rest = self.note(text)?;
        self.before.push(rest);
        if self.is_heading {
            self.heading.push_str(rest);
        }
        self.writer.text(rest)
    }

    fn preformatted(&mut self, text: &str) -> Result<(), Failure> {
        let kept = text.trim_end();
        let (kept, held) = text.split_at(kept.len());
        if kept.is_empty() {
            self.held.push_str(held);
            return Ok(());
        }
        let before = std::mem::take(&mut self.held);
        let is_first = self.pending != Break::None;
        self.begin()?;
        let rest = self.note(kept)?;
        self.before.push(rest);
        // Empty lines at the beginning are none, but the indent of the first line stays.
        let whole = before + rest;
        let indented = if is_first { after_empty_lines(&whole) } else { whole.as_str() };
        self.writer.verbatim(indented)?;
        self.held.push_str(held);
        Ok(())
    }

    /// Writes what separates the next text from the last.
    fn begin(&mut self) -> Result<(), Failure> {
        match std::mem::replace(&mut self.pending, Break::None) {
            Break::None => {}
            Break::Cell => self.writer.end_cell(),
            Break::Line => self.writer.end_line(),
            Break::Paragraph => self.writer.end_paragraph(),
        }
        if !self.held.is_empty() {
            let held = std::mem::take(&mut self.held);
            self.writer.text(&held)?;
        }
        self.is_fresh = false;
        self.written += 1;
        Ok(())
    }

    /// Writes the mark of a note that begins here, and returns the text without a mark of its own.
    fn note<'t>(&mut self, text: &'t str) -> Result<&'t str, Failure> {
        let Some(marked) = self.notes.mark(text) else { return Ok(text) };
        self.writer.text(&marked.mark)?;
        Ok(marked.rest)
    }

    /// Adds text that a reader does not see.
    pub(super) fn hide(&mut self, reason: HiddenReason, text: &str) -> Result<(), Failure> {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.is_empty() {
            return Ok(());
        }
        self.settle()?;
        self.writer.hide(reason, &format!("{words} "))
    }

    /// Adds text that was deleted.
    pub(super) fn delete(&mut self, text: &str) {
        self.deleted.push_str(text);
    }

    /// Ends a deletion.
    pub(super) fn end_deletion(&mut self) -> Result<(), Failure> {
        let deleted = std::mem::take(&mut self.deleted);
        self.writer.remove(RemovedKind::Deletion, &deleted)
    }

    /// The link or raised text that may be a reference, while it is open.
    pub(super) fn candidate(&mut self) -> Option<&mut Candidate> {
        self.candidate.as_mut()
    }

    /// Begins what may be a reference.
    pub(super) fn begin_candidate(&mut self, depth: usize) -> &mut Candidate {
        self.candidate.insert(Candidate { depth, ..Candidate::default() })
    }

    /// Ends what may be a reference, if it began with `depth` open elements or more.
    pub(super) fn end_candidate(&mut self, depth: usize) -> Result<(), Failure> {
        let Some(candidate) = self.candidate.take_if(|candidate| candidate.depth >= depth) else {
            return Ok(());
        };
        match candidate.verdict(self.before) {
            Verdict::Text => self.collapsed(&candidate.text),
            Verdict::Back => Ok(()),
            Verdict::Reference(label) => {
                self.notes.refer(&candidate.target, &label);
                let is_mark = self.notes.begun.as_ref() == Some(&label);
                if is_mark {
                    self.notes.begun = None;
                }
                self.begin()?;
                self.before.push("]");
                self.writer.text(&format!(" [{label}]{}", if is_mark { " " } else { "" }))
            }
        }
    }

    /// Writes what may be a reference as text: it holds more than a reference does.
    fn settle(&mut self) -> Result<(), Failure> {
        match self.candidate.take() {
            Some(candidate) => self.collapsed(&candidate.text),
            None => Ok(()),
        }
    }
}

fn after_empty_lines(text: &str) -> &str {
    let first = text.find(|c: char| !c.is_whitespace()).unwrap_or(0);
    let line = text.get(..first).and_then(|blank| blank.rfind('\n')).map_or(0, |at| at + 1);
    text.get(line..).unwrap_or_default()
}
