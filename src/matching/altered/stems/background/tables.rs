//! The embedded tables of word frequencies: see `data/frequencies/README.md`.

/// The table of one language, compressed by `build.rs`.
#[derive(Debug, Clone, Copy)]
pub(in crate::matching::altered::stems) struct Table(&'static [u8]);

/// The most bytes of a table's text.
const MOST_BYTES: usize = 1 << 17;

macro_rules! tables {
    ($($code:literal)*) => {
        /// The codes of all tables.
        pub(super) const CODES: &[&str] = &[$($code),*];

        impl Table {
            /// The table with this code (ISO 639-3).
            pub(in crate::matching::altered::stems) fn named(code: &str) -> Option<Self> {
                match code {
                    $($code => Some(Self(include_bytes!(concat!(env!("OUT_DIR"), "/frequencies/", $code, ".zst")))),)*
                    _ => None,
                }
            }
        }
    };
}

tables! {
    "ara" "ben" "bul" "cat" "ces" "cmn" "dan" "deu" "ell" "eng" "fin" "fra" "hbs" "heb" "hin" "hun" "ind" "ita" "jpn"
    "kor" "lav" "lit" "mkd" "nld" "nob" "pes" "pol" "por" "ron" "rus" "slk" "slv" "spa" "swe" "tam" "tgl" "tha" "tur"
    "ukr" "urd" "vie"
}

impl Table {
    /// The text of the table. A line has the share of each of its words in millionths, then the words.
    pub(super) fn text(self) -> String {
        // Every embedded table can be read: see the test.
        let bytes = zstd::bulk::decompress(self.0, MOST_BYTES).unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }
}

/// The text of each table. A line has the share of each of its words in millionths, then the words; the most frequent first.
pub fn frequency_tables() -> impl Iterator<Item = String> {
    CODES.iter().filter_map(|code| Table::named(code)).map(Table::text)
}

/// The words of a table's text, each with its share of all words.
pub(super) fn words(text: &str) -> impl Iterator<Item = (&str, f32)> {
    let classes = text.lines().filter_map(|line| line.split_once(' '));
    classes
        .filter_map(|(share, words)| Some((share.parse::<f32>().ok()?, words)))
        .flat_map(|(share, words)| words.split(' ').map(move |word| (word, share * 1e-6)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_line_of_every_table_is_read() {
        for code in CODES {
            let text = Table::named(code).map(Table::text).unwrap_or_default();
            let mut seen = HashSet::new();
            for line in text.lines() {
                let (share, words) = line.split_once(' ').unwrap();
                assert!(share.parse::<f32>().unwrap() >= 20.0, "{code}: {line}");
                assert!(words.split(' ').all(|word| !word.is_empty() && seen.insert(word)), "{code}: {line}");
            }
            assert_eq!(words(&text).count(), seen.len(), "{code}");
            assert!(seen.len() >= 2000, "{code}: {}", seen.len());
            let all: f32 = words(&text).map(|(_, share)| share).sum();
            assert!((0.5..1.0).contains(&all), "{code}: {all}");
        }
    }
}
