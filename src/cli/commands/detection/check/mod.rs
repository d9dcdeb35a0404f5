//! `palimpsest check`: submissions against a server's corpus, or against files.

mod in_process;
mod many;
mod on_server;
mod output;
mod pages;
mod progress;
mod result;
mod single;

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::options::{CorpusArgs, Detail, OptionArgs};
use super::scope::ScopeArgs;
use crate::cli::commands::encoding::EncodingArgs;
use crate::cli::connection::{ServerArgs, block_on};
use crate::cli::error::CliError;
use crate::cli::input::Submissions;
use crate::cli::outcome::Outcome;
use crate::proto;

/// Arguments of `check`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "One file gives a report. Several files, a folder, an archive or a pattern give a table with a line for each file; \
    --json then prints a line of JSON for each: {\"file\", \"checked\", \"reason\", \"report\"}. Submissions are \
    plain text or Markdown in any encoding, docx, odt, epub, html, rtf or pdf, by their content. In a folder or a zip \
    archive, all files with an extension of these are read, also those in folders within; hidden ones are not. Submissions are not stored. With \
    --against, no server is needed: the files are read as `palimpsest import` reads them, and stored nowhere; a \
    submission among them is not compared with itself.\n\nExit codes: 3 if a text was not checked, because no source \
    is in scope, it can't be read, it is too short, or all of it is excluded; 4 if the coverage of a text exceeds \
    --fail-over, also if others failed or were not checked."
)]
pub(in crate::cli) struct CheckArgs {
    /// The submissions: texts, documents, folders, zip archives, patterns such as 'class/*.docx', or - for standard input
    #[arg(required_unless_present = "ids", conflicts_with = "ids", value_name = "FILE")]
    submissions: Vec<PathBuf>,
    /// Check the source with this id, which the server has; it is not compared with itself; repeatable
    #[arg(long = "id", value_name = "ID", conflicts_with = "against")]
    ids: Vec<String>,
    /// The collection of the source that --id names [default: the only one that --collection names, or else default]
    #[arg(long, value_name = "NAME", requires = "ids")]
    id_collection: Option<String>,
    /// Check against these folders, texts, documents, zip archives and .jsonl files, without a server; repeatable
    #[arg(
        long,
        value_name = "PATH",
        num_args = 1..,
        conflicts_with_all = ["collections", "all_collections", "collection_prefixes"]
    )]
    against: Vec<PathBuf>,
    #[command(flatten)]
    scope: ScopeArgs,
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
    args: &CheckArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    if !args.against.is_empty() && server.is_named() {
        return Err(CliError::Usage("--against needs no server; leave out --server or --against"));
    }
    match (Submissions::single(&args.submissions), args.ids.as_slice()) {
        (Some(path), _) if args.prints_report() => single::of_file(args, path, server, out),
        (None, [id]) if args.prints_report() => block_on(single::of_source(args, id, server, out)),
        _ => block_on(many::run(args, server, out)),
    }
}

impl CheckArgs {
    /// Whether a single submission is printed as a whole report.
    fn prints_report(&self) -> bool {
        !self.csv
    }

    /// The request of a server, without a text.
    fn request(&self, detail: Detail) -> Result<proto::CheckRequest, CliError> {
        Ok(proto::CheckRequest {
            scope: Some(self.scope.to_proto()),
            options: Some(self.options.to_proto(&self.corpus, detail)?),
            ..proto::CheckRequest::default()
        })
    }

    /// The name of the stored source with this id.
    fn source(&self, id: &str) -> proto::SourceName {
        self.scope.source(id, self.id_collection.as_deref())
    }

    /// The coverage of a report, if it exceeds `--fail-over`.
    fn excess(&self, report: &proto::Report) -> Option<proto::Share> {
        let limit = self.fail_over?;
        report.coverage.filter(|coverage| coverage.of_words > 0 && coverage.percent > limit)
    }
}
