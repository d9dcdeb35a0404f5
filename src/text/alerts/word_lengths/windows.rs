//! Windows of words that are longer or shorter than those of the rest of the text.

use super::long::{is_vowel, longest};
use super::vocabulary::Lazy;
use super::word::{Script, Word};
use crate::text::alerts::{AlertKind, Finding, Severity};

/// Words of a window.
const WINDOW: usize = 32;
/// Words from one window to the next.
const STEP: usize = 8;
/// Windows of a text, at least: fewer have no rest to compare with.
const MIN_WINDOWS: usize = 4;
/// Technical words of a window, at most.
const MAX_TECHNICAL: usize = 4;
/// Long words of a split window, at most.
const MAX_UNSPLIT: usize = 2;
/// Words of a text most of whose words occur once, at most.
const SHORT_TEXT_WORDS: usize = 600;
/// Short words of a joined window, at most.
const MAX_SHORT: usize = 7;
/// Words of a joined window that are half as long again as its mean has to be, at least.
const MIN_DOUBLE: usize = 7;
/// Words of a split passage, at least.
const MIN_SPLIT_WORDS: u32 = 48;
/// Windows of such a passage.
const MIN_SPLIT_WINDOWS: usize = 3;
/// Mean length, in tenths of a letter, of a window that may be split although all of the text is like it.
const MAX_SPLIT_LENGTH: u32 = 32;
/// Tenths of a letter by which the words of a text that is joined as a whole are longer than [`Bounds::joined`].
const MORE_WITHOUT_USUAL: u32 = 15;
/// Words of a finding that is hardly ever unintended.
const MANY_WORDS: u32 = 96;
/// Words of a finding that is seldom unintended.
const SOME_WORDS: u32 = 56;

/// Lengths, in tenths of a letter, and shares, by script. They were chosen on novels, laws, web pages, source code and
/// scriptures in 25 languages.
struct Bounds {
    /// Mean length of a joined window, at least.
    joined: u32,
    /// Mean length of a joined window, in percent of the usual one, at least.
    joined_percent: u32,
    /// Letters of a word that may begin or end a joined one.
    known: usize,
    /// Words with such a beginning or end, in percent.
    compound_percent: u32,
    /// Mean length of a split window, in percent of the usual one, at most.
    split_percent: u32,
    /// Short words of a split window that occur nowhere else, in percent, at least.
    new_percent: u32,
    /// What a short text adds to it, since more of its words occur once.
    new_in_short_percent: u32,
    /// Letters of a short word, which joined passages have few of.
    short: u32,
    /// Letters of a word that a split passage seldom has.
    unsplit: u32,
}

impl Bounds {
    const fn of(script: Script) -> Self {
        let usual = Self {
            joined: 60,
            joined_percent: 140,
            known: 3,
            compound_percent: 22,
            split_percent: 74,
            new_percent: 40,
            new_in_short_percent: 6,
            short: 3,
            unsplit: 7,
        };
        match script {
            Script::Abjad => Self {
                joined: 52,
                compound_percent: 18,
                split_percent: 78,
                short: 2,
                unsplit: 6,
                new_in_short_percent: 4,
                ..usual
            },
            // Most words of Korean occur once, since particles are part of them.
            Script::Hangul => Self {
                joined: 42,
                joined_percent: 150,
                known: 2,
                compound_percent: 12,
                split_percent: 66,
                new_percent: 0,
                new_in_short_percent: 0,
                short: 1,
                unsplit: 4,
            },
            _ => usual,
        }
    }
}

/// The joined and split words of one script.
pub(super) fn findings(text: &str, words: &[Word], script: Script) -> Vec<Finding> {
    // Words of many words are found one by one. They would be most of the length of their window.
    let is_own = |word: &&Word| word.script == script && word.letters < longest(script);
    let all: Vec<&Word> = words.iter().filter(is_own).collect();
    if all.len() < WINDOW {
        return Vec::new();
    }
    let bounds = Bounds::of(script);
    // What was joined is no measure of what was split, nor the other way round.
    let vocabulary = Lazy::new(text, &all);
    let certain = Bounds { compound_percent: 2 * bounds.compound_percent, ..bounds };
    let certain = joined(&vocabulary, &certain);
    let rest = outside(&all, &certain);
    let split = if certain.is_empty() {
        split(&vocabulary, &bounds)
    } else {
        split(&Lazy::new(text, &rest), &bounds)
    };
    let rest = outside(&all, &split);
    let mut found = if split.is_empty() {
        joined(&vocabulary, &bounds)
    } else {
        joined(&Lazy::new(text, &rest), &bounds)
    };
    found.extend(split);
    found
}

/// The words outside of all findings.
fn outside<'a>(words: &[&'a Word], findings: &[Finding]) -> Vec<&'a Word> {
    let is_outside = |word: &&&Word| {
        let next = findings.partition_point(|finding| finding.end <= word.start);
        findings.get(next).is_none_or(|finding| word.start < finding.start)
    };
    words.iter().filter(is_outside).copied().collect()
}

/// The windows of words in a row.
fn windows<'a>(words: &'a [&'a Word]) -> Vec<Window<'a>> {
    words.windows(WINDOW).step_by(STEP).map(Window::of).collect()
}

/// Words in a row, and their mean length.
struct Window<'a> {
    words: &'a [&'a Word],
    /// In tenths of a letter.
    length: u32,
}

impl<'a> Window<'a> {
    fn of(words: &'a [&'a Word]) -> Self {
        let letters: u32 = words.iter().map(|word| word.letters).sum();
        Self { words, length: letters * 10 / u32::try_from(words.len()).unwrap_or(u32::MAX).max(1) }
    }
}

