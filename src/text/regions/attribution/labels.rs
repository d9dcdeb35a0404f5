//! Words and addresses that name a source: `Source: Osei`, `Quelle: Osei`, `https://example.org/salt`, `doi:10.1000/182`.

use memchr::{memchr2_iter, memmem};

use super::{Span, peek};

/// Bytes before a colon that are read, at most.
const MAX_LABEL_BYTES: usize = 32;

/// Words before a colon and a source, in lower case.
#[rustfmt::skip]
const LABELS: &[&str] = &[
    "source", "sources", "quelle", "quellen", "fuente", "fuentes", "fonte", "fonti", "fontes", "bron", "kilde", "källa", "lähde", "źródło",
    "источник", "джерело", "zdroj", "kaynak", "nguồn", "sumber", "المصدر", "منبع", "מקור", "来源", "來源", "出处", "出處", "出典", "출처",
];

/// Beginnings of addresses.
const ADDRESSES: [&str; 4] = ["http://", "https://", "www.", "doi:10."];

/// The labels and addresses in `text`, in no order. Linear.
pub(super) fn labels(text: &str) -> Vec<Span> {
    let labelled = memchr2_iter(b':', 0xEF, text.as_bytes()).filter_map(|at| label(text, at));
    let addresses = ADDRESSES.into_iter().flat_map(|start| {
        memmem::find_iter(text.as_bytes(), start).map(move |at| peek::span(at, at + start.len()))
    });
    labelled.chain(addresses).collect()
}

/// The label before the colon at byte `at`, if a name or a title follows.
fn label(text: &str, at: usize) -> Option<Span> {
    let colon @ (':' | '：') = peek::after(text, at)? else { return None };
    let from = text.ceil_char_boundary(at.saturating_sub(MAX_LABEL_BYTES));
    let before = peek::slice(text, from, at).trim_end_matches([' ', '\u{A0}']);
    let word = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let named = LABELS.contains(&word.to_lowercase().as_str())
        || LABELS.iter().any(|label| {
            !label.is_ascii() && word.ends_with(label) && word.starts_with(crate::text::scripts::is_unspaced)
        });
    let ahead = peek::window(text, at + colon.len_utf8(), 8);
    let follows = ahead.trim_start().starts_with(|c: char| !c.is_lowercase() && !c.is_whitespace());
    let spaced = colon == '：' || ahead.starts_with(char::is_whitespace);
    (named && !word.starts_with(char::is_lowercase) && spaced && follows)
        .then(|| peek::span(from + before.len() - word.len(), at + colon.len_utf8()))
}
