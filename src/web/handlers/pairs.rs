//! Comparing all sources of a collection with one another: the form, the progress, the report.

use std::time::Duration;

use axum::extract::{Path, Request};
use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};
use tokio::sync::watch;

use super::options::{exclusions, min_passage_words, mode};
use super::report;
use crate::proto;
use crate::web::failure::Failure;
use crate::web::forms::Form;
use crate::web::jobs::JobState;
use crate::web::layout;
use crate::web::layout::parts::{
    collection_counts, collection_path, count, detection_fields, exclusion_fields,
};
use crate::web::visitor::Visitor;

/// Seconds after which the page of a running comparison loads itself again.
const RELOAD_SECONDS: u64 = 2;

/// Time for which a browser waits at once for a comparison: most end within it.
const PATIENCE: Duration = Duration::from_millis(1500);

/// The form for a comparison.
pub(in crate::web) async fn form(visitor: Visitor, Path(name): Path<String>) -> Result<Response, Failure> {
    let request = visitor.backend.request(proto::GetCollectionRequest { name: name.clone() });
    let found = visitor.backend.corpus().get_collection(request).await?.into_inner();
    let stats = found.collection.and_then(|collection| collection.stats).unwrap_or_default();
    let content = html! {
        h1 { "Compare all sources of " bdi { (name) } }
        p { (collection_counts(&stats)) }
        form method="post" enctype="multipart/form-data" action=(collection_path(&name, "/pairs")) {
            (visitor.nav.token_field())
            fieldset {
                legend { "Options" }
                div.columns {
                    (detection_fields())
                    div.field {
                        label for="min_coverage" { "Lowest coverage, in percent" }
                        input type="number" id="min_coverage" name="min_coverage" min="0" max="100" step="any"
                            aria-describedby="min_coverage_hint";
                        p.hint id="min_coverage_hint" { "Pairs below it are not listed. Empty for the default." }
                    }
                }
                ul.choices {
                    li { label { input type="checkbox" name="other_groups" value="yes"; " Only pairs of different groups" } }
                    li { label { input type="checkbox" name="hide_names" value="yes"; " Hide names in the report" } }
                }
            }
            (exclusion_fields(visitor.state.options.max_document_bytes))
            div.actions { button type="submit" { "Compare" } }
        }
        p { a href=(collection_path(&name, "")) { "Sources of " bdi { (name) } } }
    };
    Ok(layout::page(&visitor.nav, "Compare all sources", &content))
}

/// Starts a comparison, and leads to its page.
pub(in crate::web) async fn start(
    visitor: Visitor,
    Path(collection): Path<String>,
    request: Request,
) -> Result<Response, Failure> {
    let form = Form::read(&visitor, request).await?;
    let options = proto::PairOptions {
        min_passage_words: min_passage_words(&form)?,
        mode: mode(&form)?.into(),
        min_coverage_percent: form.number("min_coverage", "Lowest coverage, in percent")?,
        exclusions: Some(exclusions(&visitor, &form).await?),
        leave_out_same_group: form.is_checked("other_groups"),
        ..proto::PairOptions::default()
    };
    // Before the work begins: the form is the right page for a wrong name.
    let named = visitor.backend.request(proto::GetCollectionRequest { name: collection.clone() });
    visitor.backend.corpus().get_collection(named).await?;
    let pairs = proto::CompareAllRequest { collection: collection.clone(), options: Some(options) };
    let (sender, progress) = watch::channel(proto::PairsProgress::default());
    let work = report::pairs(visitor.backend.clone(), pairs, form.is_checked("hide_names"), sender);
    let job = visitor.state.jobs.start(visitor.session.id, collection, progress, work)?;
    Ok(layout::redirect(&format!("/pairs/{job}")))
}

/// The progress of a comparison, or its report.
pub(in crate::web) async fn show(visitor: Visitor, Path(job): Path<String>) -> Result<Response, Failure> {
    let state = visitor.state.jobs.wait(&visitor.session.id, &job, PATIENCE).await.ok_or_else(unknown)?;
    match state {
        JobState::Running { collection, elapsed, progress: done } => {
            let mut page = layout::page(
                &visitor.nav,
                "Comparing",
                &progress(&visitor, &job, &collection, elapsed, done),
            );
            layout::reload_after(&mut page, RELOAD_SECONDS);
            Ok(page)
        }
        JobState::Finished(Err(failure)) => Err(failure),
        JobState::Finished(Ok(report)) => Ok(layout::report(report, None)),
    }
}

fn progress(
    visitor: &Visitor,
    job: &str,
    collection: &str,
    elapsed: Duration,
    done: proto::PairsProgress,
) -> Markup {
    let proto::PairsProgress { sources_done, sources, pairs_found, .. } = done;
    html! {
        h1 { "Comparing all sources of " bdi { (collection) } }
        p role="status" {
            @if sources > 0 {
                (count(sources_done)) " of " (count(sources)) " sources are compared, and "
                (count(pairs_found)) " pairs found. "
            }
            "This has taken " (elapsed.as_secs()) " s so far. The page loads itself again until the report is there."
        }
        @if sources > 0 {
            progress max=(sources) value=(sources_done) aria-label="Sources that are compared" {}
        } @else {
            progress aria-label="The comparison waits or begins" {}
        }
        form method="post" action={ "/pairs/" (job) "/stop" } {
            (visitor.nav.token_field())
            div.actions {
                a.button.second href={ "/pairs/" (job) } { "Load again" }
                button.danger type="submit" { "Stop" }
            }
        }
    }
}

/// Stops a comparison.
pub(in crate::web) async fn stop(
    visitor: Visitor,
    Path(job): Path<String>,
    request: Request,
) -> Result<Response, Failure> {
    Form::read_small(&visitor, request).await?;
    let collection = visitor.state.jobs.stop(&visitor.session.id, &job).ok_or_else(unknown)?;
    Ok(layout::redirect(&collection_path(&collection, "/pairs")))
}

fn unknown() -> Failure {
    let message =
        "This comparison is not there: it was stopped, or its report was kept long enough; start it again";
    Failure::new(StatusCode::NOT_FOUND, "Not found", message)
}
