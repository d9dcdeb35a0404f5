//! Sources on the subject of another one.

use maud::{Markup, html};

use super::{length, source_path, title, writing};
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
    let scale = writing::scales(visitor, &name.collection).await?.into_iter().next();
    let mut cards = Vec::with_capacity(listed.sources.len());
    for source in &listed.sources {
        let grade = match &scale {
            Some(scale) => grade(visitor, scale, source).await,
            None => None,
        };
        cards.push(card(source, grade.as_deref()));
    }
    Ok(html! {
        h2 { "You may also find these documents helpful" }
        @if cards.is_empty() {
            p { "No other source of this collection is on the same subject." }
        } @else {
            ul.cards { @for card in &cards { (card) } }
        }
    })
}

/// The band of a source on a scale, or its score where the scale has no bands; `None` for a text that has no score.
async fn grade(visitor: &Visitor, scale: &proto::Scale, source: &proto::RelatedSource) -> Option<String> {
    let name = proto::SourceName { collection: source.collection.clone(), id: source.id.clone() };
    let score = writing::score_on(visitor, scale, &name).await.ok()?;
    let grade = if score.band.is_empty() { format!("{:.2}", score.score) } else { score.band };
    Some(format!("{}: {grade}", scale.name))
}

fn card(source: &proto::RelatedSource, grade: Option<&str>) -> Markup {
    let path = source_path(&source.collection, &source.id, "");
    html! {
        li {
            h3 { a href=(path) { bdi { (title(&source.title, &source.id)) } } }
            @if let Some(excerpt) = &source.excerpt { p dir="auto" { (excerpt.text) } }
            p.hint {
                @if !source.group.is_empty() { bdi { (source.group) } " · " }
                @if let Some(length) = &source.length { (self::length(length)) " · " }
                @if let Some(grade) = grade { bdi { (grade) } " · " }
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
