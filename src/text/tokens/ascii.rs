//! The fast path: words of ASCII text found 64 bytes at a time.
//!
//! A text is first cut at every ASCII character that can't be part of a word. A piece that is all ASCII is one word;
//! any other piece goes to `segment`. `segment` cuts at the same characters, so the two agree on every text.
//!
//! Bytes are classified eight at a time in a 64-bit register (SWAR, "SIMD within a register"). Each byte leaves one
//! bit, so that the edges of the words in 64 bytes are the bits of one integer.

use super::segment;
use super::stem::Stem;
use super::token::{ComparedFormTooLong, Token, WordHasher};
use crate::text::folding::Form;
use crate::text::span::Span;

/// Bytes whose classes fit into one integer, a bit each.
const BLOCK: usize = 64;

/// Calls `sink` with each token of `text`, its stem and its span, in order. Linear in the text.
///
/// Fails if the compared forms have more than `max_bytes` in all. No time is spent on words past that limit.
///
/// Texts are cut off at 4 GiB: spans are 32 bits wide. Callers limit texts to far less.
#[inline]
pub(super) fn for_each_token(
    text: &str,
    hasher: &WordHasher,
    max_bytes: usize,
    mut sink: impl FnMut(Token, Stem, Span),
) -> Result<(), ComparedFormTooLong> {
    let mut pieces = Pieces { text, hasher, form: Form::default(), bytes: 0, max_bytes, is_overgrown: false };
    let bytes = text.as_bytes();
    let (mut start, mut inside, mut may_be_odd) = (0, 0, false);
    for base in (0..bytes.len()).step_by(BLOCK) {
        let Masks { pieces: mask, odd } = Masks::of(bytes.get(base..).unwrap_or_default(), inside);
        let before = mask << 1 | inside;
        let (mut starts, mut ends) = (mask & !before, before & !mask);
        let mut next_start = || {
            let next = base + starts.trailing_zeros() as usize;
            starts &= starts.wrapping_sub(1);
            next
        };
        if inside == 0 {
            start = next_start();
        }
        may_be_odd |= odd != 0;
        while ends != 0 {
            let end = base + ends.trailing_zeros() as usize;
            ends &= ends - 1;
            pieces.emit(start, end, may_be_odd, &mut sink);
            start = next_start();
        }
        inside = mask >> (BLOCK - 1);
        // Of the piece that goes on only this block is known.
        may_be_odd &= inside == 1;
    }
    if inside == 1 {
        pieces.emit(start, bytes.len(), true, &mut sink);
    }
    if pieces.is_overgrown || pieces.bytes > max_bytes { Err(ComparedFormTooLong) } else { Ok(()) }
}

/// One bit for each of the first 64 bytes of a text.
struct Masks {
    /// The byte is part of a piece. Bytes past the end are not.
    pieces: u64,
    /// The byte is neither an ASCII letter or digit nor between pieces.
    odd: u64,
}

impl Masks {
    /// Of the first bytes of `rest`. `before` is the bit of the byte before them: 1 if it is part of a piece.
    #[inline]
    fn of(rest: &[u8], before: u64) -> Self {
        let (mut words, mut apostrophes, mut foreign) = (0, 0, 0);
        let mut padded = [0; BLOCK];
        let block = rest.first_chunk::<BLOCK>().unwrap_or_else(|| {
            padded.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            &padded
        });
        for (i, eight) in block.as_chunks::<8>().0.iter().enumerate() {
            let eight = u64::from_le_bytes(*eight);
            words |= to_bits(word_bytes(eight)) << (8 * i);
            apostrophes |= to_bits(equal_bytes(eight, b'\'')) << (8 * i);
            foreign |= eight & splat(0x80);
        }
        // All bytes of a block with one that is not ASCII are odd: it is not worth while to tell them apart.
        let foreign = if foreign == 0 { 0 } else { u64::MAX };
        if apostrophes == 0 {
            return Self { pieces: words, odd: foreign };
        }
        let after = rest.get(BLOCK).is_some_and(|b| *b >= 0x80 || b.is_ascii_alphanumeric());
        let inner = apostrophes & (words << 1 | before) & (words >> 1 | u64::from(after) << (BLOCK - 1));
        Self { pieces: words | inner, odd: inner | foreign }
    }
}

/// `0x0101_0101_0101_0101 * byte`.
const fn splat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Sets the top bit of every byte that is an ASCII letter, an ASCII digit, or not ASCII.
#[inline]
fn word_bytes(eight: u64) -> u64 {
    let low = eight & splat(0x7F);
    let lower = low | splat(0x20);
    let at_least = |bytes: u64, least: u8| bytes + splat(0x80 - least);
    let letters = at_least(lower, b'a') & !at_least(lower, b'z' + 1);
    let digits = at_least(low, b'0') & !at_least(low, b'9' + 1);
    letters | digits | eight
}

/// Sets the top bit of every byte that equals `byte`, which is ASCII.
#[inline]
fn equal_bytes(eight: u64, byte: u8) -> u64 {
    let differs = eight ^ splat(byte);
    !(((differs & splat(0x7F)) + splat(0x7F)) | differs)
}

/// The top bits of the eight bytes, the first byte's lowest.
#[inline]
fn to_bits(eight: u64) -> u64 {
    (eight >> 7 & splat(1)).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// The first so many of 16 bytes.
#[expect(clippy::indexing_slicing, reason = "a wrong index would not compile")]
const KEPT: [u128; 17] = {
    let mut kept = [0; 17];
    let mut length = 1;
    while length < kept.len() {
        kept[length] = u128::MAX >> (8 * (16 - length));
        length += 1;
    }
    kept
};

/// Turns pieces into tokens.
struct Pieces<'a> {
    text: &'a str,
    hasher: &'a WordHasher,
    /// A buffer for compared forms, kept for its memory.
    form: Form,
    /// Bytes of the compared forms so far.
    bytes: usize,
    max_bytes: usize,
    is_overgrown: bool,
}

