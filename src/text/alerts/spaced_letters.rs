//! Words whose letters are set apart: `p l a g i a r i s m`, `p.l.a.g.i.a.r.i.s.m`.

use super::{AlertKind, Finding, Severity, Span, peek};

/// Bytes of the blocks in which the text is searched.
const BLOCK_BYTES: usize = 256;
/// Bytes past a block that its last patterns need.
const OVERLAP_BYTES: usize = 8;
/// The fewest letters of a single word of spaced letters.
const MIN_LETTERS: usize = 5;
/// The fewest letters of several words of spaced letters in a row.
const MIN_LETTERS_TOGETHER: usize = 8;
/// The longest gap between two words of a run, in bytes.
const MAX_GAP_BYTES: usize = 6;
/// The most letters of an acronym of dotted capitals.
const MAX_ACRONYM: usize = 8;

/// The words of `text` whose letters are set apart, each from its first letter to its last, sorted and disjoint.
/// Tokenisation joins the letters of such a span into one word.
///
/// If the gaps between words are wider than those between letters, each word is a span. Otherwise the whole run is one.
#[must_use]
pub fn spaced_words(text: &str) -> Vec<Span> {
    let mut words = Vec::new();
    runs(text, |run| words.extend(run.words.iter().map(|&(start, end)| peek::span(start, end))));
    words
}

/// The runs of spaced letters of `text`, as findings.
pub(super) fn findings(text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    runs(text, |run| {
        if let (Some(first), Some(last)) = (run.words.first(), run.words.last()) {
            let count = u32::try_from(run.words.len()).unwrap_or(u32::MAX);
            let (kind, severity) = (AlertKind::SpacedLetters, run.severity());
            found.push(Finding { kind, severity, start: first.0, end: last.1, count });
        }
    });
    found
}

/// Calls `each` with every run of `text` that is worth an alert.
fn runs(text: &str, mut each: impl FnMut(&Run)) {
    let mut at = 0;
    while let Some(alternation) = next_alternation(text.as_bytes(), at) {
        let start = peek::before(text, alternation).map_or(alternation, |c| alternation - c.len_utf8());
        let run = Run::read(text, start);
        if run.is_hiding() {
            each(&run);
        }
        at = run.end.max(alternation + 1);
    }
}

/// The first byte from `at` on where letters and separators may alternate: letters of one byte with one or two
/// separators, or letters of two bytes with one. The loops are written for compilers to vectorise.
fn next_alternation(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut marks = [0_u8; BLOCK_BYTES + OVERLAP_BYTES];
    while at < bytes.len() {
        let block = bytes.get(at..bytes.len().min(at + marks.len())).unwrap_or_default();
        marks.fill(0);
        for (mark, byte) in marks.iter_mut().zip(block) {
            *mark = class(*byte);
        }
        let windows: Windows<'_> =
            std::array::from_fn(|shift| marks.get(shift..shift + BLOCK_BYTES).unwrap_or_default());
        if alternations(windows).fold(0, |any, found| any | found) != 0 {
            return alternations(windows).position(|found| found != 0).map(|offset| at + offset);
        }
        at += BLOCK_BYTES;
    }
    None
}

/// The classes of one block of bytes, and of the blocks that start one to seven bytes later.
type Windows<'a> = [&'a [u8]; OVERLAP_BYTES];

/// For each byte of a block, a value that is not zero if separators and letters alternate from there on.
fn alternations(windows: Windows<'_>) -> impl Iterator<Item = u8> {
    let [at0, at1, at2, at3, at4, at5, at6, at7] = windows;
    let early = at0.iter().zip(at1).zip(at2.iter().zip(at3));
    let late = at4.iter().zip(at5).zip(at6.iter().zip(at7));
    early.zip(late).map(|(((s0, s1), (s2, s3)), ((s4, s5), (s6, s7)))| {
        let single = (s0 & s2 & s4 & s6 & SEPARATOR) & !(s1 | s3 | s5);
        let double = (s0 & s1 & s3 & s4 & s6 & s7 & SEPARATOR) & !(s2 | s5);
        let wide = (s0 & s3 & s6 & SEPARATOR) & ((s1 & s2 & s4 & s5) >> 1);
        single | double | wide
    })
}

/// The class of a byte that may separate letters. 2 is the class of bytes outside ASCII, 0 that of all others.
const SEPARATOR: u8 = 1;

fn class(byte: u8) -> u8 {
    let separates = matches!(byte, b' ' | b'.' | b'-' | b'_' | b'*' | b'/' | b'|' | b'~' | b'+' | b'=');
    u8::from(separates) | (u8::from(byte >= 0x80) << 1)
}

