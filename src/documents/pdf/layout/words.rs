//! Glyphs to words.

use std::collections::BTreeMap;

use hayro_interpret::kurbo::{Point, Vec2};

use super::super::super::HiddenReason;
use super::super::device::{Glyph, ReadPage};
use super::chars::{combining, is_mark, is_right_to_left, is_spaceless, push_plain};
use super::direction;
use super::drawn::{Seen, set_upright};

/// A gap between glyphs from this share of their size on is a space.
pub(super) const SPACE: f64 = 0.12;
/// The same between characters of scripts without spaces, and between one of them and another.
const SPACELESS_SPACE: f64 = 0.5;
/// Most glyphs of a word. Longer ones go on in another word, without a space.
const MAX_GLYPHS: usize = 200;
/// A glyph smaller than this share of the one before it is a sub- or superscript, if it is raised or lowered.
const SCRIPT_SIZE: f64 = 0.86;

/// A word, in a frame where it is written from left to right: x goes right, y goes down.
#[derive(Debug, Clone)]
pub(in super::super) struct Word {
    pub(in super::super) text: String,
    pub(in super::super) x0: f64,
    pub(in super::super) x1: f64,
    /// Its baseline: for sub- and superscripts that of their line.
    pub(in super::super) y: f64,
    pub(in super::super) size: f64,
    /// The number of its first glyph in the order of drawing.
    pub(in super::super) seq: usize,
    pub(in super::super) is_raised: bool,
    pub(in super::super) space_before: bool,
    pub(in super::super) space_after: bool,
}

/// Text that a reader does not see.
#[derive(Debug)]
pub(in super::super) struct HiddenRun {
    pub(in super::super) reason: HiddenReason,
    pub(in super::super) text: String,
    pub(in super::super) seq: usize,
}

/// The words of a page.
#[derive(Debug, Default)]
pub(in super::super) struct PageWords {
    /// The height of the page in the frame of the first group.
    pub(in super::super) top: f64,
    pub(in super::super) bottom: f64,
    /// The words by the direction in which they run on the page; the direction with most words first.
    pub(in super::super) groups: Vec<Vec<Word>>,
    pub(in super::super) hidden: Vec<HiddenRun>,
}

/// The words of a page.
pub(in super::super) fn words(page: ReadPage) -> PageWords {
    let mut result = PageWords { hidden: hidden(&page.glyphs), ..PageWords::default() };
    let mut seen = Seen::default();
    let mut groups: BTreeMap<i32, Builder> = BTreeMap::new();
    let mut glyphs = page.glyphs;
    set_upright(&mut glyphs);
    let corners = [Point::ZERO, Point::new(page.width, page.height)];
    for (seq, glyph) in glyphs.into_iter().enumerate() {
        if glyph.hidden.is_none() && !seen.is_repeated(&glyph) {
            let frame = Frame::of(&glyph);
            groups.entry(frame.degrees).or_default().add(glyph, frame, seq);
        }
    }
    let mut finished: Vec<(i32, Vec<Word>)> =
        groups.into_iter().map(|(degrees, builder)| (degrees, builder.finish())).collect();
    finished.retain(|(_, words)| !words.is_empty());
    finished.sort_by_key(|(_, words)| std::cmp::Reverse(words.len()));
    let main = Frame { degrees: finished.first().map_or(0, |(degrees, _)| *degrees) };
    let heights = corners.map(|corner| main.turn(corner).y);
    result.top = heights.iter().copied().fold(f64::INFINITY, f64::min);
    result.bottom = heights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    result.groups = finished.into_iter().map(|(_, words)| words).collect();
    result
}

/// A frame that is turned so that text runs from left to right.
#[derive(Debug, Clone, Copy)]
struct Frame {
    degrees: i32,
}

impl Frame {
    fn of(glyph: &Glyph) -> Self {
        let along = glyph.end - glyph.origin;
        if along.hypot() < 1e-6 {
            return Self { degrees: 0 };
        }
        #[expect(clippy::cast_possible_truncation, reason = "an angle")]
        let degrees = (along.atan2().to_degrees() / 5.0).round() as i32 * 5;
        Self { degrees: degrees.rem_euclid(360) }
    }

    fn turn(self, point: Point) -> Point {
        if self.degrees == 0 {
            return point;
        }
        let (sin, cos) = f64::from(self.degrees).to_radians().sin_cos();
        Point::new(point.x * cos + point.y * sin, point.y * cos - point.x * sin)
    }
}

/// A glyph in the frame of its group.
#[derive(Debug)]
struct Piece {
    text: String,
    x0: f64,
    x1: f64,
}

/// Gathers words in the order in which their glyphs are drawn.
#[derive(Debug, Default)]
struct Builder {
    words: Vec<Word>,
    pieces: Vec<Piece>,
    /// The word that is being built, without its text.
    open: Option<Word>,
    /// The baseline on which its last glyph was drawn.
    baseline: f64,
    after_space: bool,
}

