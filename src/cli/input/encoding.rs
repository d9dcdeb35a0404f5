//! Encodings of lines of JSON: what is given, what a byte order mark says, and guesses for error messages.

use std::fmt;
use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::{InputError, Place};

/// Size of the part of a text that a guess reads, in bytes.
const GUESSED_BYTES: usize = 64 << 10;

/// Parses the name of an encoding: a label of the WHATWG Encoding Standard, such as `windows-1252` or `utf-16`.
pub(in crate::cli) fn parse(label: &str) -> Result<&'static Encoding, String> {
    Encoding::for_label(label.as_bytes()).ok_or_else(|| match nearest(label) {
        Some(known) => format!("it is not the name of an encoding; did you mean {known}?"),
        None => {
            "it is not the name of an encoding; name one such as windows-1252, iso-8859-2, utf-16, shift_jis \
                 or gb18030"
                .to_owned()
        }
    })
}

/// Encodings whose names are suggested for a mistyped one.
const NAMES: [&str; 22] = [
    "utf-8",
    "utf-16",
    "utf-16le",
    "utf-16be",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1256",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-15",
    "macintosh",
    "koi8-r",
    "latin1",
    "shift_jis",
    "euc-jp",
    "euc-kr",
    "gb18030",
    "gbk",
    "big5",
];

fn nearest(label: &str) -> Option<&'static str> {
    let label = label.to_ascii_lowercase();
    let close = NAMES.into_iter().map(|name| (strsim::jaro_winkler(&label, name), name));
    close.filter(|(near, _)| *near > 0.8).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

/// Decodes the bytes of a text, `offset` bytes from the start of the file. Without an encoding, they must be UTF-8. A byte
/// order mark overrides the encoding.
pub(super) fn decode(
    bytes: Vec<u8>,
    offset: u64,
    encoding: Option<&'static Encoding>,
    place: &Place,
) -> Result<String, InputError> {
    let Some(given) = encoding else { return utf8(bytes, offset, place) };
    let marked = Encoding::for_bom(&bytes).map(|(marked, _)| marked);
    let encoding = marked.unwrap_or(given);
    if encoding == UTF_8 {
        return utf8(bytes, offset, place);
    }
    let (text, encoding, has_errors) = encoding.decode(&bytes);
    if has_errors {
        Err(InputError::NotInEncoding { encoding: encoding.name() })
    } else {
        Ok(text.into_owned())
    }
}

fn utf8(bytes: Vec<u8>, offset: u64, place: &Place) -> Result<String, InputError> {
    String::from_utf8(bytes).map_err(|error| {
        let byte = offset + error.utf8_error().valid_up_to() as u64;
        InputError::NotUtf8 { byte, guess: EncodingGuess::of(error.as_bytes(), place) }
    })
}

/// The likely encoding of a text that is not UTF-8, with the command that converts its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct EncodingGuess {
    /// Name of the encoding; `None` if the file looks like no text.
    encoding: Option<&'static str>,
    /// The file as an argument of a shell.
    file: String,
}

impl EncodingGuess {
    fn of(bytes: &[u8], place: &Place) -> Self {
        let head = bytes.get(..GUESSED_BYTES).unwrap_or(bytes);
        Self { encoding: guess(head), file: shell_word(place.path()) }
    }
}

impl fmt::Display for EncodingGuess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { encoding, file } = self;
        let Some(encoding) = encoding else {
            return f.write_str("it looks like no text file: save it as plain text first");
        };
        write!(
            f,
            "it looks like {encoding}: convert it with `iconv -f {} -t UTF-8 {file}`, or add --encoding {}",
            encoding.to_ascii_uppercase(),
            encoding.to_ascii_lowercase()
        )
    }
}

/// The name of the likely encoding; `None` for bytes that look like no text.
fn guess(bytes: &[u8]) -> Option<&'static str> {
    if let Some((marked, _)) = Encoding::for_bom(bytes).filter(|(marked, _)| *marked != UTF_8) {
        // The name that readers use for UTF-16 with a mark.
        return Some(if [UTF_16LE, UTF_16BE].contains(&marked) { "UTF-16" } else { marked.name() });
    }
    let zeros = |from: usize| bytes.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if even + odd > 0 {
        let most = bytes.len() / 5;
        return if odd > most && even == 0 {
            Some("UTF-16LE")
        } else if even > most && odd == 0 {
            Some("UTF-16BE")
        } else {
            None
        };
    }
    let controls = bytes.iter().filter(|byte| matches!(byte, 1..=8 | 0x0E..=0x1A | 0x1C..=0x1F)).count();
    if bytes.starts_with(b"%PDF") || controls > bytes.len() / 50 {
        return None;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    Some(detector.guess(None, Utf8Detection::Deny).name())
}

/// A path as a word of a shell command.
fn shell_word(path: &Path) -> String {
    let path = path.to_string_lossy();
    let is_plain = |c: char| c.is_alphanumeric() || "-_./+,@%:".contains(c);
    if !path.is_empty() && path.chars().all(is_plain) {
        return path.into_owned();
    }
    format!("'{}'", path.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(bytes: &[u8], file: &str) -> String {
        decode(bytes.to_vec(), 0, None, &Place::file(Path::new(file))).unwrap_err().to_string()
    }

    #[test]
    fn an_error_names_the_byte_the_likely_encoding_and_the_command() {
        assert_eq!(
            problem(
                "Le café était fermé à midi".chars().map(|c| c as u8).collect::<Vec<u8>>().as_slice(),
                "a b.txt"
            ),
            "is not valid UTF-8 at byte 6; it looks like windows-1252: convert it with \
             `iconv -f WINDOWS-1252 -t UTF-8 'a b.txt'`, or add --encoding windows-1252"
        );
        let utf16 = [0xFF, 0xFE].into_iter().chain("any text".encode_utf16().flat_map(u16::to_le_bytes));
        let utf16 = problem(&utf16.collect::<Vec<u8>>(), "x.txt");
        assert!(utf16.contains("`iconv -f UTF-16 -t UTF-8 x.txt`"), "{utf16}");
        let unmarked: Vec<u8> = "a text é".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert!(problem(&unmarked, "x.txt").contains("UTF-16BE"));
        assert!(problem(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "x.txt").ends_with("save it as plain text first"));
    }

    #[test]
    fn a_mark_overrides_the_encoding_that_was_given() {
        let place = Place::file(Path::new("x.txt"));
        let given =
            |bytes: &[u8], label: &str| decode(bytes.to_vec(), 0, Some(parse(label).unwrap()), &place);
        assert_eq!(given(b"caf\xE9", "latin1").unwrap(), "café");
        assert_eq!(given("\u{FEFF}café".as_bytes(), "latin1").unwrap(), "\u{FEFF}café");
        let marked: Vec<u8> =
            [0xFE, 0xFF].into_iter().chain("né".encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!(given(&marked, "windows-1252").unwrap(), "né");
        assert_eq!(given(b"n\0\xE9\0", "utf-16").unwrap(), "né");
        let odd = given(b"n\0\xE9", "utf-16").unwrap_err().to_string();
        assert_eq!(odd, "is not valid UTF-16LE; name its encoding with --encoding");
    }

    #[test]
    fn a_mistyped_name_gets_the_nearest() {
        assert!(parse("windows-1225").unwrap_err().contains("did you mean windows-125"));
        assert!(parse("klingon").unwrap_err().contains("name one such as"));
    }
}
