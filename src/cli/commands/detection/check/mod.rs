//! `palimpsest check`: submissions against a server's corpus, or against files.

mod in_process;
mod many;
mod on_server;
mod output;
mod progress;
mod single;

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::options::{CorpusArgs, Detail, OptionArgs, non_empty_group};
use crate::cli::commands::encoding::EncodingArgs;
use crate::cli::connection::{ServerArgs, block_on};
use crate::cli::error::CliError;
use crate::cli::input::Submissions;
use crate::cli::outcome::Outcome;
use crate::engine::{CollectionName, InvalidValue, Label, Scope, SourceId};
use crate::proto;

/// Arguments of `check`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "One file gives a report. Several files, a folder or a pattern give a table with a line for each file; \
    --json then prints a line of JSON for each: {\"file\", \"checked\", \"reason\", \"report\"}. In a folder, all .txt, .text, \
    .md and .markdown files are read, also those in folders within; hidden ones are not. Submissions are not stored. With \
    --against, no server is needed: the files are read as `palimpsest import` reads them, and stored nowhere; a \
    submission among them is not compared with itself.\n\nExit codes: 3 if a text was not checked, because no source \
    is in scope, it can't be read, it is too short, or all of it is excluded; 4 if the coverage of a text exceeds \
    --fail-over, whatever happened to the others."
)]
pub(in crate::cli) struct CheckArgs {
    /// The submissions: files of text, folders, patterns such as 'class/*.txt', or - for standard input
    #[arg(required = true, value_name = "FILE")]
    submissions: Vec<PathBuf>,
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
    /// End with exit code 4 if the coverage of a text is more than this percentage, from 0 to 100
    #[arg(long, value_name = "PERCENT", value_parser = super::options::percentage_or_zero)]
    fail_over: Option<f64>,
    /// Print a line of CSV (RFC 4180) for each file, with a header
    #[arg(long, conflicts_with_all = ["json", "full"])]
    csv: bool,
    #[command(flatten)]
    encoding: EncodingArgs,
    #[command(flatten)]
    corpus: CorpusArgs,
    #[command(flatten)]
    options: OptionArgs,
}

/// Checks the submissions, and prints the report or the table.
pub(in crate::cli) fn run(
    args: CheckArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    if !args.against.is_empty() && server.is_named() {
        return Err(CliError::Usage("--against needs no server; leave out --server or --against"));
    }
    match Submissions::single(&args.submissions) {
        Some(path) if !args.csv => single::run(&args, path, server, out),
        _ => block_on(many::run(&args, server, out)),
    }
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
        })
    }

    /// The request of a server, without a text.
    fn request(&self, detail: Detail) -> Result<proto::CheckRequest, CliError> {
        Ok(proto::CheckRequest {
            text: String::new(),
            scope: Some(proto::Scope {
                collections: self.collections.clone(),
                exclude_source_ids: self.exclude_sources.clone(),
                exclude_groups: self.exclude_groups.clone(),
                exclude_labels: self.exclude_labels.clone(),
            }),
            options: Some(self.options.to_proto(&self.corpus, detail)?),
        })
    }

    /// The coverage of a report, if it exceeds `--fail-over`.
    fn excess(&self, report: &proto::Report) -> Option<proto::Share> {
        let limit = self.fail_over?;
        report.coverage.filter(|coverage| coverage.of_words > 0 && coverage.percent > limit)
    }
}
