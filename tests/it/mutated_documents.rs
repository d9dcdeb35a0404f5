//! Documents that are mutated at random: no reader panics, and none takes long. The packages of Word, OpenDocument and EPUB are
//! also packed anew after their parts are mutated, so that mutations reach what is inside.
//!
//! `PALIMPSEST_DOCUMENT_MUTATIONS` is the number of mutated documents for each reader.

use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use palimpsest::documents::{Document, Limits, read};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Longest time for one document. The aim is the limit of a child, for the optimised program.
const BOUND: Duration =
    if cfg!(debug_assertions) { Duration::from_secs(30) } else { Duration::from_secs(10) };

/// A small generator of random numbers, so that each mutation can be made again from its number.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound.max(1)
    }

    fn range(&mut self, length: usize, longest: usize) -> std::ops::Range<usize> {
        let start = self.below(length);
        start..(start + 1 + self.below(longest)).min(length)
    }
}

fn mutations(few: u64) -> u64 {
    std::env::var("PALIMPSEST_DOCUMENT_MUTATIONS").map_or(few, |number| number.parse().unwrap())
}

fn fixtures(extensions: &[&str]) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents");
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            extensions.iter().any(|one| path.extension().is_some_and(|extension| extension == *one))
        })
        .collect();
    found.sort();
    assert!(!found.is_empty(), "no fixtures of {extensions:?}");
    found
}

/// Changes some bytes.
fn mutate(content: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(4) {
        let length = content.len();
        match random.below(8) {
            0 => (0..=random.below(16)).for_each(|_| {
                let at = random.below(content.len());
                content.get_mut(at).into_iter().for_each(|byte| *byte ^= 1 << random.below(8));
            }),
            1 => content.truncate(random.below(length)),
            2 => drop(content.drain(random.range(length, 200))),
            3 => {
                let piece = content.get(random.range(length, 2000)).unwrap_or_default().to_vec();
                let at = random.below(length);
                (0..=random.below(20)).for_each(|_| drop(content.splice(at..at, piece.iter().copied())));
            }
            4 => {
                let at = random.range(length, 8);
                let byte = [0, 0x7F, 0x80, 0xFF][random.below(4)];
                content.get_mut(at).into_iter().for_each(|bytes| bytes.fill(byte));
            }
            5 => {
                let from = random.range(length, 500);
                let piece = content.get(from).unwrap_or_default().to_vec();
                let at = random.range(length, 500);
                drop(content.splice(at, piece));
            }
            6 => {
                // A number becomes another.
                let digits: Vec<usize> = content
                    .iter()
                    .enumerate()
                    .filter(|(_, byte)| byte.is_ascii_digit())
                    .map(|(at, _)| at)
                    .collect();
                let number = ["0", "-1", "1", "99999999999", "2147483648", "65536"][random.below(6)];
                if let Some(at) = digits.get(random.below(digits.len())) {
                    drop(content.splice(*at..=*at, number.bytes()));
                }
            }
            _ => {
                let signs =
                    ["<", ">", "&", "\"", "{", "}", "\\", "]]>", "<!--", "(", "<<", "endobj", "\u{202E}"];
                let at = random.below(length + 1);
                drop(content.splice(at..at, signs[random.below(signs.len())].bytes()));
            }
        }
    }
}

/// The same package with one part mutated; `None` if it is no package.
fn mutate_part(package: &[u8], random: &mut Random) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(package)).ok()?;
    let chosen = random.below(archive.len());
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).ok()?;
        let mut content = Vec::new();
        entry.read_to_end(&mut content).ok()?;
        if index == chosen {
            mutate(&mut content, random);
        }
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let name = entry.name().ok()?.into_owned();
        packed.start_file(name, options).ok()?;
        packed.write_all(&content).ok()?;
    }
    Some(packed.finish().ok()?.into_inner())
}

/// Reads mutations of the fixtures with these extensions, `few` unless the environment says how many.
fn endures(extensions: &[&str], few: u64) {
    let mutations = mutations(few);
    let fixtures: Vec<_> =
        fixtures(extensions).into_iter().map(|path| (fs::read(&path).unwrap(), path)).collect();
    let (mut read_ones, mut problems) = (0_u64, Vec::new());
    for number in 1..=mutations {
        let (content, path) = &fixtures[usize::try_from(number).unwrap() % fixtures.len()];
        let mut random = Random(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut mutated = content.clone();
        match Some(random.below(4)).filter(|kind| *kind > 0).and_then(|_| mutate_part(content, &mut random)) {
            Some(package) => mutated = package,
            None => mutate(&mut mutated, &mut random),
        }
        let begun = Instant::now();
        let result = catch_unwind(|| {
            read(Document { content: &mutated, name: "", encoding: "" }, &Limits::default()).is_ok()
        });
        let took = begun.elapsed();
        if result.is_err() || took > BOUND {
            let kept = std::env::temp_dir().join(format!("mutated-{number}.{}", extensions[0]));
            fs::write(&kept, &mutated).unwrap();
            problems.push(format!("{} {number}: {took:?}, kept as {}", path.display(), kept.display()));
        }
        read_ones += u64::from(result.is_ok_and(|is_read| is_read));
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    // Mutations that no reader gets into would show nothing.
    assert!(read_ones * 10 > mutations, "only {read_ones} were read");
}

#[test]
fn text() {
    endures(&["txt", "md"], 300);
}

#[test]
fn html() {
    endures(&["html"], 300);
}

#[test]
fn rtf() {
    endures(&["rtf"], 300);
}

#[test]
fn word() {
    endures(&["docx"], 300);
}

#[test]
fn open_document() {
    endures(&["odt"], 300);
}

#[test]
fn epub() {
    endures(&["epub"], 300);
}

#[test]
fn pdf() {
    endures(&["pdf"], 60);
}
