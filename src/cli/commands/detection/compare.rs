//! `palimpsest compare`: a text against other texts.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::local;
use super::options::{CorpusArgs, Detail, OptionArgs, boilerplate_sizes};
use super::sources;
use super::texts::{Reported, read_submission, read_text, write_report};
use crate::cli::commands::encoding::EncodingArgs;
use crate::cli::connection::{Client, ServerArgs, block_on};
use crate::cli::error::CliError;
use crate::cli::input::{STANDARD_INPUT, Text, TextFile};
use crate::cli::outcome::Outcome;
use crate::cli::render::SourceLines;
use crate::engine::ComparedText;
use crate::proto;
use crate::render::html::ReportKind;
use crate::text::OffsetUnit;

/// Arguments of `compare`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The texts are compared in this process, without a corpus. With --server, the server \
    compares them; PALIMPSEST_SERVER in the environment is ignored there. With --id and --with, a server compares two of \
    its sources."
)]
pub(in crate::cli) struct CompareArgs {
    /// The submission: a text or a document, or - for standard input
    #[arg(value_name = "FILE", required_unless_present = "id", conflicts_with_all = ["id", "with"])]
    submission: Option<PathBuf>,
    /// The texts and documents to compare it with
    #[arg(value_name = "OTHER", required_unless_present = "id")]
    others: Vec<PathBuf>,
    /// Compare the source with this id, which the server has
    #[arg(long, value_name = "ID", requires = "with")]
    id: Option<String>,
    /// Compare it with this source, which the server has
    #[arg(long, value_name = "ID", requires = "id")]
    with: Option<String>,
    /// The collection of the source that --id names
    #[arg(long, value_name = "NAME", requires = "id", default_value = "default")]
    collection: String,
    /// The collection of the source that --with names [default: that of --id]
    #[arg(long, value_name = "NAME", requires = "with")]
    with_collection: Option<String>,
    #[command(flatten)]
    encoding: EncodingArgs,
    #[command(flatten)]
    options: OptionArgs,
}

/// Compares the texts, and prints the report.
pub(in crate::cli) fn run(
    args: &CompareArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    if let (Some(id), Some(with)) = (&args.id, &args.with) {
        return block_on(compare_stored(args, id, with, server, out));
    }
    // The sources of a comparison have no groups, and are too few for a commonness cap.
    let corpus = CorpusArgs::default();
    let detail = args.options.detail();
    let mut lines = SourceLines::default();
    let (submission, report) = if server.is_named() {
        let options = args.options.to_proto(&corpus, detail)?;
        let Texts { submission, others } = args.read()?;
        for other in &others {
            lines.add("", &other.name, other.text());
        }
        let report = block_on(compare_on_server(options, server, &submission, others))?;
        (submission, report)
    } else {
        let options = args.options.to_engine(&corpus, detail)?;
        let Texts { submission, others } = args.read()?;
        for other in &others {
            lines.add("", &other.name, other.text());
        }
        let compared = |text: Text| ComparedText {
            id: text.name,
            title: String::new(),
            pages: text.content.pages(),
            text: text.content.into_text().into(),
            submitted_at: None,
        };
        let others: Vec<ComparedText> = others.into_iter().map(compared).collect();
        let report = local::compare(submission.text(), &others, &options)?;
        (submission, report)
    };
    let submission = Reported::new(submission, args.options.unit());
    write_report(out, report, &submission, &lines, ReportKind::Compare, &args.options)
}

/// The contents of the files.
struct Texts {
    submission: Text,
    others: Vec<Text>,
}

impl CompareArgs {
    /// Reads all files.
    fn read(&self) -> Result<Texts, CliError> {
        let encoding = self.encoding.encoding();
        let submission = self.submission.as_deref().unwrap_or(Path::new(STANDARD_INPUT));
        let submission = read_submission(&TextFile::at(submission), encoding)?;
        let others = self.others.iter().map(|path| read_text(path, encoding));
        let others: Result<Vec<Text>, CliError> = others.collect();
        Ok(Texts { submission, others: others? })
    }
}

/// Compares two stored sources, and prints the report on the first.
async fn compare_stored(
    args: &CompareArgs,
    id: &str,
    with: &str,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let detail = args.options.detail();
    let name = |collection: &str, id: &str| proto::SourceName {
        collection: collection.to_owned(),
        id: id.to_owned(),
    };
    let submission = name(&args.collection, id);
    let request = proto::ComparePairRequest {
        submission: Some(submission.clone()),
        source: Some(name(args.with_collection.as_deref().unwrap_or(&args.collection), with)),
        options: Some(args.options.to_proto(&CorpusArgs::default(), detail)?),
    };
    let client = Client::connect(server).await?;
    let response = client.response(client.detection().compare_pair(client.request(request)).await)?;
    let report = response.report.unwrap_or_default();
    let lines = match detail {
        Detail::People => sources::lines(&client, &report).await,
        Detail::Program | Detail::Summary | Detail::Page => SourceLines::default(),
    };
    let text = sources::stored_text(&client, submission).await;
    let submission = Reported::stored(id, text);
    write_report(out, report, &submission, &lines, ReportKind::Pair, &args.options)
}

async fn compare_on_server(
    options: proto::DetectionOptions,
    server: &ServerArgs,
    submission: &Text,
    others: Vec<Text>,
) -> Result<proto::Report, CliError> {
    let client = Client::connect(server).await?;
    let mut sizes = boilerplate_sizes(options.exclusions.as_ref());
    sizes.extend(others.iter().chain([submission]).map(|text| text.text().len()));
    client.ensure_accepted(&sizes).await?;
    let compared = |text: Text| proto::ComparedText {
        id: text.name,
        pages: text.content.document(OffsetUnit::Utf8Bytes).and_then(|document| document.pages),
        text: text.content.into_text(),
        ..proto::ComparedText::default()
    };
    let request = proto::CompareRequest {
        text: submission.text().to_owned(),
        sources: others.into_iter().map(compared).collect(),
        options: Some(options),
        ..proto::CompareRequest::default()
    };
    let response = client.response(client.detection().compare(client.request(request)).await)?;
    Ok(response.report.unwrap_or_default())
}
