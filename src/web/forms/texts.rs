//! Uploaded files as texts.

use crate::web::failure::Failure;

/// First bytes of documents that are not plain text, with their kinds.
const DOCUMENTS: [(&[u8], &str); 4] = [
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a packed document (DOCX, ODT, EPUB or ZIP)"),
    (b"\xD0\xCF\x11\xE0", "a document of an old version of Word (DOC)"),
    (b"{\\rtf", "a document in rich text (RTF)"),
];

/// A text with a name.
#[derive(Debug)]
pub(in crate::web) struct Text {
    /// The name of its file.
    pub(in crate::web) name: String,
    pub(in crate::web) text: String,
}

impl Text {
    /// The content of a file of at most `max_bytes`.
    ///
    /// # Errors
    ///
    /// A file that is too large, empty, or not UTF-8; the message names it and the next step.
    pub(super) fn from_file(name: &str, data: &[u8], max_bytes: usize) -> Result<Self, Failure> {
        // Some browsers send the path.
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        if data.len() > max_bytes {
            let bytes = data.len();
            return Err(Failure::too_large(format!(
                "{name} has {bytes} bytes, but a text may have {max_bytes} at most (max_text_bytes): split it"
            )));
        }
        if data.is_empty() {
            return Err(Failure::bad_form(format!("{name} is empty: choose another file")));
        }
        if let Some((_, kind)) = DOCUMENTS.iter().find(|(start, _)| data.starts_with(start)) {
            return Err(Failure::bad_form(format!(
                "{name} is {kind}, and not plain text: save it as plain text in UTF-8, or copy its text and paste it"
            )));
        }
        let text = std::str::from_utf8(data).map_err(|error| {
            let is_utf16 = matches!(data, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]);
            let (hint, encoding) = if is_utf16 { (" (it looks like UTF-16)", "UTF-16") } else { ("", "WINDOWS-1252") };
            Failure::bad_form(format!(
                "{name} is not valid UTF-8 at byte {}{hint}: save it as UTF-8 in your editor, paste its text instead, or \
                 convert it with iconv -f {encoding} -t UTF-8 {name}",
                error.valid_up_to()
            ))
        })?;
        Ok(Self { name: name.to_owned(), text: text.to_owned() })
    }

    /// A title for the text: the name of its file without the extension.
    pub(in crate::web) fn title(&self) -> &str {
        self.name
            .rsplit_once('.')
            .map_or(&*self.name, |(stem, _)| if stem.is_empty() { &self.name } else { stem })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_named_with_the_next_step() {
        let said = |data: &[u8]| Text::from_file("dir/essay.txt", data, 20).unwrap_err().message;
        assert!(
            said(b"caf\xE9 au lait").starts_with("essay.txt is not valid UTF-8 at byte 3: save it as UTF-8")
        );
        assert!(said(b"\xFF\xFEa\0").contains("UTF-16"));
        assert!(said(b"%PDF-1.7").contains("PDF"));
        assert!(said(b"").contains("empty"));
        assert!(said(&[b'a'; 21]).contains("max_text_bytes"));
        let text = Text::from_file("C:\\x\\essay.v2.txt", "café".as_bytes(), 20).unwrap();
        assert_eq!(
            (text.name.as_str(), text.title(), text.text.as_str()),
            ("essay.v2.txt", "essay.v2", "café")
        );
    }
}
