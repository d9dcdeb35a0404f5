//! The check of many files, with a line for each.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use super::output::{Output, Tally};
use super::pages::Pages;
use super::progress::Progress;
use super::result::Checked;
use super::{CheckArgs, in_process, on_server};
use crate::cli::commands::detection::local;
use crate::cli::commands::detection::options::Detail;
use crate::cli::commands::documents::DocumentTally;
use crate::cli::connection::{Client, ServerArgs};
use crate::cli::error::CliError;
use crate::cli::input::{Submission, Submissions};
use crate::cli::outcome::Outcome;
use crate::cli::render::{note, number, percent, warn};

/// Capacity of the channel of results.
const CHANNEL_RESULTS: usize = 16;

/// A check of many files that runs.
pub(super) struct Running {
    /// The results, in the order of the files.
    pub(super) results: mpsc::Receiver<Checked>,
    /// Ends after the last result.
    pub(super) end: tokio::task::JoinHandle<Result<Outcome, CliError>>,
}

/// Checks all files, and prints a line for each.
pub(super) async fn run(
    args: &CheckArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let Submissions { found, skipped, .. } = Submissions::find(&args.submissions);
    if found.is_empty() && args.ids.is_empty() {
        skipped.lines().iter().for_each(|line| note(line));
        return Err(CliError::NothingToCheck);
    }
    let detail = match args.options.detail() {
        Detail::People => Detail::Summary,
        detail => detail,
    };
    let page = args.options.page();
    if page.is_stdout() {
        return Err(CliError::Usage("--html names a folder for the pages of many files; - is for one"));
    }
    let mut pages = page.path().map(|folder| Pages::new(folder, &found));
    let progress = Progress::over((found.len() + args.ids.len()) as u64, args.csv || args.options.json());
    let mut output = Output::new(args.csv, args.options.json(), out);
    let mut running = start(args, found, detail, server).await?;
    let mut tally = Tally::default();
    let interrupted =
        receive(args, &mut running.results, &mut pages, &mut output, &mut tally, &progress).await;
    progress.finish();
    // After an interruption, the files that were checked are still printed.
    let written = output.finish(&tally, &skipped);
    let finished = pages.map(Pages::finish).transpose();
    let is_interrupted = interrupted?;
    written?;
    finished?;
    if is_interrupted {
        note(&format!("Interrupted: {} files were checked.", number(tally.checked)));
        return Ok(Outcome::Interrupted);
    }
    let ended = running.end.await.unwrap_or_else(|error| Err(CliError::Write(error.into())))?;
    for over in &tally.over {
        let limit = args.fail_over.unwrap_or_default();
        note(&format!("{} is covered to {}, over --fail-over {limit}", over.name, percent(&over.coverage)));
    }
    Ok(tally.outcome().max(ended))
}

async fn start(
    args: &CheckArgs,
    found: Vec<Submission>,
    detail: Detail,
    server: &ServerArgs,
) -> Result<Running, CliError> {
    let (sender, results) = mpsc::channel(CHANNEL_RESULTS);
    let encoding = args.encoding.encoding();
    let keep_texts = detail == Detail::Page;
    let end = if args.against.is_empty() {
        let request = args.request(detail)?;
        let client = Client::connect(server).await?;
        let stored = args.ids.iter().map(|id| args.source(id)).collect();
        let unit = args.options.unit();
        let subjects = on_server::Subjects { found, stored, encoding, unit };
        on_server::start(client, subjects, request, keep_texts, sender).await?
    } else {
        let options = args.options.to_engine(&args.corpus, detail)?;
        let scope = args.scope.to_engine()?;
        let paths = found.iter().map(|submission| submission.file.path());
        let corpus = local::Corpus::read(&args.against, paths.map(Path::new), encoding);
        in_process::start(in_process::Checks { corpus, scope, options, encoding, keep_texts }, found, sender)
    };
    Ok(Running { results, end })
}

/// Prints the results as they arrive. Returns whether the user pressed Ctrl-C.
async fn receive(
    args: &CheckArgs,
    results: &mut mpsc::Receiver<Checked>,
    pages: &mut Option<Pages>,
    output: &mut Output<'_>,
    tally: &mut Tally,
    progress: &Progress,
) -> Result<bool, CliError> {
    let (mut warnings, mut documents) = (BTreeSet::new(), DocumentTally::default());
    let mut interrupts = signal(SignalKind::interrupt())?;
    let is_interrupted = loop {
        let checked = tokio::select! {
            biased;
            _pressed = interrupts.recv() => break true,
            checked = results.recv() => checked,
        };
        let Some(checked) = checked else { break false };
        if let Ok(report) = &checked.result {
            warnings.extend(report.warnings.iter().map(|warning| warning.message.clone()));
            documents.add(&checked.name, report.document.as_ref());
        }
        if let Some(pages) = pages {
            pages.write(&checked, args.options.page())?;
        }
        let excess = checked.result.as_ref().ok().and_then(|report| args.excess(report));
        tally.add(&checked, excess);
        output.add(checked)?;
        progress.advance();
    };
    // Most warnings are about the scope, which all files share.
    progress.finish();
    for warning in &warnings {
        warn(warning);
    }
    documents.print_warnings();
    Ok(is_interrupted)
}