impl Pieces<'_> {
    /// `may_be_odd` is false only if the piece has nothing but ASCII letters and digits.
    #[inline]
    fn emit(&mut self, start: usize, end: usize, may_be_odd: bool, sink: &mut impl FnMut(Token, Stem, Span)) {
        match self.plain_word(start, end, may_be_odd) {
            Some((token, stem)) => {
                self.bytes += end - start;
                sink(token, stem, span(start, end));
            }
            None => self.emit_slowly(start, end, sink),
        }
    }

    /// The token and the stem of a piece of at most 16 ASCII letters and digits.
    #[inline]
    fn plain_word(&self, start: usize, end: usize, may_be_odd: bool) -> Option<(Token, Stem)> {
        let length = end - start;
        let rest = self.text.as_bytes().get(start..)?;
        let kept = *KEPT.get(length)?;
        let bytes = u128::from_le_bytes(rest.first_chunk().copied().unwrap_or_else(|| padded(rest))) & kept;
        if may_be_odd {
            // Letters and digits have bit 0x40 or 0x10; an apostrophe has neither, nor bit 0x80.
            let top = u128::from_ne_bytes([0x80; 16]);
            let odd = bytes & top | !(bytes << 1 | bytes << 3) & top & kept;
            if odd != 0 {
                return None;
            }
        }
        // Lower case differs from upper case by bit 0x20, which digits have too.
        let lower = (bytes | u128::from_ne_bytes([0x20; 16])) & kept;
        Some((self.hasher.short_token(lower, length), Stem::of_ascii(self.hasher, lower, length)))
    }

    #[cold]
    fn emit_slowly(&mut self, start: usize, end: usize, sink: &mut impl FnMut(Token, Stem, Span)) {
        let piece = self.text.get(start..end).unwrap_or_default();
        let Self { form, hasher, bytes, max_bytes, is_overgrown, .. } = self;
        let room = if *is_overgrown { 0 } else { max_bytes.saturating_sub(*bytes) };
        segment::for_each_word(piece, room, form, |word| {
            *is_overgrown |= word.form.is_none();
            let Some(form) = word.form.filter(|form| !form.is_empty()) else { return };
            *bytes += form.len();
            let span = span(start + word.range.start, start + word.range.end);
            let (token, stem) = match ascii_block(form) {
                Some(block) => {
                    let length = form.len();
                    (hasher.short_token(block, length), Stem::of_ascii(hasher, block, length))
                }
                None => (hasher.token(form.as_bytes()), Stem::of(hasher, form)),
            };
            sink(token, stem, span);
        });
    }
}

/// The last bytes of a text.
#[cold]
fn padded(rest: &[u8]) -> [u8; 16] {
    let mut block = [0; 16];
    block.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    block
}

/// A form of at most 16 ASCII bytes as a little-endian integer.
#[inline]
fn ascii_block(form: &str) -> Option<u128> {
    let mut block = [0; 16];
    block.get_mut(..form.len())?.copy_from_slice(form.as_bytes());
    let bytes = u128::from_le_bytes(block);
    (bytes & u128::from_ne_bytes([0x80; 16]) == 0).then_some(bytes)
}

#[inline]
fn span(start: usize, end: usize) -> Span {
    let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    Span { start: narrow(start), end: narrow(end) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::folding::compared_form;

    fn fast(text: &str) -> Vec<(Token, Span)> {
        let mut out = Vec::new();
        let each = |token, _, span| out.push((token, span));
        for_each_token(text, &WordHasher::for_tests(), usize::MAX, each).unwrap();
        out
    }

    /// The tokens by the definition, without the fast path.
    fn plain(text: &str) -> Vec<(Token, Span)> {
        let (mut out, mut compared) = (Vec::new(), String::new());
        segment::for_each_word(text, usize::MAX, &mut Form::default(), |word| {
            compared_form(&text[word.range.clone()], &mut compared);
            if !compared.is_empty() {
                let token = WordHasher::for_tests().token(compared.as_bytes());
                out.push((token, span(word.range.start, word.range.end)));
            }
        });
        out
    }

    #[test]
    fn agrees_with_the_segmentation_on_every_byte_and_length() {
        for byte in 0..=0x7F_u8 {
            let text = format!("a{}b {}", byte as char, "x".repeat(70));
            assert_eq!(fast(&text), plain(&text), "{byte:#x}");
        }
        for length in 0..200 {
            let word = "Word's ".repeat(length);
            assert_eq!(fast(&word), plain(&word));
            let long = "q".repeat(length);
            assert_eq!(fast(&long), plain(&long));
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_segmentation(text in "([a-cA-C0-2'’ .,-]|é|数|\u{200b}|ß|\u{301}|—|😀|а|ท){0,200}") {
            prop_assert_eq!(fast(&text), plain(&text));
        }

        #[test]
        fn agrees_with_the_segmentation_on_any_text(text in "\\PC{0,100}") {
            prop_assert_eq!(fast(&text), plain(&text));
        }

        #[test]
        fn spans_lie_on_character_boundaries(text in any::<String>()) {
            let mut last = 0;
            for (_, span) in fast(&text) {
                prop_assert!(span.start >= last && span.start < span.end);
                prop_assert!(text.get(span.start as usize..span.end as usize).is_some());
                last = span.end;
            }
        }
    }
}
