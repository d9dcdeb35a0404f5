//! `palimpsest check`: a submission against a server's corpus, or against files.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::local;
use super::options::{CorpusArgs, OptionArgs, boilerplate_sizes, non_empty_group};
use super::texts::{read_text, write_report};
use crate::cli::connection::{Client, ServerArgs, block_on};
use crate::cli::error::CliError;
use crate::cli::input::Text;
use crate::cli::outcome::Outcome;
use crate::engine::{CollectionName, InvalidValue, Label, Scope, SourceId};
use crate::proto;

/// Arguments of `check`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The submission is not stored. With --against, no server is needed: the files are read as \
    `palimpsest import` reads them, and stored nowhere."
)]
pub(in crate::cli) struct CheckArgs {
    /// The submission: a file of UTF-8 text, or - for standard input
    #[arg(value_name = "FILE")]
    submission: PathBuf,
    /// Check against these folders and files (.txt, .md, .jsonl), without a server; repeatable
    #[arg(long, value_name = "PATH", num_args = 1.., conflicts_with = "collections")]
    against: Vec<PathBuf>,
    /// A collection to check against; repeatable [default: default]
    #[arg(long = "collection", value_name = "NAME")]
    collections: Vec<String>,
    /// Exclude the source with this id; repeatable
    #[arg(long = "exclude-source", value_name = "ID")]
    exclude_sources: Vec<String>,
    /// Exclude the sources of this group; repeatable
    #[arg(long = "exclude-group", value_name = "GROUP")]
    exclude_groups: Vec<String>,
    /// Exclude the sources with this label; repeatable
    #[arg(long = "exclude-label", value_name = "LABEL")]
    exclude_labels: Vec<String>,
    #[command(flatten)]
    corpus: CorpusArgs,
    #[command(flatten)]
    options: OptionArgs,
}

/// Checks the submission, and prints the report.
pub(in crate::cli) fn run(
    args: &CheckArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    if !args.against.is_empty() && server.is_named() {
        return Err(CliError::Usage("--against needs no server; leave out --server or --against"));
    }
    if args.against.is_empty() {
        let options = args.options.to_proto(&args.corpus)?;
        let submission = read_text(&args.submission)?;
        let report = block_on(check_on_server(args, options, server, &submission))?;
        write_report(out, &report, &submission, args.options.report_form())?;
        return Ok(Outcome::Done);
    }
    let options = args.options.to_engine(&args.corpus)?;
    let submission = read_text(&args.submission)?;
    let corpus = local::Corpus::read(&args.against, &args.submission);
    let report = corpus.check(&submission.text, &args.scope()?, &options)?;
    write_report(out, &report, &submission, args.options.report_form())?;
    Ok(Outcome::of(corpus.is_complete()))
}

async fn check_on_server(
    args: &CheckArgs,
    options: proto::DetectionOptions,
    server: &ServerArgs,
    submission: &Text,
) -> Result<proto::Report, CliError> {
    let client = Client::connect(server).await?;
    let mut sizes = boilerplate_sizes(options.exclusions.as_ref());
    sizes.push(submission.text.len());
    client.ensure_accepted(&sizes).await?;
    let request = proto::CheckRequest {
        text: submission.text.clone(),
        scope: Some(proto::Scope {
            collections: args.collections.clone(),
            exclude_source_ids: args.exclude_sources.clone(),
            exclude_groups: args.exclude_groups.clone(),
            exclude_labels: args.exclude_labels.clone(),
            ..proto::Scope::default()
        }),
        options: Some(options),
        ..proto::CheckRequest::default()
    };
    let response = client.response(client.detection().check(client.request(request)).await)?;
    Ok(response.report.unwrap_or_default())
}

impl CheckArgs {
    /// The scope as a type of the engine.
    fn scope(&self) -> Result<Scope, CliError> {
        let bad = |option: &'static str| move |problem: InvalidValue| CliError::BadOption { option, problem };
        let ids = self.exclude_sources.iter().map(|id| SourceId::new(id));
        let groups = self.exclude_groups.iter().map(|group| non_empty_group(group));
        let labels = self.exclude_labels.iter().map(|label| Label::new(label));
        Ok(Scope {
            collections: [CollectionName::default()].into(),
            exclude_source_ids: ids.collect::<Result<_, _>>().map_err(bad("--exclude-source"))?,
            exclude_groups: groups.collect::<Result<_, _>>().map_err(bad("--exclude-group"))?,
            exclude_labels: labels.collect::<Result<_, _>>().map_err(bad("--exclude-label"))?,
            ..Scope::default()
        })
    }
}