impl Builder {
    fn add(&mut self, glyph: Glyph, frame: Frame, seq: usize) {
        let (start, end) = (frame.turn(glyph.origin), frame.turn(glyph.end));
        let (x0, x1) = (start.x.min(end.x), start.x.max(end.x));
        if glyph.text.chars().all(char::is_whitespace) {
            // A glyph without text is part of what stands for the glyphs before it.
            if glyph.text.is_empty() {
                if let Some(open) = &mut self.open {
                    open.x1 = open.x1.max(x1);
                }
            } else {
                self.close(true);
            }
            return;
        }
        let piece = Piece { text: glyph.text, x0, x1 };
        let baseline = start.y;
        let word = Word {
            text: String::new(),
            x0,
            x1,
            y: start.y,
            size: glyph.size.max(0.1),
            seq,
            is_raised: false,
            space_before: false,
            space_after: false,
        };
        match self.relation(&word, &piece) {
            Relation::SameWord => self.extend(&word),
            Relation::Script => {
                self.close(false);
                self.begin_script(word);
            }
            relation @ (Relation::AfterScript | Relation::AfterInitial) => {
                if let Some(open) = &mut self.open {
                    open.is_raised = relation == Relation::AfterScript && open.y < word.y;
                    open.y = word.y;
                }
                self.close(false);
                self.begin(word);
            }
            Relation::Apart => {
                self.close(false);
                self.begin(word);
            }
        }
        self.baseline = baseline;
        self.pieces.push(piece);
    }

    fn extend(&mut self, word: &Word) {
        if let Some(open) = &mut self.open {
            open.x0 = open.x0.min(word.x0);
            open.x1 = open.x1.max(word.x1);
            open.size = open.size.max(word.size);
        }
    }

    fn begin(&mut self, mut word: Word) {
        word.space_before = std::mem::take(&mut self.after_space);
        self.open = Some(word);
    }

    /// Begins a sub- or superscript of the last word.
    fn begin_script(&mut self, mut word: Word) {
        if let Some(last) = self.words.last() {
            word.is_raised = word.y < last.y;
            word.y = last.y;
        }
        self.begin(word);
    }

    fn relation(&self, next: &Word, piece: &Piece) -> Relation {
        let Some(open) = &self.open else { return Relation::Apart };
        let size = open.size.max(next.size);
        let gap = (next.x0 - open.x1).max(open.x0 - next.x1) / size;
        let rise = (open.y - next.y) / size;
        let limit = space_limit(self.pieces.last().map_or("", |last| &last.text), &piece.text);
        let is_near = gap < limit && gap > -0.6;
        let is_initial = self.pieces.len() == 1 && 2.0 * next.size < open.size && (0.25..0.9).contains(&rise);
        if is_initial && is_near {
            return Relation::AfterInitial;
        }
        if next.size < SCRIPT_SIZE * open.size
            && (-0.5..0.8).contains(&rise)
            && rise.abs() > 0.08
            && is_near
            && !open.is_raised
        {
            return Relation::Script;
        }
        if open.size < SCRIPT_SIZE * next.size
            && (-0.8..0.5).contains(&rise)
            && rise.abs() > 0.08
            && gap < 0.4
            && gap > -0.6
        {
            return Relation::AfterScript;
        }
        let is_mark = piece.text.chars().all(is_mark);
        let drift = (self.baseline - next.y).abs() / size;
        let same_line = drift < 0.1 || (is_mark && drift < 0.8);
        let is_alike = next.size.min(open.size) > SCRIPT_SIZE * size || (drift < 0.02 && !open.is_raised);
        let is_on_last = gap > -0.6 || is_mark || is_right_to_left_text(&piece.text);
        if same_line && is_alike && gap < limit && is_on_last && self.pieces.len() < MAX_GLYPHS {
            Relation::SameWord
        } else {
            Relation::Apart
        }
    }

    fn close(&mut self, with_space: bool) {
        let pieces = std::mem::take(&mut self.pieces);
        if let Some(mut word) = self.open.take() {
            word.text = read(pieces, word.size);
            word.space_after = with_space;
            self.words.push(word);
        } else if with_space && let Some(last) = self.words.last_mut() {
            last.space_after = true;
        }
        self.after_space = with_space;
    }

    fn finish(mut self) -> Vec<Word> {
        self.close(false);
        self.words.retain(|word| !word.text.is_empty());
        self.words
    }
}

/// How a glyph stands to the word before it.
#[derive(Debug, PartialEq, Eq)]
enum Relation {
    SameWord,
    Script,
    AfterScript,
    /// It goes on after a large letter that stands over several lines.
    AfterInitial,
    Apart,
}

