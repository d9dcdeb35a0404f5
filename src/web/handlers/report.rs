//! Reports, made and rendered by `RenderingService`.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::{StreamExt as _, stream};
use tokio::sync::watch;
use tonic::Streaming;

use crate::proto::render_report_request::Subject;
use crate::proto::{
    CheckRequest, CompareAllRequest, ExtractedDocument, PairsProgress, RenderOptions, RenderReportRequest,
    RenderReportResponse,
};
use crate::render::html::Link;
use crate::service::PageExtras;
use crate::web::backend::Backend;
use crate::web::failure::Failure;
use crate::web::layout;
use crate::web::visitor::Visitor;

/// Maximum bytes of a name in a report.
const MAX_NAME_BYTES: usize = 512;

/// A submission to check.
pub(super) struct Submission {
    pub(super) check: CheckRequest,
    pub(super) name: String,
    /// What is known of its document.
    pub(super) document: Option<ExtractedDocument>,
}

/// The report of a check, sent on as it is made.
pub(super) async fn check(
    visitor: &Visitor,
    submission: Submission,
    file_name: Option<&str>,
) -> Result<Response, Failure> {
    let Submission { check, name, document } = submission;
    let options = RenderOptions { submission_name: cut(name), ..RenderOptions::default() };
    // A file that is saved has no links: they would lead nowhere.
    let links = match file_name {
        None => links(&[("/", "Check another text"), ("/collections", "Collections")]),
        Some(_) => Vec::new(),
    };
    let extras = PageExtras { links, document, ..PageExtras::default() };
    let deadline = Some(visitor.state.options.default_deadline);
    let mut pieces = render(&visitor.backend, Subject::Check(check), options, extras, deadline).await?;
    // The first piece comes with everything that can go wrong behind it; a later failure cuts the response off.
    let first = pieces.message().await?.unwrap_or_default();
    let rest = stream::try_unfold(pieces, |mut pieces| async move {
        let next = pieces.message().await?;
        Ok::<_, tonic::Status>(next.map(|piece| (Bytes::from(piece.chunk), pieces)))
    });
    let all = stream::iter([Ok(Bytes::from(first.chunk))]).chain(rest);
    Ok(layout::report(Body::from_stream(all), file_name))
}

/// The report of a comparison of all sources of a collection. The call has no deadline: it ends when it is dropped.
pub(super) async fn pairs(
    backend: Backend,
    pairs: CompareAllRequest,
    hide_names: bool,
    progress: watch::Sender<PairsProgress>,
) -> Result<Bytes, Failure> {
    let options = RenderOptions { hide_names, ..RenderOptions::default() };
    let collection = layout::parts::collection_path(&pairs.collection, "");
    let links = links(&[("/", "Check a text"), (&collection, "Sources of the collection")]);
    let extras = PageExtras { links, progress, ..PageExtras::default() };
    let mut pieces = render(&backend, Subject::Pairs(pairs), options, extras, None).await?;
    let mut report = Vec::new();
    while let Some(piece) = pieces.message().await? {
        report.extend_from_slice(&piece.chunk);
    }
    Ok(report.into())
}

async fn render(
    backend: &Backend,
    subject: Subject,
    options: RenderOptions,
    extras: PageExtras,
    deadline: Option<Duration>,
) -> Result<Streaming<RenderReportResponse>, Failure> {
    let message = RenderReportRequest { subject: Some(subject), options: Some(options) };
    let mut request = match deadline {
        Some(deadline) => backend.request_within(message, deadline),
        None => backend.request(message),
    };
    request.extensions_mut().insert(extras);
    Ok(backend.rendering().render_report(request).await?.into_inner())
}

fn links(links: &[(&str, &str)]) -> Vec<Link> {
    links.iter().map(|(href, text)| Link { href: (*href).to_owned(), text: (*text).to_owned() }).collect()
}

/// The name, cut to what the service takes.
fn cut(mut name: String) -> String {
    name.truncate(name.floor_char_boundary(MAX_NAME_BYTES));
    name
}
