//! What a zip archive is, by the names of its entries.

use memchr::memmem;

use super::super::{Failure, Format};

/// Signatures of a zip archive.
const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";

/// Most entries that are looked at.
const MAX_ENTRIES: usize = 10_000;

/// The format of a zip archive, or why it is not read; `None` if it is no zip archive.
pub(super) fn format(content: &[u8]) -> Option<Result<Format, Failure>> {
    let unknown = |looks_like: &str| Err(Failure::UnknownFormat { looks_like: looks_like.to_owned() });
    if content.starts_with(END) {
        return Some(unknown("an empty zip archive"));
    }
    if !content.starts_with(LOCAL) {
        return None;
    }
    let names = Names::of(content);
    let kind = mimetype(content).and_then(by_mimetype).unwrap_or_else(|| names.kind());
    Some(match kind {
        Kind::Read(format) => Ok(format),
        Kind::Other(looks_like) => unknown(looks_like),
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Read(Format),
    Other(&'static str),
}

/// The content of the first entry, if it is `mimetype`, as `OpenDocument` and EPUB ask.
fn mimetype(content: &[u8]) -> Option<&[u8]> {
    let entry = Entry::at(content, 0, LOCAL)?;
    let stored = content.get(8..10)? == [0, 0];
    if entry.name != b"mimetype" || !stored {
        return None;
    }
    let content = content.get(entry.end..)?;
    // The size is unknown where a descriptor follows; no type is longer.
    let head = content.get(..128).unwrap_or(content);
    head.get(..memmem::find(head, b"PK").unwrap_or(head.len()))
}

fn by_mimetype(kind: &[u8]) -> Option<Kind> {
    let document = kind.trim_ascii();
    if document.starts_with(b"application/epub+zip") {
        return Some(Kind::Read(Format::Epub));
    }
    let document = document.strip_prefix(b"application/vnd.oasis.opendocument.")?;
    Some(if document.starts_with(b"text") {
        Kind::Read(Format::Odt)
    } else if document.starts_with(b"spreadsheet") {
        Kind::Other("an OpenDocument spreadsheet (.ods)")
    } else if document.starts_with(b"presentation") {
        Kind::Other("an OpenDocument presentation (.odp)")
    } else {
        Kind::Other("an OpenDocument file that is no text")
    })
}

/// Which of the names that tell formats apart are there.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a name that is there or not")]
struct Names {
    content_types: bool,
    word: bool,
    excel: bool,
    powerpoint: bool,
    container: bool,
    content_xml: bool,
    java: bool,
    pages: bool,
    kindle: bool,
}

impl Names {
    fn of(content: &[u8]) -> Self {
        let mut names = Self::default();
        match central_directory(content) {
            Some(start) => {
                let mut at = start;
                for _ in 0..MAX_ENTRIES {
                    let Some(entry) = Entry::at(content, at, CENTRAL) else { break };
                    names.add(entry.name);
                    at = entry.end;
                }
            }
            // It is cut off: the entries that are there still say what it was.
            None => {
                for at in memmem::find_iter(content, LOCAL).take(MAX_ENTRIES) {
                    if let Some(entry) = Entry::at(content, at, LOCAL) {
                        names.add(entry.name);
                    }
                }
            }
        }
        names
    }

    fn add(&mut self, name: &[u8]) {
        let name: Vec<u8> =
            name.iter().map(|byte| if *byte == b'\\' { b'/' } else { byte.to_ascii_lowercase() }).collect();
        let name = name.strip_prefix(b"/").unwrap_or(&name);
        self.content_types |= name == b"[content_types].xml";
        self.word |= name.starts_with(b"word/");
        self.excel |= name.starts_with(b"xl/");
        self.powerpoint |= name.starts_with(b"ppt/");
        self.container |= name == b"meta-inf/container.xml";
        self.content_xml |= name == b"content.xml";
        self.java |= name == b"meta-inf/manifest.mf";
        self.pages |= name.starts_with(b"index/") && name.ends_with(b".iwa");
        self.kindle |= name.ends_with(b".fb2");
    }

    fn kind(self) -> Kind {
        if self.word {
            Kind::Read(Format::Docx)
        } else if self.excel {
            Kind::Other("an Excel workbook (.xlsx)")
        } else if self.powerpoint {
            Kind::Other("a PowerPoint presentation (.pptx)")
        } else if self.content_types {
            Kind::Read(Format::Docx)
        } else if self.container {
            Kind::Read(Format::Epub)
        } else if self.content_xml {
            Kind::Read(Format::Odt)
        } else if self.pages {
            Kind::Other("a document of Apple iWork (.pages)")
        } else if self.java {
            Kind::Other("a Java archive")
        } else if self.kindle {
            Kind::Other("a FictionBook e-book")
        } else {
            Kind::Other("a zip archive")
        }
    }
}

/// Where the central directory begins; `None` if there is none.
fn central_directory(content: &[u8]) -> Option<usize> {
    let end = memmem::rfind(content, END)?;
    let offset: [u8; 4] = content.get(end + 16..end + 20)?.try_into().ok()?;
    let offset = usize::try_from(u32::from_le_bytes(offset)).ok()?;
    let is_there = content.get(offset..).is_some_and(|rest| rest.starts_with(CENTRAL));
    // Something may stand before the archive, and large archives state it elsewhere.
    if is_there { Some(offset) } else { memmem::find(content, CENTRAL) }
}

/// The header of an entry.
#[derive(Debug, Clone, Copy)]
struct Entry<'a> {
    name: &'a [u8],
    /// Where the header ends.
    end: usize,
}

impl<'a> Entry<'a> {
    fn at(content: &'a [u8], at: usize, signature: &[u8]) -> Option<Self> {
        let header = content.get(at..)?;
        if !header.starts_with(signature) {
            return None;
        }
        let is_central = signature == CENTRAL;
        let (fixed, lengths) = if is_central { (46, 28) } else { (30, 26) };
        let short = |from: usize| -> Option<usize> {
            let bytes: [u8; 2] = header.get(from..from + 2)?.try_into().ok()?;
            Some(usize::from(u16::from_le_bytes(bytes)))
        };
        let (name, extra) = (short(lengths)?, short(lengths + 2)?);
        let comment = if is_central { short(lengths + 4)? } else { 0 };
        Some(Self { name: header.get(fixed..fixed + name)?, end: at + fixed + name + extra + comment })
    }
}
