//! `palimpsest analyze`: counts and measures of a text.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::commands::detection::read_submission;
use crate::cli::commands::encoding::EncodingArgs;
use crate::cli::connection::{Client, ServerArgs, block_on};
use crate::cli::error::CliError;
use crate::cli::input::{STANDARD_INPUT, Text, TextFile};
use crate::cli::outcome::Outcome;
use crate::cli::output::json;
use crate::cli::render;
use crate::proto;
use crate::service::analysis;
use crate::text::OffsetUnit;
use crate::writing::measures::{Language, Measures};

/// Arguments of `analyze`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "A file is measured in this process, without a server. With --percentiles, --id or --server, a server \
    measures. A measure that does not apply to the text, such as a readability formula of English to another language or to fewer \
    than 100 words, has a reason in place of a value. No measure says whether a text is right, original or well argued."
)]
pub(in crate::cli) struct AnalyzeArgs {
    /// A text or a document, or - for standard input
    #[arg(value_name = "FILE", required_unless_present = "id", conflicts_with = "id")]
    file: Option<PathBuf>,
    /// Measure the source with this id, which the server has
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// The collection of the source that --id names
    #[arg(long, value_name = "NAME", requires = "id", default_value = "default")]
    collection: String,
    /// State where each value is among those of the sources of this collection of the server
    #[arg(long, value_name = "NAME")]
    percentiles: Option<String>,
    /// The language as an ISO 639-1 code such as en [default: found by the text]
    #[arg(long, value_name = "CODE", value_parser = language)]
    language: Option<Language>,
    /// Print counts, measures, formulas and figures as JSON: the protobuf JSON of palimpsest.v1.AnalyzeResponse
    #[arg(long)]
    json: bool,
    /// Print the formula and the source of each measure, too
    #[arg(long, conflicts_with = "json")]
    formulas: bool,
    #[command(flatten)]
    encoding: EncodingArgs,
}

fn language(code: &str) -> Result<Language, String> {
    Language::by_code(code).ok_or_else(|| "no ISO 639-1 code of a language that is known here".to_owned())
}

/// Prints the counts and measures.
pub(in crate::cli) fn run(
    args: &AnalyzeArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let response = if args.id.is_some() || args.percentiles.is_some() || server.is_named() {
        block_on(ask(args, server))?
    } else {
        let text = args.text()?;
        let measures = match args.language {
            Some(language) => Measures::in_language(text.text(), language),
            None => Measures::of(text.text()),
        };
        analysis(&measures, pages(&text).as_ref())
    };
    if args.json {
        json::message(out, "AnalyzeResponse", &response)?;
    } else {
        writeln!(out, "{}", render::analysis(&response, args.formulas))?;
    }
    Ok(Outcome::Done)
}

impl AnalyzeArgs {
    fn text(&self) -> Result<Text, CliError> {
        let path = self.file.as_deref().unwrap_or(Path::new(STANDARD_INPUT));
        read_submission(&TextFile::at(path), self.encoding.encoding())
    }
}

/// What is known of the pages of a document.
fn pages(text: &Text) -> Option<proto::DocumentPages> {
    text.content.document(OffsetUnit::Utf8Bytes).and_then(|document| document.pages)
}

/// Asks the server.
async fn ask(args: &AnalyzeArgs, server: &ServerArgs) -> Result<proto::AnalyzeResponse, CliError> {
    let mut request = proto::AnalyzeRequest {
        percentiles_collection: args.percentiles.clone().unwrap_or_default(),
        language: args.language.map_or("", Language::code).to_owned(),
        ..proto::AnalyzeRequest::default()
    };
    let mut known_pages = None;
    if let Some(id) = &args.id {
        request.source = Some(proto::SourceName { collection: args.collection.clone(), id: id.clone() });
    } else {
        let text = args.text()?;
        known_pages = pages(&text);
        request.text = text.content.into_text();
    }
    let client = Client::connect(server).await?;
    client.ensure_accepted(&[request.text.len()]).await?;
    let mut response = client.response(client.writing().analyze(client.request(request)).await)?;
    if let (Some(pages), Some(length)) = (known_pages, response.length.as_mut()) {
        *length = crate::service::text_length(length.words, Some(&pages));
    }
    Ok(response)
}
