//! Texts and documents of requests.

use encoding_rs::Encoding;

use super::pages::kind_from_proto;
use crate::engine::{InvalidPages, PageStart, Pages};
use crate::proto;
use crate::service::parse::Fields;

/// Maximum number of bytes of the name of a document.
const MAX_NAME_BYTES: usize = 512;

/// A document of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::service) struct GivenDocument {
    /// The path of its field in the request.
    pub(in crate::service) field: String,
    pub(in crate::service) content: Vec<u8>,
    pub(in crate::service) name: String,
    pub(in crate::service) encoding: String,
}

/// A text of a request, or a document in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::service) enum GivenText {
    Text(String),
    Document(GivenDocument),
}

impl Fields {
    /// A document.
    pub(in crate::service) fn document(&mut self, field: &str, document: proto::Document) -> GivenDocument {
        let proto::Document { content, name, encoding } = document;
        self.document_facts(&format!("{field}."), &name, &encoding);
        GivenDocument { field: field.to_owned(), content, name, encoding }
    }

    /// What is stated of a document. `prefix` is the path of the message that has the fields.
    pub(in crate::service) fn document_facts(&mut self, prefix: &str, name: &str, encoding: &str) {
        if name.len() > MAX_NAME_BYTES {
            let bytes = name.len();
            self.invalid(
                format!("{prefix}name"),
                format!("has {bytes} bytes, but may have {MAX_NAME_BYTES} at most"),
            );
        }
        if !encoding.is_empty() && Encoding::for_label(encoding.as_bytes()).is_none() {
            let encoding: String = encoding.chars().take(64).collect();
            let description = format!(
                "is {encoding:?}, which is no label of the WHATWG Encoding Standard; use one, such as windows-1252, or leave it empty"
            );
            self.invalid(format!("{prefix}encoding"), description);
        }
    }

    /// A text, or the document in its place. `prefix` is the path of the message that has the two fields.
    pub(in crate::service) fn text_or_document(
        &mut self,
        prefix: &str,
        text: String,
        document: Option<proto::Document>,
    ) -> GivenText {
        let Some(document) = document else { return GivenText::Text(text) };
        let field = format!("{prefix}document");
        if !text.is_empty() {
            self.invalid(field.as_str(), "is set, and so is text; set one of the two");
        }
        GivenText::Document(self.document(&field, document))
    }

    /// The pages of a text of the request; `None` if nothing is known of them. Those of a document come from the document.
    pub(in crate::service) fn pages(
        &mut self,
        field: &str,
        pages: Option<proto::DocumentPages>,
        text: &GivenText,
    ) -> Option<Pages> {
        let pages = pages?;
        let GivenText::Text(text) = text else {
            self.invalid(field, "is set, and so is document; the pages of a document are found in it");
            return None;
        };
        let Ok(kind) = proto::PageKind::try_from(pages.kind) else {
            let description = format!("is {}, which no value of this enum has; see the proto", pages.kind);
            self.invalid(format!("{field}.kind"), description);
            return None;
        };
        let proto::DocumentPages { count, pages, .. } = pages;
        let mut starts = Vec::with_capacity(pages.len());
        for (place, proto::DocumentPage { number, label, span }) in pages.into_iter().enumerate() {
            let Some(span) = span else {
                self.invalid(format!("{field}.pages[{place}].span"), "is missing");
                return None;
            };
            let offset = u32::try_from(span.start).unwrap_or(u32::MAX);
            starts.push(PageStart { offset, number, label: label.into() });
        }
        match Pages::new(kind_from_proto(kind), count, starts, text) {
            Ok(pages) => Some(pages).filter(|pages| !pages.is_empty()),
            Err(error) => {
                self.invalid(path_of(field, &error), error.to_string());
                None
            }
        }
    }
}

/// The path of the field that breaks a rule.
fn path_of(field: &str, error: &InvalidPages) -> String {
    match error {
        InvalidPages::TooMany { .. } | InvalidPages::LabelsTooLong { .. } => format!("{field}.pages"),
        InvalidPages::Count { .. } => format!("{field}.count"),
        InvalidPages::Label { place, .. } => format!("{field}.pages[{place}].label"),
        InvalidPages::Number { place, .. } => format!("{field}.pages[{place}].number"),
        InvalidPages::Offset { place, .. } | InvalidPages::InsideCharacter { place, .. } => {
            format!("{field}.pages[{place}].span.start")
        }
    }
}
