//! The measures of a source, and its scores on the scales of its collection.

use axum::extract::Path;
use axum::response::Response;
use http::Uri;
use maud::{Markup, html};

use super::{heading, length, name_of};
use crate::proto;
use crate::web::failure::Failure;
use crate::web::layout;
use crate::web::layout::parts::count;
use crate::web::visitor::Visitor;

/// Contributions that are shown with a score.
const MAX_CONTRIBUTIONS: usize = 5;

/// A scale, and the score on it or why there is none.
type Scored = (proto::Scale, Result<proto::ScoreTextResponse, String>);

/// The page of the measures.
pub(in crate::web) async fn show(
    visitor: Visitor,
    Path(collection): Path<String>,
    uri: Uri,
) -> Result<Response, Failure> {
    let name = name_of(collection, &uri);
    let message = proto::AnalyzeRequest {
        source: Some(name.clone()),
        percentiles_collection: name.collection.clone(),
        ..proto::AnalyzeRequest::default()
    };
    let request = visitor.backend.request(message);
    let analysis = visitor.backend.writing().analyze(request).await?.into_inner();
    let scores = scores(&visitor, &name).await?;
    let content = html! {
        (heading(&name, "Writing"))
        @if let Some(length) = &analysis.length { p { (self::length(length)) } }
        h2 { "Scores" }
        @if scores.is_empty() {
            p {
                "This collection has no scale. A scale is trained with at least 100 graded texts: "
                code { "palimpsest scale train" } "."
            }
        }
        @for (scale, score) in &scores { (self::score(scale, score.as_ref())) }
        p.hint { "A score says nothing of content, truth or originality." }
        (measures(&analysis))
    };
    Ok(layout::page(&visitor.nav, "Writing", &content))
}

async fn scores(visitor: &Visitor, name: &proto::SourceName) -> Result<Vec<Scored>, Failure> {
    let scales = scales(visitor, &name.collection).await?;
    let mut scores = Vec::with_capacity(scales.len());
    for scale in scales {
        let score = score_on(visitor, &scale, name).await;
        scores.push((scale, score));
    }
    Ok(scores)
}

/// The scales of a collection, by name.
pub(super) async fn scales(visitor: &Visitor, collection: &str) -> Result<Vec<proto::Scale>, Failure> {
    let message = proto::ListScalesRequest { collection: collection.to_owned() };
    let request = visitor.backend.request(message);
    Ok(visitor.backend.writing().list_scales(request).await?.into_inner().scales)
}

/// The score of a source on a scale of its collection, or why there is none.
pub(super) async fn score_on(
    visitor: &Visitor,
    scale: &proto::Scale,
    name: &proto::SourceName,
) -> Result<proto::ScoreTextResponse, String> {
    let message = proto::ScoreTextRequest {
        collection: name.collection.clone(),
        scale: scale.name.clone(),
        source: Some(name.clone()),
        ..proto::ScoreTextRequest::default()
    };
    let request = visitor.backend.request(message);
    let answer = visitor.backend.writing().score_text(request).await;
    answer.map(tonic::Response::into_inner).map_err(|status| Failure::from(status).message)
}

fn score(scale: &proto::Scale, score: Result<&proto::ScoreTextResponse, &String>) -> Markup {
    html! {
        h3 { bdi { (scale.name) } }
        @match score {
            Err(reason) => p.failure { (reason) },
            Ok(score) => {
                p {
                    strong { (format!("{:.2}", score.score)) }
                    @if !score.band.is_empty() { " (" bdi { (score.band) } ")" }
                    (format!(", between {:.2} and {:.2} in nine of ten cases", score.low, score.high))
                }
                @for warning in &score.warnings { p.hint { (warning) } }
                ul {
                    @for part in score.contributions.iter().take(MAX_CONTRIBUTIONS) {
                        li { (part.measure) ": " (format!("{:+.2}", part.contribution)) }
                    }
                }
            }
        }
    }
}

fn measures(analysis: &proto::AnalyzeResponse) -> Markup {
    let has_percentiles = analysis.percentile_sources > 0;
    html! {
        h2 { "Measures" }
        @if has_percentiles {
            p.hint {
                "Percentiles are among " (count(analysis.percentile_sources)) " of "
                (count(analysis.collection_sources)) " sources of the collection."
            }
        }
        div.scroll tabindex="0" role="region" aria-label="Measures" {
            table {
                thead {
                    tr {
                        th scope="col" { "Measure" }
                        th.count scope="col" { "Value" }
                        @if has_percentiles { th.count scope="col" { "Percentile" } }
                        th scope="col" { "Formula" }
                    }
                }
                tbody { @for measure in &analysis.measures { (row(measure, has_percentiles)) } }
            }
        }
        h2 { "Counts" }
        ul.choices {
            @for one in &analysis.counts {
                @if let Some(number) = one.count { li title=(one.description) { (one.name) ": " (count(number)) } }
            }
        }
    }
}

fn row(measure: &proto::TextMeasure, has_percentiles: bool) -> Markup {
    html! {
        tr {
            th.wide scope="row" { (measure.title) }
            @match measure.value {
                Some(value) => td.count { (format!("{value:.2}")) },
                None => td { (measure.not_applicable.as_ref().map_or("", |reason| &reason.message)) },
            }
            @if has_percentiles {
                td.count { @if let Some(percentile) = measure.percentile { (format!("{percentile:.0}")) } }
            }
            td.wide { code { (measure.formula) } }
        }
    }
}
