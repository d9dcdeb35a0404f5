//! Uploaded files, and the texts that are read from them.

use bytes::Bytes;

use crate::proto;
use crate::web::failure::Failure;

/// A file that a browser sent.
#[derive(Debug, Clone)]
pub(in crate::web) struct Upload {
    /// The name, without its path.
    pub(in crate::web) name: String,
    pub(in crate::web) content: Bytes,
}

impl Upload {
    /// A file of at most `max_bytes`.
    ///
    /// # Errors
    ///
    /// A file that is too large or empty; the message names it and the next step.
    pub(super) fn new(name: &str, content: &Bytes, max_bytes: usize) -> Result<Self, Failure> {
        // Some browsers send the path.
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        if content.len() > max_bytes {
            let bytes = content.len();
            return Err(Failure::too_large(format!(
                "{name} has {bytes} bytes, but a file may have {max_bytes} at most (max_document_bytes): split it"
            )));
        }
        if content.is_empty() {
            return Err(Failure::bad_form(format!("{name} is empty: choose another file")));
        }
        Ok(Self { name: name.to_owned(), content: content.clone() })
    }
}

/// A text with a name.
#[derive(Debug)]
pub(in crate::web) struct NamedText {
    /// The name of its file; empty for a pasted text.
    pub(in crate::web) name: String,
    pub(in crate::web) text: String,
    /// What is known of its document, with offsets in bytes; `None` for a pasted text.
    pub(in crate::web) document: Option<proto::ExtractedDocument>,
}

impl NamedText {
    /// A pasted text.
    pub(in crate::web) fn pasted(name: &str, text: String) -> Self {
        Self { name: name.to_owned(), text, document: None }
    }

    /// A title for the text: that of its document, or the name of its file without the extension.
    pub(in crate::web) fn title(&self) -> &str {
        let stated = self.document.as_ref().map_or("", |document| &document.title);
        if !stated.is_empty() {
            return stated;
        }
        self.name
            .rsplit_once('.')
            .map_or(&*self.name, |(stem, _)| if stem.is_empty() { &self.name } else { stem })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_without_their_paths_and_bounded() {
        let upload =
            |content: &'static [u8]| Upload::new("C:\\x\\essay.v2.txt", &Bytes::from_static(content), 20);
        assert!(upload(b"").unwrap_err().message.contains("empty"));
        assert!(upload(&[b'a'; 21]).unwrap_err().message.contains("max_document_bytes"));
        assert_eq!(upload(b"words").unwrap().name, "essay.v2.txt");
        let mut text = NamedText::pasted("essay.v2.txt", String::new());
        assert_eq!(text.title(), "essay.v2");
        text.document = Some(proto::ExtractedDocument { title: "On tides".to_owned(), ..Default::default() });
        assert_eq!(text.title(), "On tides");
    }
}
