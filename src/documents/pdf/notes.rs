//! Footnotes: small text at the foot of a page that begins with the number of a note.

use super::layout::{Block, Line};

/// Notes are set in letters of at most this share of the size of the text.
const NOTE_SIZE: f64 = 0.95;

/// A note at the foot of a page.
#[derive(Debug)]
pub(super) struct Note {
    pub(super) marker: String,
    pub(super) lines: Vec<Line>,
}

/// Takes the notes out of the blocks of a page. `body_size` is the size of most of the document's text.
pub(super) fn take(blocks: &mut Vec<Block>, body_size: f64) -> Vec<Note> {
    let references: Vec<String> =
        blocks.iter().flat_map(|block| &block.lines).flat_map(|line| references(&line.text)).collect();
    let top = blocks.iter().flat_map(|block| &block.lines).map(|line| line.y).fold(f64::INFINITY, f64::min);
    let mut notes: Vec<Note> = Vec::new();
    for block in blocks.iter_mut().filter(|block| !block.is_table) {
        let small = block.lines.iter().rev().take_while(|line| line.size <= NOTE_SIZE * body_size).count();
        let from = block.lines.len() - small;
        let is_first = |line: &Line| marker(line, &references).is_some() && line.y > top;
        let Some(at) = block.lines.iter().skip(from).position(is_first) else { continue };
        for line in block.lines.split_off(from + at) {
            let next = notes
                .last()
                .and_then(|note| note.marker.parse::<u32>().ok())
                .map(|number| (number + 1).to_string());
            let marker = marker(&line, &references).or_else(|| next.and_then(|next| marker(&line, &[next])));
            match (marker, notes.last_mut()) {
                (Some(marker), _) => notes.push(note(marker, line)),
                (None, Some(last)) => last.lines.push(line),
                (None, None) => {}
            }
        }
    }
    blocks.retain(|block| !block.lines.is_empty());
    notes
}

fn note(marker: String, mut line: Line) -> Note {
    if line.marker.is_empty()
        && let Some(rest) = line.text.strip_prefix(marker.as_str())
    {
        let rest = rest.trim_start_matches(['.', ')', ' ', '\t']).to_owned();
        line.text = rest;
    }
    line.text = line.text.replace('\t', " ");
    line.marker.clear();
    Note { marker, lines: vec![line] }
}

/// The number or sign with which a note begins: a raised one, or a number that the page refers to.
fn marker(line: &Line, references: &[String]) -> Option<String> {
    if !line.marker.is_empty() {
        return Some(line.marker.clone());
    }
    let digits: String = line.text.chars().take_while(char::is_ascii_digit).collect();
    references.contains(&digits).then_some(digits)
}

/// The numbers of notes to which a text refers.
fn references(text: &str) -> Vec<String> {
    let parts = text.split(" [").skip(1).filter_map(|part| part.split_once(']'));
    let numbers = parts
        .map(|(number, _)| number)
        .filter(|number| number.len() <= 3 && number.bytes().all(|b| b.is_ascii_digit()));
    numbers.map(str::to_owned).collect()
}
