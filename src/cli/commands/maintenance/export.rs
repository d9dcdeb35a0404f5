//! `palimpsest export`: the sources of a collection to JSON lines.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::cli::connection::{Client, ServerArgs};
use crate::cli::error::CliError;
use crate::cli::input::LinePages;
use crate::cli::outcome::Outcome;
use crate::cli::output::{NewFile, is_stdout, json, unless_interrupted};
use crate::cli::render::{counted, printable};
use crate::proto;

/// Arguments of `export`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Each source is a line of JSON, {\"id\", \"title\", \"group\", \"labels\", \"uri\", \"submitted_at\", \
    \"metadata\", \"pages\", \"text\"}, \
    which `import` reads."
)]
pub(in crate::cli) struct ExportArgs {
    /// The file to write, which must not exist yet; - for standard output
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The collection
    #[arg(long, value_name = "NAME", default_value = "default")]
    collection: String,
    /// Print the result as JSON: {"file", "collection", "sources"}
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Written<'a> {
    file: &'a Path,
    collection: &'a str,
    sources: u64,
}

/// Writes the sources of a collection.
pub(in crate::cli) async fn run(
    args: ExportArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    if is_stdout(&args.file) {
        // Not through `out`, which strips escape sequences.
        let mut lines = BufWriter::new(io::stdout());
        receive(&args.collection, server, &mut |line| Ok(lines.write_all(line)?)).await?;
        lines.flush()?;
        return Ok(Outcome::Done);
    }
    let sources = unless_interrupted(&args.file, async {
        let mut file = NewFile::create(&args.file)?;
        let sources = receive(&args.collection, server, &mut |line| file.write(line)).await?;
        file.finish()?;
        Ok(sources)
    });
    let sources = sources.await?;
    if args.json {
        json::value(out, &Written { file: &args.file, collection: &args.collection, sources })?;
        return Ok(Outcome::Done);
    }
    let (sources, file) = (counted(sources, "source", "sources"), args.file.display().to_string());
    writeln!(out, "Wrote {sources} of collection {} to {}.", printable(&args.collection), printable(&file))?;
    Ok(Outcome::Done)
}

/// A source in the form that `import` reads.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    group: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    labels: &'a [String],
    #[serde(skip_serializing_if = "str::is_empty")]
    uri: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    submitted_at: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    metadata: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pages: Option<LinePages>,
    text: &'a str,
}

/// Passes each source to `write` as a line, and returns the number of sources.
async fn receive(
    collection: &str,
    server: &ServerArgs,
    write: &mut (dyn FnMut(&[u8]) -> Result<(), CliError> + Send),
) -> Result<u64, CliError> {
    let client = Client::connect(server).await?;
    let request = proto::ExportSourcesRequest { collection: collection.to_owned() };
    let mut responses = client.response(client.admin().export_sources(request).await)?;
    let mut sources = 0;
    while let Some(response) = client.next(&mut responses).await? {
        let proto::Source { id, title, group, labels, uri, submitted_at, metadata, pages, text, .. } =
            response.source.unwrap_or_default();
        let line = Line {
            id: &id,
            title: &title,
            group: &group,
            labels: &labels,
            uri: &uri,
            submitted_at: submitted_at.map(|time| time.to_string()),
            metadata: &metadata,
            pages: pages.map(LinePages::from),
            text: &text,
        };
        let mut line = serde_json::to_vec(&line).map_err(|error| CliError::Json(error.to_string()))?;
        line.push(b'\n');
        write(&line)?;
        sources += 1;
    }
    Ok(sources)
}