/// Letters set apart, in one or more words.
#[derive(Debug, Default)]
struct Run {
    words: Vec<(usize, usize)>,
    letters: Vec<char>,
    longest: usize,
    separator: Option<char>,
    end: usize,
}

impl Run {
    /// Reads the run that starts at byte `start`.
    fn read(text: &str, start: usize) -> Self {
        let mut run = Self { end: start, ..Self::default() };
        if peek::before(text, start).is_some_and(char::is_alphanumeric) {
            return run;
        }
        let (mut at, mut word, mut inside, mut separator) = (start, start, 0, "");
        while let Some((letter, gap)) = single_letter(text, at) {
            run.letters.push(letter);
            inside += 1;
            run.end = at + letter.len_utf8();
            if inside == 1 && separator.is_empty() {
                separator = gap;
                run.separator = gap.chars().next();
            }
            at = run.end + gap.len();
            if gap != separator || gap.is_empty() {
                run.word(word, inside);
                (word, inside) = (at, 0);
            }
            if gap.is_empty() {
                break;
            }
        }
        if inside > 0 {
            run.word(word, inside);
        }
        run
    }

    fn word(&mut self, start: usize, letters: usize) {
        self.longest = self.longest.max(letters);
        if letters > 1 {
            self.words.push((start, self.end));
        }
    }

    /// Whether the run looks like hidden words, and not like initials, options, variables or a sequence.
    fn is_hiding(&self) -> bool {
        let count = self.letters.len();
        let long = self.longest >= MIN_LETTERS || (self.longest >= 3 && count >= MIN_LETTERS_TOGETHER);
        if !long {
            return false;
        }
        let capitals = self.is_capitals();
        // Words have at most one capital each; more of them are symbols.
        let mixed = !capitals && self.letters.iter().filter(|c| c.is_uppercase()).count() > self.words.len();
        let acronym = capitals && self.separator == Some('.') && count <= MAX_ACRONYM;
        let options = self.letters.iter().all(|c| matches!(c, 'A'..='E' | 'a'..='e'))
            || self
                .letters
                .iter()
                .all(|c| matches!(c, 'A' | 'C' | 'G' | 'T' | 'U' | 'N' | 'a' | 'c' | 'g' | 't'));
        let ascending = self.letters.iter().zip(self.letters.iter().skip(1)).filter(|(a, b)| a < b).count();
        let distinct = self.letters.iter().enumerate().take(64);
        let distinct =
            distinct.filter(|&(at, c)| !self.letters.iter().take(at).any(|earlier| earlier == c)).count();
        let variables =
            self.letters.iter().all(|c| c.is_ascii_lowercase() && !matches!(c, 'a' | 'e' | 'i' | 'o' | 'u'));
        !(mixed || acronym || options || variables || distinct < 3 || ascending + 1 >= count)
    }

    fn is_capitals(&self) -> bool {
        self.letters.iter().all(|c| c.is_uppercase())
    }

    /// The severity of the run. It is low for headings in spaced capitals, for words spelt with hyphens, and for the
    /// few letters that scans separate.
    fn severity(&self) -> Severity {
        let spelt = self.separator == Some('-') && self.words.len() == 1;
        match self.letters.len() {
            _ if self.is_capitals() || spelt => Severity::Low,
            ..MIN_LETTERS_TOGETHER => Severity::Low,
            20.. => Severity::High,
            _ => Severity::Medium,
        }
    }
}

/// The single letter at byte `at`, and the gap after it; an empty gap if another word or the end follows.
fn single_letter(text: &str, at: usize) -> Option<(char, &str)> {
    let letter = peek::after(text, at).filter(|c| is_spaced_letter(*c))?;
    let rest = peek::window(text, at + letter.len_utf8(), MAX_GAP_BYTES);
    if rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    let length = rest.find(|c| !is_separator(c)).unwrap_or(rest.len());
    let gap = rest.get(..length).unwrap_or_default();
    let next = at + letter.len_utf8() + length;
    let follows = peek::after(text, next).filter(|c| is_spaced_letter(*c));
    let single =
        follows.is_some_and(|c| !peek::after(text, next + c.len_utf8()).is_some_and(char::is_alphanumeric));
    Some((letter, if single { gap } else { "" }))
}

/// Whether `c` is a letter of a script with case, of Arabic or of Hebrew: their words are runs of letters.
fn is_spaced_letter(c: char) -> bool {
    c.is_lowercase() || c.is_uppercase() || matches!(c, '\u{5D0}'..='\u{5EA}' | '\u{620}'..='\u{64A}')
}

fn is_separator(c: char) -> bool {
    matches!(
        c,
        ' ' | '.' | '-' | '_' | '*' | '/' | '|' | '~' | '+' | '=' | '\u{A0}' | '·' | '•' | '\u{2000}'
            ..='\u{200B}'
    )
}
