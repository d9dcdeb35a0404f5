//! `palimpsest check`: a submission against a server's corpus, or against files.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::client::{self, Client, ServerArgs};
use super::error::CliError;
use super::input::{self, Text};
use super::local;
use super::options::{CorpusArgs, OptionArgs, boilerplate_sizes, named_group};
use super::render::{self, Look, Subject};
use super::{Outcome, json};
use crate::engine::{CollectionName, InvalidValue, Label, Scope, SourceId};
use crate::proto;

/// What to check, against what, and how.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The submission is not kept. With --against no server is needed: the files are read as \
    `palimpsest import` reads them, and forgotten afterwards."
)]
pub(super) struct CheckArgs {
    /// The submission: a file of UTF-8 text, or - for standard input
    #[arg(value_name = "FILE")]
    submission: PathBuf,
    /// Check against these folders and files (.txt, .md, .jsonl), without a server; may be given several
    /// times
    #[arg(long, value_name = "PATH", num_args = 1.., conflicts_with = "collections")]
    against: Vec<PathBuf>,
    /// A collection to check against; may be given several times [default: default]
    #[arg(long = "collection", value_name = "NAME")]
    collections: Vec<String>,
    /// Leave out the source with this id; may be given several times
    #[arg(long = "exclude-source", value_name = "ID")]
    exclude_sources: Vec<String>,
    /// Leave out the sources of this group; may be given several times
    #[arg(long = "exclude-group", value_name = "GROUP")]
    exclude_groups: Vec<String>,
    /// Leave out the sources with this label; may be given several times
    #[arg(long = "exclude-label", value_name = "LABEL")]
    exclude_labels: Vec<String>,
    #[command(flatten)]
    corpus: CorpusArgs,
    #[command(flatten)]
    options: OptionArgs,
}

/// Checks, and writes the report.
pub(super) fn run(args: &CheckArgs, server: &ServerArgs, out: &mut dyn Write) -> Result<Outcome, CliError> {
    if !args.against.is_empty() && server.is_named() {
        return Err(CliError::Usage("--against needs no server: leave out --server, or --against"));
    }
    if args.against.is_empty() {
        let options = args.options.to_proto(&args.corpus)?;
        let submission = read_submission(&args.submission)?;
        let report = client::block_on(ask(args, options, server, &submission))?;
        write_report(out, &report, &submission, &args.options)?;
        return Ok(Outcome::Done);
    }
    let options = args.options.to_engine(&args.corpus)?;
    let submission = read_submission(&args.submission)?;
    let corpus = local::Corpus::read(&args.against, &args.submission)?;
    let report = corpus.check(&submission.text, &args.scope()?, &options)?;
    write_report(out, &report, &submission, &args.options)?;
    Ok(Outcome::of(corpus.is_complete()))
}

/// Reads a submission, or says why it cannot be read.
pub(super) fn read_submission(path: &std::path::Path) -> Result<Text, CliError> {
    input::read_text(path).map_err(|(place, problem)| CliError::Unreadable { place, problem })
}

/// Writes a report as the options ask for it.
pub(super) fn write_report(
    out: &mut dyn Write,
    report: &proto::Report,
    submission: &Text,
    options: &OptionArgs,
) -> Result<(), CliError> {
    if options.json {
        return json::report(out, report);
    }
    let Text { name, text } = submission;
    Ok(render::report(out, report, &Subject { name, text }, Look::of_stdout(options.full))?)
}

async fn ask(
    args: &CheckArgs,
    options: proto::DetectionOptions,
    server: &ServerArgs,
    submission: &Text,
) -> Result<proto::Report, CliError> {
    let client = Client::connect(server).await?;
    let mut sizes = boilerplate_sizes(options.exclusions.as_ref());
    sizes.push(submission.text.len());
    client.ensure_taken(&sizes).await?;
    let request = proto::CheckRequest {
        text: submission.text.clone(),
        scope: Some(proto::Scope {
            collections: args.collections.clone(),
            exclude_source_ids: args.exclude_sources.clone(),
            exclude_groups: args.exclude_groups.clone(),
            exclude_labels: args.exclude_labels.clone(),
        }),
        options: Some(options),
    };
    let answer = client.answer(client.detection().check(client.request(request)).await)?;
    Ok(answer.report.unwrap_or_default())
}

impl CheckArgs {
    /// The scope in the engine's terms.
    fn scope(&self) -> Result<Scope, CliError> {
        let bad = |option: &'static str| move |problem: InvalidValue| CliError::BadOption { option, problem };
        let ids = self.exclude_sources.iter().map(|id| SourceId::new(id));
        let groups = self.exclude_groups.iter().map(|group| named_group(group));
        let labels = self.exclude_labels.iter().map(|label| Label::new(label));
        Ok(Scope {
            collections: [CollectionName::default()].into(),
            exclude_source_ids: ids.collect::<Result<_, _>>().map_err(bad("--exclude-source"))?,
            exclude_groups: groups.collect::<Result<_, _>>().map_err(bad("--exclude-group"))?,
            exclude_labels: labels.collect::<Result<_, _>>().map_err(bad("--exclude-label"))?,
        })
    }
}
