//! `palimpsest compare`: a text against other texts.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::local;
use super::options::{CorpusArgs, OptionArgs, boilerplate_sizes};
use super::texts::{read_text, write_report};
use crate::cli::connection::{Client, ServerArgs, block_on};
use crate::cli::error::CliError;
use crate::cli::input::Text;
use crate::cli::outcome::Outcome;
use crate::engine::ComparedText;
use crate::proto;

/// Arguments of `compare`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The texts are compared in this process, without a corpus. With --server, the server \
    compares them; PALIMPSEST_SERVER in the environment is ignored here."
)]
pub(in crate::cli) struct CompareArgs {
    /// The submission: a file of UTF-8 text, or - for standard input
    #[arg(value_name = "FILE")]
    submission: PathBuf,
    /// The texts to compare it with
    #[arg(required = true, value_name = "OTHER")]
    others: Vec<PathBuf>,
    #[command(flatten)]
    options: OptionArgs,
}

/// Compares the texts, and prints the report.
pub(in crate::cli) fn run(
    args: &CompareArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    // The sources of a comparison have no groups, and are too few for a commonness cap.
    let corpus = CorpusArgs::default();
    let (submission, report) = if server.is_named() {
        let options = args.options.to_proto(&corpus)?;
        let Texts { submission, others } = args.read()?;
        let report = block_on(compare_on_server(options, server, &submission, others))?;
        (submission, report)
    } else {
        let options = args.options.to_engine(&corpus)?;
        let Texts { submission, others } = args.read()?;
        let compared = |text: Text| ComparedText {
            id: text.name,
            title: String::new(),
            text: text.text.into(),
            submitted_at: None,
        };
        let others: Vec<ComparedText> = others.into_iter().map(compared).collect();
        let report = local::compare(&submission.text, &others, &options)?;
        (submission, report)
    };
    write_report(out, &report, &submission, args.options.report_form())?;
    Ok(Outcome::Done)
}

/// The contents of the files.
struct Texts {
    submission: Text,
    others: Vec<Text>,
}

impl CompareArgs {
    /// Reads all files.
    fn read(&self) -> Result<Texts, CliError> {
        let submission = read_text(&self.submission)?;
        let others: Result<Vec<Text>, CliError> = self.others.iter().map(|path| read_text(path)).collect();
        Ok(Texts { submission, others: others? })
    }
}

async fn compare_on_server(
    options: proto::DetectionOptions,
    server: &ServerArgs,
    submission: &Text,
    others: Vec<Text>,
) -> Result<proto::Report, CliError> {
    let client = Client::connect(server).await?;
    let mut sizes = boilerplate_sizes(options.exclusions.as_ref());
    sizes.extend(others.iter().chain([submission]).map(|text| text.text.len()));
    client.ensure_accepted(&sizes).await?;
    let compared = |text: Text| proto::ComparedText {
        id: text.name,
        title: String::new(),
        text: text.text,
        submitted_at: None,
    };
    let request = proto::CompareRequest {
        text: submission.text.clone(),
        sources: others.into_iter().map(compared).collect(),
        options: Some(options),
        submitted_at: None,
    };
    let response = client.response(client.detection().compare(client.request(request)).await)?;
    Ok(response.report.unwrap_or_default())
}