/// The mean length that `percent` of the windows do not reach; none if there are too few to compare.
fn quantile(windows: &[Window<'_>], percent: usize) -> Option<u32> {
    let mut lengths: Vec<u32> = windows.iter().map(|window| window.length).collect();
    lengths.sort_unstable();
    lengths.get(lengths.len() * percent / 100).copied().filter(|_| lengths.len() >= MIN_WINDOWS)
}

/// The windows whose words were split.
fn split(vocabulary: &Lazy<'_>, bounds: &Bounds) -> Vec<Finding> {
    let (text, own) = (vocabulary.text(), vocabulary.words());
    let windows = windows(own);
    let usual = quantile(&windows, 75);
    let new_percent =
        bounds.new_percent + if own.len() < SHORT_TEXT_WORDS { bounds.new_in_short_percent } else { 0 };
    let is_short =
        |window: &Window<'_>| usual.is_some_and(|usual| window.length * 100 <= usual * bounds.split_percent);
    let may_be_split = |window: &Window<'_>| {
        let uncut = window.words.iter().filter(|word| word.letters >= bounds.unsplit).count();
        (is_short(window) || window.length <= MAX_SPLIT_LENGTH)
            && uncut <= MAX_UNSPLIT
            && is_plain(window.words)
    };
    let is_split = |window: &&Window<'_>| {
        // Without usual words beside them, all windows are alike.
        (is_short(window) && vocabulary.get().new_percent(text, window.words) >= new_percent)
            || has_no_vowels(text, window.words)
    };
    // Most candidates stand alone, and need no vocabulary.
    let runs = windows.chunk_by(|a, b| may_be_split(a) && may_be_split(b));
    let long_enough =
        runs.filter(|run| run.len() >= MIN_SPLIT_WINDOWS && run.first().is_some_and(may_be_split));
    let found = long_enough.flatten().filter(is_split);
    let mut runs = join_neighbours(found.filter_map(|window| finding(AlertKind::SplitWords, window.words)));
    runs.retain(|run| run.count >= MIN_SPLIT_WORDS);
    runs
}

/// The windows whose words were joined.
fn joined(vocabulary: &Lazy<'_>, bounds: &Bounds) -> Vec<Finding> {
    let text = vocabulary.text();
    let windows = windows(vocabulary.words());
    let usual = quantile(&windows, 15);
    let is_joined = |window: &Window<'_>| {
        let Window { words, length } = *window;
        let compared = usual.is_some_and(|usual| length * 100 >= usual * bounds.joined_percent);
        let long = compared && length >= bounds.joined;
        let very_long = length >= bounds.joined + MORE_WITHOUT_USUAL;
        let double = words.iter().filter(|word| word.letters * 20 >= bounds.joined * 3).count();
        let short = words.iter().filter(|word| word.letters <= bounds.short).count();
        if !(long || very_long) || short > MAX_SHORT || double < MIN_DOUBLE || !is_plain(words) {
            return false;
        }
        let compound = |alone| vocabulary.get().compound_percent(text, words, bounds.known, alone);
        (long && compound(false) >= bounds.compound_percent)
            || (very_long && compound(true) >= 2 * bounds.compound_percent)
    };
    let found = windows.iter().filter(|window| is_joined(window));
    join_neighbours(found.filter_map(|window| finding(AlertKind::JoinedWords, window.words)))
}

/// Whether a window is neither code nor a list of letters, nor of syllables with marks as in Vietnamese.
fn is_plain(window: &[&Word]) -> bool {
    let count = |which: fn(&Word) -> bool| window.iter().filter(|word| which(word)).count();
    let technical = count(|word| word.technical);
    let single = count(|word| word.letters == 1 && word.script != Script::Hangul);
    let marked = count(|word| word.script == Script::Latin && word.end - word.start > word.letters as usize);
    technical <= MAX_TECHNICAL && single * 3 <= 2 * window.len() && marked * 2 <= window.len()
}

/// Whether words of two letters and more without a vowel are too many for a language.
fn has_no_vowels(text: &str, window: &[&Word]) -> bool {
    let consonants = window.iter().filter(|word| {
        let lower = || word.of(text).chars().map(|c| c.to_lowercase().next().unwrap_or(c));
        let small = word.of(text).chars().all(char::is_lowercase);
        let script = matches!(word.script, Script::Latin | Script::Cyrillic | Script::Greek);
        script && small && word.letters > 1 && !lower().any(is_vowel)
    });
    consonants.count() * 8 >= window.len()
}

fn finding(kind: AlertKind, window: &[&Word]) -> Option<Finding> {
    let (first, last) = (window.first()?, window.last()?);
    let count = u32::try_from(window.len()).unwrap_or(u32::MAX);
    Some(Finding { kind, severity: severity(count), start: first.start, end: last.end, count })
}

/// The severity of a passage by its words: two sentences may be unusual by themselves.
fn severity(words: u32) -> Severity {
    match words {
        MANY_WORDS.. => Severity::High,
        SOME_WORDS.. => Severity::Medium,
        _ => Severity::Low,
    }
}

/// Makes one finding of windows that overlap, so that no word counts twice.
fn join_neighbours(windows: impl Iterator<Item = Finding>) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let step = u32::try_from(STEP).unwrap_or_default();
    for window in windows {
        match found.last_mut() {
            Some(last) if last.kind == window.kind && window.start <= last.end => {
                last.end = window.end;
                last.count += step;
                last.severity = severity(last.count);
            }
            _ => found.push(window),
        }
    }
    found
}
