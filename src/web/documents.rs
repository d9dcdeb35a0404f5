//! Uploaded files to texts, by `DocumentService`.

use futures_util::{StreamExt as _, stream};

use super::failure::Failure;
use super::forms::{NamedText, Upload};
use super::visitor::Visitor;
use crate::proto;

/// Bytes of a document in one message.
const CHUNK_BYTES: usize = 256 << 10;

/// Files of one form that are read at a time.
const READ_AT_ONCE: usize = 4;

/// How the service names the document in its messages.
const FIELD: &str = "Document: ";

/// Reads the text of a file.
///
/// # Errors
///
/// The failure of the service; the message names the file.
pub(super) async fn read(visitor: &Visitor, upload: Upload) -> Result<NamedText, Failure> {
    let Upload { name, content } = upload;
    let first = proto::ExtractTextRequest { name: name.clone(), ..Default::default() };
    let chunks = (0..content.len()).step_by(CHUNK_BYTES).map(move |start| proto::ExtractTextRequest {
        chunk: content.slice(start..content.len().min(start + CHUNK_BYTES)).to_vec(),
        ..Default::default()
    });
    let requests = stream::iter([first].into_iter().chain(chunks));
    let backend = &visitor.backend;
    let request = backend.request_within(requests, visitor.state.options.default_deadline);
    let response = backend.documents().extract_text(request).await;
    let proto::ExtractTextResponse { text, document } =
        response.map_err(|status| of_file(&name, status.into()))?.into_inner();
    if text.is_empty() {
        return Err(Failure::bad_form(format!(
            "{name} has no text that its reader sees: choose another file"
        )));
    }
    Ok(NamedText { name, text, document })
}

/// Reads the texts of files, a few at a time, in their order.
pub(super) async fn read_all(
    visitor: &Visitor,
    uploads: Vec<Result<Upload, Failure>>,
) -> Vec<Result<NamedText, Failure>> {
    let each = |upload: Result<Upload, Failure>| async move { read(visitor, upload?).await };
    stream::iter(uploads).map(each).buffered(READ_AT_ONCE).collect().await
}

/// A failure with the name of the file, unless it is not about the file.
fn of_file(name: &str, failure: Failure) -> Failure {
    if failure.needs_login || failure.status.is_server_error() {
        return failure;
    }
    let problem = failure.message.strip_prefix(FIELD).unwrap_or(&failure.message);
    Failure { message: format!("{name} can\u{2019}t be read: {problem}"), ..failure }
}
