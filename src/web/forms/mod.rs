//! Forms as browsers send them: read within bounds, parsed, and checked to come from a page of this session.

pub(super) mod body;
mod parse;
mod texts;

use axum::extract::Request;
use bytes::Bytes;

pub(super) use self::texts::{NamedText, Upload};

use super::failure::Failure;
use super::visitor::{TOKEN_FIELD, Visitor};

/// Maximum number of fields, files included.
const MAX_FIELDS: usize = 2000;

/// Maximum number of files in one field.
const MAX_FILES: usize = 500;

/// Maximum bytes of a form without texts, which a visitor without a key may send, too.
const MAX_SMALL_BYTES: usize = 16 << 10;

/// A form that a page of the visitor's session sent.
#[derive(Debug)]
pub(super) struct Form {
    fields: Vec<Field>,
    max_document_bytes: usize,
}

#[derive(Debug)]
struct Field {
    name: String,
    /// The name of the file, for a field with a file.
    file_name: Option<String>,
    data: Bytes,
}

impl Form {
    /// Reads the form of a request.
    ///
    /// # Errors
    ///
    /// A form that is too large, malformed or late; one that a page of another session sent.
    pub(super) async fn read(visitor: &Visitor, request: Request) -> Result<Self, Failure> {
        Self::read_within(visitor, request, visitor.state.options.max_body_bytes).await
    }

    /// Reads the form of a request that has no texts.
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub(super) async fn read_small(visitor: &Visitor, request: Request) -> Result<Self, Failure> {
        Self::read_within(visitor, request, MAX_SMALL_BYTES).await
    }

    async fn read_within(visitor: &Visitor, request: Request, max_bytes: usize) -> Result<Self, Failure> {
        let options = &visitor.state.options;
        let (parts, body) = request.into_parts();
        let bytes = body::read(&parts.headers, body, max_bytes, options.default_deadline).await?;
        let fields = parse::fields(&parts.headers, bytes).await?;
        let form = Self { fields, max_document_bytes: options.max_document_bytes };
        let token = form.value(TOKEN_FIELD)?;
        if visitor.state.sessions.is_form_token(&visitor.session, token) {
            return Ok(form);
        }
        Err(Failure::forbidden(
            "This form does not belong to your session, which may have ended: open the page again, and send the form from there",
        ))
    }

    /// The value of a field; empty if it was not sent.
    pub(super) fn value(&self, name: &'static str) -> Result<&str, Failure> {
        self.values(name).next().unwrap_or(Ok(""))
    }

    /// The values of all fields of this name.
    pub(super) fn values(&self, name: &'static str) -> impl Iterator<Item = Result<&str, Failure>> {
        let own = self.fields.iter().filter(move |field| field.name == name && field.file_name.is_none());
        own.map(|field| {
            std::str::from_utf8(&field.data)
                .map_err(|_| Failure::bad_form(format!("The field {} is not UTF-8", field.name)))
        })
    }

    /// True if a box is checked.
    pub(super) fn is_checked(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }

    /// A number, if one was given.
    pub(super) fn number<T: std::str::FromStr>(
        &self,
        name: &'static str,
        label: &str,
    ) -> Result<Option<T>, Failure> {
        let value = self.value(name)?.trim();
        if value.is_empty() {
            return Ok(None);
        }
        let number = value.parse().map(Some);
        number.map_err(|_| Failure::bad_form(format!("“{label}” is {value:?}, but must be a number")))
    }

    /// The text that was pasted into a field, with line feeds as line ends: browsers send CR LF.
    pub(super) fn pasted(&self, name: &'static str) -> Result<Option<String>, Failure> {
        let text = self.value(name)?;
        Ok((!text.trim().is_empty()).then(|| text.replace("\r\n", "\n")))
    }

    /// The files of a field, or the reasons why they can't be used.
    ///
    /// # Errors
    ///
    /// If there are too many.
    pub(super) fn files(&self, name: &str) -> Result<Vec<Result<Upload, Failure>>, Failure> {
        let files = self.fields.iter().filter(|field| field.name == name).filter_map(|field| {
            // A browser sends a file without a name if none was chosen.
            let name = field.file_name.as_deref().filter(|name| !name.is_empty())?;
            Some(Upload::new(name, &field.data, self.max_document_bytes))
        });
        let files: Vec<_> = files.take(MAX_FILES + 1).collect();
        if files.len() > MAX_FILES {
            return Err(Failure::too_large(format!(
                "One form may have {MAX_FILES} files at most: send fewer at once, or use palimpsest import"
            )));
        }
        Ok(files)
    }
}
