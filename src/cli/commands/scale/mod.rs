//! `palimpsest scale`: train, list, show and delete scales, and score texts.

mod graded;
mod lines;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use self::graded::{Fields, messages};
use crate::cli::commands::confirm::confirm;
use crate::cli::commands::encoding::EncodingArgs;
use crate::cli::connection::{Client, ServerArgs};
use crate::cli::error::CliError;
use crate::cli::input::{TextFile, UnreadableText, read_text};
use crate::cli::outcome::Outcome;
use crate::cli::output::json;
use crate::cli::render::{self, Look};
use crate::proto;

/// Arguments of `scale`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "A scale maps measures of how a text is written to the grades that its training texts were given. It says \
    nothing of content, truth or originality. docs/scales.md describes the method."
)]
pub(in crate::cli) struct ScaleArgs {
    /// The collection that the scale belongs to
    #[arg(long, global = true, value_name = "NAME", default_value = "default")]
    collection: String,
    /// Print the result as JSON: the protobuf JSON of the response, or of its scale
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Clone, Subcommand)]
enum Action {
    /// Train a scale on graded texts, and store it
    Train(TrainArgs),
    /// List the scales of a collection
    List,
    /// Show a scale with its agreement and its weights
    Show {
        /// The name
        name: String,
    },
    /// Delete a scale
    Delete {
        /// The name
        name: String,
        /// Delete without asking
        #[arg(long)]
        yes: bool,
    },
    /// Place a text on a scale
    Score(ScoreArgs),
}

#[derive(Debug, Clone, Args)]
struct TrainArgs {
    /// The name: letters a-z and A-Z, digits, '.', '_' and '-', first a letter or a digit
    name: String,
    /// A file of JSON lines with at least 100 graded texts, or - for standard input
    file: PathBuf,
    /// The field of a line that has the text
    #[arg(long, value_name = "FIELD", default_value = "text")]
    text_field: String,
    /// The field of a line that has the grade, a number
    #[arg(long, value_name = "FIELD", default_value = "grade")]
    grade_field: String,
    /// A band of grades and the least grade in it, such as Good=3; lowest first, up to 20
    #[arg(long = "band", value_name = "LABEL=GRADE", value_parser = band)]
    bands: Vec<proto::ScaleBand>,
    /// Replace a scale of this name
    #[arg(long)]
    replace: bool,
}

#[derive(Debug, Clone, Args)]
struct ScoreArgs {
    /// The name of the scale
    name: String,
    /// The text or document, or - for standard input
    #[arg(required_unless_present = "id")]
    file: Option<PathBuf>,
    /// Score the source with this id, which the server has, in place of a file
    #[arg(long, value_name = "ID", conflicts_with = "file")]
    id: Option<String>,
    /// The collection of the source that --id names [default: that of the scale]
    #[arg(long, value_name = "NAME", requires = "id")]
    source_collection: Option<String>,
    #[command(flatten)]
    encoding: EncodingArgs,
}

fn band(value: &str) -> Result<proto::ScaleBand, String> {
    let (label, grade) = value.rsplit_once('=').ok_or("write it like Good=3")?;
    let min_grade =
        grade.trim().parse().map_err(|_| format!("{grade:?} is no number; write it like Good=3"))?;
    Ok(proto::ScaleBand { label: label.trim().to_owned(), min_grade })
}

/// Runs the command.
pub(in crate::cli) async fn run(
    args: ScaleArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let ScaleArgs { collection, json: as_json, action } = args;
    match action {
        Action::Train(args) => {
            let fields = Fields { text: args.text_field, grade: args.grade_field };
            let first = proto::TrainScaleRequest {
                collection,
                scale: args.name,
                bands: args.bands,
                replace: args.replace,
                texts: Vec::new(),
            };
            // The texts are read before the server is called: a mistake in a line should not cost a connection.
            let messages = messages(&args.file, &fields, first)?;
            let client = Client::connect(server).await?;
            let request = client.request(tokio_stream::iter(messages));
            let response = client.response(client.writing().train_scale(request).await)?;
            show(out, as_json, &response.scale.unwrap_or_default())?;
        }
        Action::List => {
            let client = Client::connect(server).await?;
            let request = client.request(proto::ListScalesRequest { collection });
            let response = client.response(client.writing().list_scales(request).await)?;
            if as_json {
                json::message(out, "ListScalesResponse", &response)?;
            } else {
                writeln!(out, "{}", render::scales(&response.scales, Look::of_stdout(false)))?;
            }
        }
        Action::Show { name } => {
            let client = Client::connect(server).await?;
            let request = client.request(proto::GetScaleRequest { collection, scale: name });
            let response = client.response(client.writing().get_scale(request).await)?;
            show(out, as_json, &response.scale.unwrap_or_default())?;
        }
        Action::Delete { name, yes } => {
            let client = Client::connect(server).await?;
            confirm(yes, &format!("Delete scale {name} of collection {collection}?"))?;
            let request = client.request(proto::DeleteScaleRequest { collection, scale: name.clone() });
            let response = client.response(client.writing().delete_scale(request).await)?;
            if as_json {
                json::message(out, "DeleteScaleResponse", &response)?;
            } else if response.deleted {
                writeln!(out, "Deleted scale {name}.")?;
            } else {
                writeln!(out, "There was no scale {name}.")?;
            }
        }
        Action::Score(args) => {
            let request = scored(args, collection)?;
            let client = Client::connect(server).await?;
            client.ensure_accepted(&[request.text.len()]).await?;
            let response = client.response(client.writing().score_text(client.request(request)).await)?;
            if as_json {
                json::message(out, "ScoreTextResponse", &response)?;
            } else {
                write!(out, "{}", lines::score(&response))?;
            }
        }
    }
    Ok(Outcome::Done)
}

/// The request to score a text.
fn scored(args: ScoreArgs, collection: String) -> Result<proto::ScoreTextRequest, CliError> {
    let ScoreArgs { name, file, id, source_collection, encoding } = args;
    let request = proto::ScoreTextRequest { collection, scale: name, ..Default::default() };
    if let Some(id) = id {
        let collection = source_collection.unwrap_or_else(|| request.collection.clone());
        let source = Some(proto::SourceName { collection, id });
        return Ok(proto::ScoreTextRequest { source, ..request });
    }
    let file = TextFile::at(&file.unwrap_or_default());
    let unreadable = |UnreadableText { place, problem }| CliError::Unreadable { place, problem };
    let text = read_text(&file, encoding.encoding()).map_err(unreadable)?;
    Ok(proto::ScoreTextRequest { text: text.content.into_text(), ..request })
}

fn show(out: &mut dyn Write, as_json: bool, scale: &proto::Scale) -> Result<(), CliError> {
    if as_json {
        return json::message(out, "Scale", scale);
    }
    Ok(write!(out, "{}", lines::scale(scale))?)
}
