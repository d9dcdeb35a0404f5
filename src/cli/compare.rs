//! `palimpsest compare`: one text with others.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::check::{read_submission, write_report};
use super::client::{self, Client, ServerArgs};
use super::error::CliError;
use super::input::Text;
use super::options::{CorpusArgs, OptionArgs, boilerplate_sizes};
use super::{Outcome, local};
use crate::engine::ComparedText;
use crate::proto;

/// What to compare with what, and how.
#[derive(Debug, Clone, Args)]
#[command(after_help = "The texts are compared in this process; no corpus is touched. With --server (the \
    environment's PALIMPSEST_SERVER does not count here) the server's Compare does it.")]
pub(super) struct CompareArgs {
    /// The text that is looked at as the submission; - for standard input
    #[arg(value_name = "FILE")]
    submission: PathBuf,
    /// The texts to compare it with
    #[arg(required = true, value_name = "OTHER")]
    others: Vec<PathBuf>,
    #[command(flatten)]
    options: OptionArgs,
}

/// Compares, and writes the report.
pub(super) fn run(args: &CompareArgs, server: &ServerArgs, out: &mut dyn Write) -> Result<Outcome, CliError> {
    // No source of a comparison has a group, and nothing is common among so few.
    let corpus = CorpusArgs::default();
    let (submission, report) = if server.is_named() {
        let options = args.options.to_proto(&corpus)?;
        let (submission, others) = args.texts()?;
        let report = client::block_on(ask(options, server, &submission, others))?;
        (submission, report)
    } else {
        let options = args.options.to_engine(&corpus)?;
        let (submission, others) = args.texts()?;
        let compared =
            |text: Text| ComparedText { id: text.name, title: String::new(), text: text.text.into() };
        let others: Vec<ComparedText> = others.into_iter().map(compared).collect();
        let report = local::compare(&submission.text, &others, &options)?;
        (submission, report)
    };
    write_report(out, &report, &submission, &args.options)?;
    Ok(Outcome::Done)
}

impl CompareArgs {
    /// Reads the text and those to compare it with.
    fn texts(&self) -> Result<(Text, Vec<Text>), CliError> {
        let submission = read_submission(&self.submission)?;
        let others: Result<Vec<Text>, CliError> =
            self.others.iter().map(|path| read_submission(path)).collect();
        Ok((submission, others?))
    }
}

async fn ask(
    options: proto::DetectionOptions,
    server: &ServerArgs,
    submission: &Text,
    others: Vec<Text>,
) -> Result<proto::Report, CliError> {
    let client = Client::connect(server).await?;
    let mut sizes = boilerplate_sizes(options.exclusions.as_ref());
    sizes.extend(others.iter().chain([submission]).map(|text| text.text.len()));
    client.ensure_taken(&sizes).await?;
    let compared = |text: Text| proto::ComparedText { id: text.name, title: String::new(), text: text.text };
    let request = proto::CompareRequest {
        text: submission.text.clone(),
        sources: others.into_iter().map(compared).collect(),
        options: Some(options),
    };
    let answer = client.answer(client.detection().compare(client.request(request)).await)?;
    Ok(answer.report.unwrap_or_default())
}
