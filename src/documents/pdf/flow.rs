//! Lines to paragraphs, over columns and pages.

use std::collections::VecDeque;

use super::super::Failure;
use super::super::writer::Writer;
use super::hyphens::{self, LinePair, Vocabulary};
use super::joins::{Join, Placed, is_item, item_number, join};
use super::layout::{Block, HiddenRun, Line, PageWords, blocks, joins_without_space};
use super::measures::{BlockFacts, Margins, Measures};
use super::notes::{self, Note};

/// A page, in lines.
#[derive(Debug)]
struct LaidPage {
    blocks: Vec<Block>,
    hidden: Vec<HiddenRun>,
}

/// Writes the pages. Linear in the lines.
pub(super) fn write(pages: Vec<PageWords>, writer: &mut Writer) -> Result<(), Failure> {
    let pages: Vec<LaidPage> = pages
        .into_iter()
        .map(|page| LaidPage {
            blocks: page.groups.into_iter().flat_map(blocks).collect(),
            hidden: page.hidden,
        })
        .collect();
    let measures = Measures::of(pages.iter().flat_map(|page| &page.blocks));
    let margins = Margins::of(pages.iter().flat_map(|page| &page.blocks));
    let lines = pages
        .iter()
        .flat_map(|page| &page.blocks)
        .flat_map(|block| &block.lines)
        .map(|line| line.text.as_str());
    let nexts = lines.clone().skip(1).chain(std::iter::once(""));
    let vocabulary = Vocabulary::of(lines.zip(nexts).map(|(line, next)| LinePair { line, next }));
    let mut flow = Flow {
        writer,
        vocabulary,
        measures,
        held: None,
        notes: Vec::new(),
        hidden: VecDeque::new(),
        begun: 0,
        in_item: false,
        item: None,
    };
    for (page, mut laid) in pages.into_iter().enumerate() {
        let notes = notes::take(&mut laid.blocks, flow.measures.size);
        flow.hidden.extend(laid.hidden.into_iter().map(|run| Hidden { page, run }));
        for block in laid.blocks {
            let facts = BlockFacts::of(&block, &margins, flow.measures.step, page);
            for (number, line) in block.lines.into_iter().enumerate() {
                flow.add(Placed { line, block: facts, is_first: number == 0, begins: true })?;
            }
        }
        flow.notes.extend(notes);
    }
    flow.finish()
}

#[derive(Debug)]
struct Hidden {
    page: usize,
    run: HiddenRun,
}

#[derive(Debug)]
struct Flow<'w> {
    writer: &'w mut Writer,
    vocabulary: Vocabulary,
    measures: Measures,
    /// The last line, until it is known how it goes on.
    held: Option<Placed>,
    /// Notes of pages whose last paragraph goes on.
    notes: Vec<Note>,
    hidden: VecDeque<Hidden>,
    /// Pages that have begun.
    begun: usize,
    /// Whether the paragraph is an item of a list.
    in_item: bool,
    item: Option<Item>,
}

/// An item of a numbered list.
#[derive(Debug, Clone, Copy)]
struct Item {
    number: u32,
    x0: f64,
}

