//! Sources on the subject of another one.

use maud::{Markup, html};

use super::{length, source_path, title};
use crate::proto;
use crate::web::failure::Failure;
use crate::web::visitor::Visitor;

/// Sources that are listed.
const MAX_SOURCES: u32 = 8;

/// The list of related sources of the same collection, without copies.
pub(super) async fn list(visitor: &Visitor, name: &proto::SourceName) -> Result<Markup, Failure> {
    let message = proto::ListRelatedRequest {
        scope: Some(proto::Scope { collections: vec![name.collection.clone()], ..proto::Scope::default() }),
        source: Some(name.clone()),
        max_sources: MAX_SOURCES,
        exclude_near_copies: true,
        ..proto::ListRelatedRequest::default()
    };
    let request = visitor.backend.request(message);
    let listed = visitor.backend.related().list_related(request).await?.into_inner();
    Ok(html! {
        h2 { "You may also find these documents helpful" }
        @if listed.sources.is_empty() {
            p { "No other source of this collection is on the same subject." }
        } @else {
            ul.cards { @for source in &listed.sources { (card(source)) } }
        }
    })
}

fn card(source: &proto::RelatedSource) -> Markup {
    let path = source_path(&source.collection, &source.id, "");
    html! {
        li {
            h3 { a href=(path) { bdi { (title(&source.title, &source.id)) } } }
            @if let Some(excerpt) = &source.excerpt { p dir="auto" { (excerpt.text) } }
            p.hint {
                @if !source.group.is_empty() { bdi { (source.group) } " · " }
                @if let Some(length) = &source.length { (self::length(length)) " · " }
                (percent(source.similarity)) " alike"
                @if !source.terms.is_empty() { ": " }
                @for (place, term) in source.terms.iter().enumerate() {
                    @if place > 0 { ", " }
                    bdi { (term.term) }
                }
            }
        }
    }
}

/// A share in whole percent.
fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