/// From which gap on, as a share of the size, there is a space between two texts.
pub(super) fn space_limit(left: &str, right: &str) -> f64 {
    let end = left.chars().next_back().is_some_and(is_spaceless);
    let start = right.chars().next().is_some_and(is_spaceless);
    if end && start {
        SPACELESS_SPACE
    } else if end || start {
        0.35
    } else {
        SPACE
    }
}

fn is_right_to_left_text(text: &str) -> bool {
    text.chars().any(is_right_to_left)
}

/// The text of a word, of its glyphs in the order of drawing.
fn read(pieces: Vec<Piece>, size: f64) -> String {
    if pieces.iter().any(|piece| is_right_to_left_text(&piece.text)) {
        return read_right_to_left(pieces);
    }
    let mut text = String::new();
    let mut accent: Option<(char, f64)> = None;
    for piece in &pieces {
        let mut characters = piece.text.chars();
        let first = characters.next();
        let mark = first.and_then(combining).filter(|_| characters.next().is_none());
        if let Some((mark, at)) = accent.take() {
            // An accent that was drawn before its letter, at the same place.
            let is_on_letter = at > piece.x0 - 0.1 * size && at < piece.x1 + 0.1 * size;
            piece.text.chars().for_each(|c| push_plain(&mut text, c));
            if is_on_letter {
                text.push(mark);
            }
            continue;
        }
        let middle = f64::midpoint(piece.x0, piece.x1);
        match mark.filter(|_| pieces.len() > 1) {
            Some(mark) if overlaps(&pieces, piece) => {
                if pieces
                    .iter()
                    .take_while(|other| !std::ptr::eq(*other, piece))
                    .any(|other| other.x0 < middle && middle < other.x1)
                {
                    text.push(mark);
                } else {
                    accent = Some((mark, middle));
                }
            }
            _ => piece.text.chars().for_each(|c| push_plain(&mut text, c)),
        }
    }
    compose(text)
}

/// Whether an accent is drawn over a letter beside it.
fn overlaps(pieces: &[Piece], accent: &Piece) -> bool {
    let middle = f64::midpoint(accent.x0, accent.x1);
    pieces.iter().any(|other| !std::ptr::eq(other, accent) && other.x0 < middle && middle < other.x1)
}

fn compose(text: String) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    if !text.chars().any(|c| matches!(c, '\u{300}'..='\u{36F}')) {
        return text;
    }
    // TeX puts accents on a letter without its dot.
    let mut dotted = String::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let has_accent = characters.peek().is_some_and(|next| matches!(next, '\u{300}'..='\u{36F}'));
        dotted.push(match c {
            'ı' if has_accent => 'i',
            'ȷ' if has_accent => 'j',
            _ => c,
        });
    }
    dotted.nfc().collect()
}

fn read_right_to_left(mut pieces: Vec<Piece>) -> String {
    let mut marks = Vec::new();
    let mut bases: Vec<Piece> = Vec::new();
    for piece in pieces.drain(..) {
        if piece.text.chars().all(is_mark) { marks.push(piece) } else { bases.push(piece) }
    }
    bases.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    for mark in marks {
        let middle = f64::midpoint(mark.x0, mark.x1);
        let at = bases.partition_point(|base| base.x0 <= middle).saturating_sub(1);
        match bases.get_mut(at) {
            Some(base) => base.text.push_str(&mark.text),
            None => bases.push(mark),
        }
    }
    let seen = bases.into_iter().map(|piece| {
        let mut plain = String::new();
        piece.text.chars().for_each(|c| push_plain(&mut plain, c));
        plain
    });
    direction::read_word(seen.collect())
}

/// The text that a reader does not see, in the order of drawing.
fn hidden(glyphs: &[Glyph]) -> Vec<HiddenRun> {
    let mut runs: Vec<HiddenRun> = Vec::new();
    let mut last: Option<(&Glyph, usize)> = None;
    for (seq, glyph) in glyphs.iter().enumerate() {
        let Some(reason) = glyph.hidden else { continue };
        let step = last.map(|(before, at)| (glyph.origin - before.end, at));
        let goes_on = step.is_some_and(|(_, at)| at + 1 == seq);
        let is_apart = step.is_none_or(|(step, _): (Vec2, usize)| step.hypot() > SPACE * glyph.size);
        match runs.last_mut().filter(|run| run.reason == reason && goes_on) {
            Some(run) => {
                if is_apart && !run.text.ends_with(' ') {
                    run.text.push(' ');
                }
                glyph.text.chars().for_each(|c| push_plain(&mut run.text, c));
            }
            None => runs.push(HiddenRun { reason, text: glyph.text.clone(), seq }),
        }
        last = Some((glyph, seq));
    }
    // A single letter beyond the margin is no text.
    runs.retain(|run| run.text.chars().filter(|c| c.is_alphanumeric()).count() > 1);
    runs
}
