//! Lines to paragraphs, over columns and pages.

use std::collections::VecDeque;

use super::super::Failure;
use super::super::writer::Writer;
use super::hyphens::{self, Vocabulary};
use super::layout::{Block, HiddenRun, Line, PageWords, blocks, is_spaceless, joins_without_space};
use super::notes::{self, Note};

/// A step from line to line that is larger than the usual one by this factor separates paragraphs.
const WIDE_STEP: f64 = 1.3;
/// Sizes that differ by this factor are of different kinds of text.
const OTHER_SIZE: f64 = 1.1;
/// An indent is at least this share of the size.
const INDENT: f64 = 0.8;

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
    let measures = Measures::of(&pages);
    let mut vocabulary = Vocabulary::default();
    pages
        .iter()
        .flat_map(|page| &page.blocks)
        .flat_map(|block| &block.lines)
        .for_each(|line| vocabulary.add(&line.text));
    let mut flow = Flow {
        writer,
        vocabulary,
        measures,
        held: None,
        notes: Vec::new(),
        hidden: VecDeque::new(),
        begun: 0,
    };
    for (page, mut laid) in pages.into_iter().enumerate() {
        let notes = notes::take(&mut laid.blocks, flow.measures.size);
        flow.hidden.extend(laid.hidden.into_iter().map(|run| Hidden { page, run }));
        for block in laid.blocks {
            let facts = BlockFacts::of(&block, flow.measures.step, page);
            for (number, line) in block.lines.into_iter().enumerate() {
                flow.add(Placed { line, block: facts, is_first: number == 0 })?;
            }
        }
        flow.notes.extend(notes);
    }
    flow.finish()
}

/// What is usual in a document.
#[derive(Debug, Clone, Copy)]
struct Measures {
    /// The size of most text.
    size: f64,
    /// The step from line to line, as a multiple of the size.
    step: f64,
    /// Whether lines that end between words have a space at the end. The others end within a word.
    draws_spaces: bool,
}

impl Measures {
    fn of(pages: &[LaidPage]) -> Self {
        let lines = pages.iter().flat_map(|page| &page.blocks).flat_map(|block| &block.lines);
        let sizes = lines.map(|line| Weighted { value: line.size, weight: line.text.len() }).collect();
        let pairs = pages.iter().flat_map(|page| &page.blocks).flat_map(|block| block.lines.windows(2));
        let steps = pairs.filter_map(step_between).map(|value| Weighted { value, weight: 1 }).collect();
        let all = pages.iter().flat_map(|page| &page.blocks).flat_map(|block| &block.lines);
        let spaces = all.clone().filter(|line| line.ends_with_space).count();
        let draws_spaces = spaces * 5 > all.count();
        Self { draws_spaces, size: median(sizes).unwrap_or(10.0), step: median(steps).unwrap_or(1.2) }
    }
}

/// The step between two lines of the same size, as a multiple of the size.
fn step_between(pair: &[Line]) -> Option<f64> {
    let [above, below] = pair else { return None };
    let is_alike = (above.size / below.size - 1.0).abs() < 0.05;
    let step = (below.y - above.y) / above.size;
    (is_alike && (0.5..4.0).contains(&step)).then_some(step)
}

#[derive(Debug)]
struct Weighted {
    value: f64,
    weight: usize,
}

fn median(mut values: Vec<Weighted>) -> Option<f64> {
    values.sort_by(|a, b| a.value.total_cmp(&b.value));
    let half = values.iter().map(|v| v.weight).sum::<usize>() / 2;
    let mut sum = 0;
    for weighted in &values {
        sum += weighted.weight;
        if sum > half {
            return Some(weighted.value);
        }
    }
    None
}

/// What is known of the block that a line is in.
#[derive(Debug, Clone, Copy)]
struct BlockFacts {
    page: usize,
    left: f64,
    right: f64,
    is_table: bool,
    is_right_to_left: bool,
    /// Whether all lines of a paragraph but the first are indented.
    is_hanging: bool,
    step: f64,
}

impl BlockFacts {
    fn of(block: &Block, usual_step: f64, page: usize) -> Self {
        let steps: Vec<Weighted> = block
            .lines
            .windows(2)
            .filter_map(step_between)
            .map(|value| Weighted { value, weight: 1 })
            .collect();
        let step = if steps.len() < 4 { usual_step } else { median(steps).unwrap_or(usual_step) };
        let indented = block.lines.iter().filter(|line| line.x0 > block.left + INDENT * line.size).count();
        Self {
            page,
            left: block.left,
            right: block.right,
            is_table: block.is_table,
            is_right_to_left: block.is_right_to_left,
            is_hanging: !block.is_right_to_left && indented * 2 > block.lines.len(),
            step: step.max(0.9),
        }
    }
}

/// A line with its block.
#[derive(Debug)]
struct Placed {
    line: Line,
    block: BlockFacts,
    is_first: bool,
}

impl Placed {
    /// How much room is left at the end of the line.
    fn room(&self) -> f64 {
        if self.block.is_right_to_left {
            self.line.x0 - self.block.left
        } else {
            self.block.right - self.line.x1
        }
    }