impl Flow<'_> {
    fn add(&mut self, mut next: Placed) -> Result<(), Failure> {
        let is_item = is_item(&next.line.text);
        if let Some(last) = self.held.take() {
            let mut join = join(&last, &next, self.measures.step);
            next.begins = join != Join::On;
            if self.is_next_item(&next) || (join == Join::Paragraph && self.in_item && is_item) {
                join = Join::Line;
                next.begins = true;
            }
            self.put(last, join, &next.line.text)?;
            if join == Join::Paragraph {
                self.put_notes()?;
            }
        }
        if next.begins {
            self.in_item = is_item;
            self.item = item_number(&next.line.text).map(|number| Item { number, x0: next.line.x0 });
        }
        self.begin_pages(next.block.page);
        self.held = Some(next);
        Ok(())
    }

    /// Whether a line begins the next item of the numbered list.
    fn is_next_item(&self, next: &Placed) -> bool {
        let number = item_number(&next.line.text);
        self.item.is_some_and(|item| {
            number == Some(item.number + 1) && (next.line.x0 - item.x0).abs() < 0.8 * next.line.size
        })
    }

    fn begin_pages(&mut self, page: usize) {
        while self.begun <= page {
            self.writer.begin_page("");
            self.begun += 1;
        }
    }

    fn put(&mut self, placed: Placed, join: Join, next: &str) -> Result<(), Failure> {
        let Placed { line, block, .. } = placed;
        while let Some(hidden) = self.hidden.pop_front_if(|h| (h.page, h.run.seq) < (block.page, line.seq)) {
            self.writer.hide(hidden.run.reason, &hidden.run.text)?;
        }
        if !line.marker.is_empty() {
            let is_number = line.marker.bytes().all(|byte| byte.is_ascii_digit());
            let marker = if is_number { format!("[{}] ", line.marker) } else { line.marker.clone() };
            self.writer.text(&marker)?;
        }
        match join {
            Join::Paragraph | Join::Line => {
                self.put_cells(&line.text)?;
                if join == Join::Line {
                    self.writer.end_line();
                } else {
                    self.writer.end_paragraph();
                }
                Ok(())
            }
            Join::On if self.is_within_word(&line, next) => self.put_cells(&line.text),
            Join::On => self.put_cells(&joined(&line.text, next, &self.vocabulary)),
        }
    }

    /// Whether a line ends within a word of Hangul, which may be broken anywhere.
    fn is_within_word(&self, line: &Line, next: &str) -> bool {
        let is_hangul = |c: char| matches!(c, '\u{AC00}'..='\u{D7AF}');
        let (end, start) = (line.text.chars().next_back(), next.chars().next());
        if !end.is_some_and(is_hangul) || !start.is_some_and(is_hangul) {
            return false;
        }
        if self.measures.draws_spaces {
            !line.ends_with_space
        } else {
            self.vocabulary.is_word(&line.text, next)
        }
    }

    fn put_cells(&mut self, text: &str) -> Result<(), Failure> {
        for (number, cell) in text.split('\t').enumerate() {
            if number > 0 {
                self.writer.end_cell();
            }
            self.writer.text(&visible(cell))?;
        }
        Ok(())
    }

    fn put_notes(&mut self) -> Result<(), Failure> {
        for note in std::mem::take(&mut self.notes) {
            self.writer.end_paragraph();
            let mut lines = note.lines.into_iter().map(|line| line.text).peekable();
            let is_number = note.marker.bytes().all(|byte| byte.is_ascii_digit());
            let marker = if is_number { format!("[{}] ", note.marker) } else { format!("{} ", note.marker) };
            self.writer.text(&marker)?;
            while let Some(line) = lines.next() {
                let next = lines.peek().map_or("", String::as_str);
                self.writer.text(&visible(&joined(&line, next, &self.vocabulary)))?;
            }
            self.writer.end_paragraph();
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(), Failure> {
        if let Some(last) = self.held.take() {
            self.put(last, Join::Paragraph, "")?;
        }
        self.put_notes()?;
        while let Some(hidden) = self.hidden.pop_front() {
            self.writer.hide(hidden.run.reason, &hidden.run.text)?;
        }
        Ok(())
    }
}

/// A line with what joins it to the next line of its paragraph: nothing, a space, or the loss of its hyphen.
fn joined(line: &str, next: &str, vocabulary: &Vocabulary) -> String {
    let goes_on = next.chars().next().is_some_and(char::is_alphanumeric);
    if let Some(cut) = hyphens::divided(line).filter(|_| goes_on) {
        let keeps = !hyphens::is_soft(line) && vocabulary.keeps_hyphen(line, next);
        return if keeps { line.to_owned() } else { cut.to_owned() };
    }
    let end = line.chars().next_back();
    match (end, next.chars().next()) {
        (Some(end), Some(start)) if joins_without_space(end, start) => line.to_owned(),
        _ => format!("{line} "),
    }
}

/// A text in which the soft hyphens that are drawn are hyphens.
fn visible(text: &str) -> String {
    text.replace('\u{AD}', "-")
}
