//! Words to rows, and rows to fragments: stretches of words with no wide gap inside.

use super::words::Word;

/// Baselines that differ by less than this share of the size are of one row.
const SAME_ROW: f64 = 0.35;
/// A gap of this share of the size ends a fragment. The columns of a page may stand no farther apart than its letters are high.
const FRAGMENT_GAP: f64 = 0.85;

/// Words on one baseline, from left to right.
#[derive(Debug)]
pub(in super::super) struct Row {
    pub(in super::super) y: f64,
    pub(in super::super) words: Vec<Word>,
}

/// Words to rows, from top to bottom.
pub(in super::super) fn rows(mut words: Vec<Word>) -> Vec<Row> {
    words.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.x0.total_cmp(&b.x0)));
    let mut rows: Vec<Row> = Vec::new();
    for word in words {
        match rows.last_mut().filter(|row| is_on(row, &word)) {
            Some(row) => row.words.push(word),
            None => rows.push(Row { y: word.y, words: vec![word] }),
        }
    }
    for row in &mut rows {
        row.words.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    }
    rows
}

fn is_on(row: &Row, word: &Word) -> bool {
    let size = row.words.first().map_or(word.size, |first| first.size.min(word.size));
    let is_level = row.words.last().is_some_and(|last| word.y - last.y < 0.01);
    is_level || word.y - row.y < SAME_ROW * size
}

/// Words of a row with no wide gap inside.
#[derive(Debug)]
pub(super) struct Fragment {
    pub(super) x0: f64,
    pub(super) x1: f64,
    pub(super) y: f64,
    /// The number of its row on the page.
    pub(super) row: usize,
    pub(super) size: f64,
    /// The first of its glyphs in the order of drawing.
    pub(super) seq: usize,
    pub(super) characters: usize,
    pub(super) words: Vec<Word>,
}

/// Rows to fragments, from top to bottom and from left to right.
pub(super) fn fragments(rows: Vec<Row>) -> Vec<Fragment> {
    let mut fragments: Vec<Fragment> = Vec::new();
    for (number, row) in rows.into_iter().enumerate() {
        let mut is_first = true;
        for word in row.words {
            let is_near = |last: &&mut Fragment| word.x0 - last.x1 < FRAGMENT_GAP * last.size.min(word.size);
            match fragments.last_mut().filter(|last| !is_first && is_near(last)) {
                Some(last) => last.push(word),
                None => fragments.push(Fragment::new(word, number)),
            }
            is_first = false;
        }
    }
    fragments
}

impl Fragment {
    fn new(word: Word, row: usize) -> Self {
        Self {
            x0: word.x0,
            x1: word.x1,
            y: word.y,
            row,
            size: word.size,
            seq: word.seq,
            characters: word.text.chars().count(),
            words: vec![word],
        }
    }

    fn push(&mut self, word: Word) {
        self.x1 = self.x1.max(word.x1);
        self.size = self.size.max(word.size);
        self.seq = self.seq.min(word.seq);
        self.characters += word.text.chars().count();
        self.words.push(word);
    }
}
