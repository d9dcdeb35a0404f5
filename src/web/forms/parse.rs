//! The fields of a form in either encoding.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, StatusCode, header};

use super::{Field, MAX_FIELDS};
use crate::web::failure::Failure;

/// Parses the fields of a form: `multipart/form-data` or `application/x-www-form-urlencoded`.
pub(super) async fn fields(headers: &HeaderMap, body: Bytes) -> Result<Vec<Field>, Failure> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if let Ok(boundary) = multer::parse_boundary(kind) {
        return multipart(boundary, body).await;
    }
    if kind.split(';').next().is_some_and(|kind| kind.trim() == "application/x-www-form-urlencoded") {
        return url_encoded(&body);
    }
    Err(Failure::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "This form can't be used",
        "A form must be sent as multipart/form-data, with its boundary, or as application/x-www-form-urlencoded",
    ))
}

async fn multipart(boundary: String, body: Bytes) -> Result<Vec<Field>, Failure> {
    let body = stream::once(async { Ok::<_, Infallible>(body) });
    let mut parts = multer::Multipart::new(body, boundary);
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|error| malformed(&error))? {
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(str::to_owned);
        let data = part.bytes().await.map_err(|error| malformed(&error))?;
        push(&mut fields, Field { name, file_name, data })?;
    }
    Ok(fields)
}

fn url_encoded(body: &[u8]) -> Result<Vec<Field>, Failure> {
    let mut fields = Vec::new();
    for (name, value) in form_urlencoded::parse(body) {
        let data = Bytes::from(value.into_owned().into_bytes());
        push(&mut fields, Field { name: name.into_owned(), file_name: None, data })?;
    }
    Ok(fields)
}

fn push(fields: &mut Vec<Field>, field: Field) -> Result<(), Failure> {
    if fields.len() >= MAX_FIELDS {
        return Err(Failure::too_large(format!(
            "One form may have {MAX_FIELDS} fields at most: send less at once"
        )));
    }
    fields.push(field);
    Ok(())
}

fn malformed(error: &multer::Error) -> Failure {
    Failure::bad_form(format!("It is not well-formed multipart/form-data ({error}): send it again"))
}
