//! Reports, rendered by the service.

use axum::body::Bytes;
use axum::response::Response;

use crate::proto;
use crate::render;
use crate::render::html::{Link, RenderOptions, ReportKind};
use crate::web::backend::Backend;
use crate::web::failure::Failure;
use crate::web::layout;
use crate::web::visitor::Visitor;

/// The report of a check.
pub(super) async fn check(
    visitor: &Visitor,
    check: proto::CheckRequest,
    name: String,
    file_name: Option<&str>,
) -> Result<Response, Failure> {
    let request = visitor.backend.request(check);
    let text = request.get_ref().text.clone();
    let report = visitor.backend.detection().check(request).await?.into_inner().report.unwrap_or_default();
    let mut options = RenderOptions::new(ReportKind::Check, &name);
    options.links = vec![Link { href: "/".to_owned(), text: "Check another text".to_owned() }];
    let rendered = tokio::task::spawn_blocking(move || render::html::check(&report, &text, &options)).await;
    Ok(layout::report(rendered.map_err(|_| Failure::defect())?, file_name))
}

/// The report of a comparison of all sources of a collection.
pub(super) async fn pairs(
    backend: Backend,
    pairs: proto::CompareAllRequest,
    _hides_names: bool,
) -> Result<Bytes, Failure> {
    let mut events = backend.detection().compare_all(backend.request(pairs)).await?.into_inner();
    let mut found = String::new();
    while let Some(event) = events.message().await? {
        found = format!("{event:?}");
    }
    Ok(found.into())
}
