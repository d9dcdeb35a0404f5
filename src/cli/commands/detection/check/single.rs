//! The check of a single file, with a whole report.

use std::io::Write;
use std::path::Path;

use super::CheckArgs;
use crate::cli::commands::detection::options::{Detail, boilerplate_sizes};
use crate::cli::commands::detection::texts::{Reported, read_submission, write_report};
use crate::cli::commands::detection::{local, sources};
use crate::cli::connection::{Client, ServerArgs, block_on};
use crate::cli::error::CliError;
use crate::cli::input::{Text, TextFile};
use crate::cli::outcome::Outcome;
use crate::cli::render::{SourceLines, note, percent};
use crate::proto;
use crate::render::html::ReportKind;

/// A report with what its rendering needs.
struct Checked {
    report: proto::Report,
    lines: SourceLines,
    /// Whether every source was read.
    is_complete: bool,
}

/// Checks the file at `path`, and prints the report.
pub(super) fn of_file(
    args: &CheckArgs,
    path: &Path,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let detail = args.options.detail();
    let read = || read_submission(&TextFile::at(path), args.encoding.encoding());
    let (submission, checked) = if args.against.is_empty() {
        let request = args.request(detail)?;
        let submission = read()?;
        let request = proto::CheckRequest { text: submission.text().to_owned(), ..request };
        let checked = block_on(async { check(&Client::connect(server).await?, request, detail).await })?;
        (submission, checked)
    } else {
        let submission = read()?;
        let checked = check_in_process(args, path, &submission, detail)?;
        (submission, checked)
    };
    write(args, &Reported::new(submission, args.options.unit()), checked, out)
}

/// Checks the stored source with this id, and prints the report.
pub(super) async fn of_source(
    args: &CheckArgs,
    id: &str,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let detail = args.options.detail();
    let name = args.source(id);
    let client = Client::connect(server).await?;
    let request = proto::CheckRequest { source: Some(name.clone()), ..args.request(detail)? };
    let checked = check(&client, request, detail).await?;
    let text = sources::stored_text(&client, name).await;
    write(args, &Reported::stored(id, text), checked, out)
}

/// Writes the report, and the notes that go with it.
fn write(
    args: &CheckArgs,
    submission: &Reported,
    checked: Checked,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let Checked { report, lines, is_complete } = checked;
    let excess = args.excess(&report);
    let outcome = write_report(out, report, submission, &lines, ReportKind::Check, &args.options)?;
    if let (Some(excess), Some(limit)) = (&excess, args.fail_over) {
        note(&format!("{} is covered to {}, over --fail-over {limit}", submission.name, percent(excess)));
    }
    let over = if excess.is_some() { Outcome::OverLimit } else { Outcome::Done };
    Ok(outcome.max(over).max(Outcome::of(is_complete)))
}

fn check_in_process(
    args: &CheckArgs,
    path: &Path,
    submission: &Text,
    detail: Detail,
) -> Result<Checked, CliError> {
    let (options, scope) = (args.options.to_engine(&args.corpus, detail)?, args.scope.to_engine()?);
    let corpus = local::Corpus::read(&args.against, [path].into_iter(), args.encoding.encoding());
    if corpus.own_source(path).is_some() {
        note(&format!("{} is the submission itself; it is not compared with itself", submission.name));
    }
    let report = corpus.check(path, submission.text(), scope, &options)?;
    Ok(Checked { lines: corpus.source_lines(&report), report, is_complete: corpus.is_complete() })
}

async fn check(client: &Client, request: proto::CheckRequest, detail: Detail) -> Result<Checked, CliError> {
    let exclusions = request.options.as_ref().and_then(|options| options.exclusions.as_ref());
    let mut sizes = boilerplate_sizes(exclusions);
    sizes.push(request.text.len());
    client.ensure_accepted(&sizes).await?;
    let response = client.response(client.detection().check(client.request(request)).await)?;
    let report = response.report.unwrap_or_default();
    let lines = match detail {
        Detail::People => sources::lines(client, &report).await,
        Detail::Program | Detail::Summary | Detail::Page => SourceLines::default(),
    };
    Ok(Checked { report, lines, is_complete: true })
}