    fn indent(&self) -> f64 {
        let indent = if self.block.is_right_to_left {
            self.block.right - self.line.x1
        } else {
            self.line.x0 - self.block.left
        };
        indent / self.line.size
    }

    fn middle(&self) -> f64 {
        f64::midpoint(self.line.x0, self.line.x1)
    }

    /// Whether the first word of a line would have had room on this one.
    fn has_room_for(&self, next: &Line) -> bool {
        let size = self.line.size;
        let is_spaceless = next.text.chars().next().is_some_and(is_spaceless);
        let needed = if is_spaceless { 2.2 * size } else { next.first_width + 0.55 * size };
        self.room() > needed
    }
}

#[derive(Debug)]
struct Hidden {
    page: usize,
    run: HiddenRun,
}

/// What comes between two lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Join {
    Paragraph,
    Line,
    /// They are of one paragraph.
    On,
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
}

impl Flow<'_> {
    fn add(&mut self, next: Placed) -> Result<(), Failure> {
        if let Some(last) = self.held.take() {
            let join = join(&last, &next, self.measures.step);
            self.put(last, join, &next.line.text)?;
            if join == Join::Paragraph {
                self.put_notes()?;
            }
        }
        self.begin_pages(next.block.page);
        self.held = Some(next);
        Ok(())
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
                    self.writer.end_line()
                } else {
                    self.writer.end_paragraph()
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
        self.measures.draws_spaces
            && !line.ends_with_space
            && end.is_some_and(is_hangul)
            && start.is_some_and(is_hangul)
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

fn join(last: &Placed, next: &Placed, usual_step: f64) -> Join {
    if next.is_first {
        return join_blocks(last, next);
    }
    if next.block.is_table {
        return Join::Line;
    }
    let (above, below) = (&last.line, &next.line);
    let is_divided =
        hyphens::divided(&above.text).is_some() && below.text.chars().next().is_some_and(char::is_lowercase);
    let step = (below.y - above.y) / above.size.max(below.size);
    let is_wide = step > WIDE_STEP * next.block.step.min(1.4 * usual_step);
    let is_other = above.size > OTHER_SIZE * below.size || below.size > OTHER_SIZE * above.size;
    let is_item = is_bullet(&below.text);
    if is_item {
        return if is_bullet(&above.text) || !is_wide && last.indent() > 0.5 {
            Join::Line
        } else {
            Join::Paragraph
        };
    }
    if is_wide || is_other {
        return Join::Paragraph;
    }
    if is_divided {
        return Join::On;
    }
    let is_centred = (last.middle() - next.middle()).abs() < 2.0
        && (above.x0 - below.x0).abs() > below.size
        && last.indent() > 1.0;
    if is_centred {
        return Join::On;
    }
    let turn = next.indent() - last.indent();
    let begins = if next.block.is_hanging { turn < -INDENT } else { turn > INDENT && last.indent() < 0.5 };
    let begins = begins
        || (!next.block.is_hanging && next.indent() > INDENT && turn.abs() < 0.2 && last.has_room_for(below));
    if begins || last.has_room_for(below) { Join::Paragraph } else { Join::On }
}

/// What comes between the last line of a block and the first of the next, which is in another column or on another page.
fn join_blocks(last: &Placed, next: &Placed) -> Join {
    let (above, below) = (&last.line, &next.line);
    let is_alike = above.size < 1.05 * below.size && below.size < 1.05 * above.size;
    if last.block.is_table || next.block.is_table {
        return Join::Paragraph;
    }
    if !is_alike || is_bullet(&below.text) || !below.marker.is_empty() {
        return Join::Paragraph;
    }
    let start = below.text.trim_start_matches(|c: char| !c.is_alphanumeric()).chars().next();
    if hyphens::divided(&above.text).is_some() && start.is_some_and(char::is_lowercase) {
        return Join::On;
    }
    let ends = above
        .text
        .trim_end_matches(['"', '”', '’', '\'', '»', ')', ']'])
        .ends_with(['.', '!', '?', ':', '。', '！', '？', '؟', '।']);
    let is_full = !last.has_room_for(below);
    let is_indented = next.indent() > INDENT;
    if is_indented || !is_full && (ends || !start.is_some_and(char::is_lowercase)) {
        return Join::Paragraph;
    }
    if !ends {
        return Join::On;
    }
    // A sentence ends with a full line: a paragraph may end there too, which an indent would tell.
    if is_full && last.room() < 0.3 * above.size && start.is_some_and(|c| !c.is_uppercase()) {
        Join::On
    } else {
        Join::Paragraph
    }
}

fn is_bullet(text: &str) -> bool {
    let mut characters = text.chars();
    let is_sign = characters
        .next()
        .is_some_and(|c| matches!(c, '•' | '▪' | '◦' | '●' | '○' | '■' | '–' | '-' | '∗' | '*' | '·' | '‣'));
    is_sign && characters.next().is_some_and(char::is_whitespace)
}
