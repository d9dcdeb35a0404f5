//! `palimpsest backup`, `restore`, `verify` and `export`: looking after the corpus.

use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use serde::Serialize;
use tonic::Streaming;

use super::Outcome;
use super::client::{Client, ServerArgs};
use super::error::CliError;
use super::output::{NewFile, unless_interrupted};
use super::render::{bytes, counted, printable};
use crate::engine::{Engine, Limits};
use crate::matching::Stop;
use crate::proto;
use crate::service::verified_to_proto;

/// Findings that are told in full; the others are counted.
const FINDINGS_IN_FULL: u64 = 100;

/// Where to write a backup.
#[derive(Debug, Clone, Args)]
pub(super) struct BackupArgs {
    /// The file to write, which must not be there; - for standard output
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Which backup, and where to put it.
#[derive(Debug, Clone, Args)]
pub(super) struct RestoreArgs {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The data directory to make; it must be empty, or not be there
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

/// What to verify.
#[derive(Debug, Clone, Args)]
pub(super) struct VerifyArgs {
    /// A data directory that no server uses; without it, the corpus of the server
    #[arg(value_name = "FOLDER")]
    pub(super) folder: Option<PathBuf>,
}

/// What to export, and where to.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Each source is a line of JSON: {\"id\", \"title\", \"group\", \"labels\", \"text\"}, \
    which `import` reads."
)]
pub(super) struct ExportArgs {
    /// The file to write, which must not be there; - for standard output
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The collection
    #[arg(long, value_name = "NAME", default_value = "default")]
    collection: String,
}

/// Takes a backup of a server's corpus.
pub(super) async fn backup(
    args: BackupArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let started = Instant::now();
    if is_stdout(&args.file) {
        let mut stdout = BufWriter::new(io::stdout());
        backup_to(server, &mut |data| Ok(stdout.write_all(data)?)).await?;
        stdout.flush()?;
        return Ok(Outcome::Done);
    }
    let written = unless_interrupted(&args.file, async {
        let mut file = NewFile::create(&args.file)?;
        let written = backup_to(server, &mut |data| file.write(data)).await?;
        file.finish()?;
        Ok(written)
    });
    let (size, seconds) = (bytes(written.await?), started.elapsed().as_secs_f64());
    writeln!(out, "Wrote {size} to {} in {seconds:.2} s.", printable(&args.file.display().to_string()))?;
    Ok(Outcome::Done)
}

async fn backup_to(
    server: &ServerArgs,
    write: &mut (dyn FnMut(&[u8]) -> Result<(), CliError> + Send),
) -> Result<u64, CliError> {
    let client = Client::connect(server).await?;
    let mut chunks = client.answer(client.admin().backup(proto::BackupRequest {}).await)?;
    let mut written = 0;
    while let Some(chunk) = next(&client, &mut chunks).await? {
        write(&chunk.data)?;
        written += chunk.data.len() as u64;
    }
    Ok(written)
}

/// Whether a file's name stands for standard output.
fn is_stdout(file: &Path) -> bool {
    file == Path::new("-")
}

/// Makes a data directory of a backup; needs no server.
pub(super) fn restore(args: &RestoreArgs, out: &mut dyn Write) -> Result<Outcome, CliError> {
    let restored = Engine::restore(&args.file, &args.folder).map_err(crate::engine::Error::from)?;
    let sources = counted(restored.sources, "source", "sources");
    let collections = counted(restored.collections, "collection", "collections");
    let folder = printable(&args.folder.display().to_string());
    writeln!(out, "Restored {sources} in {collections}, revision {}, to {folder}.", restored.revision)?;
    Ok(Outcome::Done)
}

/// Verifies a server's corpus.
pub(super) async fn verify(server: &ServerArgs, out: &mut dyn Write) -> Result<Outcome, CliError> {
    let client = Client::connect(server).await?;
    let mut answers = client.answer(client.admin().verify(proto::VerifyRequest {}).await)?;
    let mut findings = Findings::default();
    while let Some(answer) = next(&client, &mut answers).await? {
        findings.add(&answer, out)?;
    }
    if !findings.is_complete {
        return Err(client.lost("it ended the stream before all was verified"));
    }
    findings.conclude(out)
}

/// Verifies a data directory that no server uses.
pub(super) fn verify_folder(folder: &Path, out: &mut dyn Write) -> Result<Outcome, CliError> {
    let engine = Engine::open_read_only(folder, Limits::default(), &mut |_| {})?;
    let (mut findings, mut written) = (Findings::default(), Ok(()));
    engine.verify(&Stop::never(), &mut |verified| {
        written = findings.add(&verified_to_proto(verified), out);
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    written?;
    findings.conclude(out)
}

/// Writes a collection out.
pub(super) async fn export(
    args: ExportArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    if is_stdout(&args.file) {
        // Not through `out`, which takes out what looks like colours.
        let mut lines = BufWriter::new(io::stdout());
        export_to(&args.collection, server, &mut |line| Ok(lines.write_all(line)?)).await?;
        lines.flush()?;
        return Ok(Outcome::Done);
    }
    let sources = unless_interrupted(&args.file, async {
        let mut file = NewFile::create(&args.file)?;
        let sources = export_to(&args.collection, server, &mut |line| file.write(line)).await?;
        file.finish()?;
        Ok(sources)
    });
    let sources = sources.await?;
    let (sources, file) = (counted(sources, "source", "sources"), args.file.display().to_string());
    writeln!(out, "Wrote {sources} of collection {} to {}.", printable(&args.collection), printable(&file))?;
    Ok(Outcome::Done)
}

/// A source as `import` reads it.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    group: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    labels: &'a [String],
    text: &'a str,
}

async fn export_to(
    collection: &str,
    server: &ServerArgs,
    write: &mut (dyn FnMut(&[u8]) -> Result<(), CliError> + Send),
) -> Result<u64, CliError> {
    let client = Client::connect(server).await?;
    let request = proto::ExportSourcesRequest { collection: collection.to_owned() };
    let mut answers = client.answer(client.admin().export_sources(request).await)?;
    let mut sources = 0;
    while let Some(answer) = next(&client, &mut answers).await? {
        let proto::Source { id, title, group, labels, text, stats: _ } = answer.source.unwrap_or_default();
        let line = Line { id: &id, title: &title, group: &group, labels: &labels, text: &text };
        let mut line = serde_json::to_vec(&line).map_err(|error| CliError::Json(error.to_string()))?;
        line.push(b'\n');
        write(&line)?;
        sources += 1;
    }
    Ok(sources)
}

/// The next response of a stream, for which the server has as long as for a call.
async fn next<T>(client: &Client, answers: &mut Streaming<T>) -> Result<Option<T>, CliError> {
    match tokio::time::timeout(client.timeout(), answers.message()).await {
        Ok(answer) => answer.map_err(|status| client.failure(&status)),
        Err(_) => Err(client.timed_out()),
    }
}

/// What verifying found, told as it comes.
#[derive(Default)]
struct Findings {
    sources: u64,
    count: u64,
    is_complete: bool,
}

impl Findings {
    fn add(&mut self, answer: &proto::VerifyResponse, out: &mut dyn Write) -> io::Result<()> {
        let proto::VerifyResponse { sources, of_sources: _, findings, is_complete } = answer;
        (self.sources, self.is_complete) = (*sources, *is_complete);
        for proto::VerifyFinding { collection, source_id, problem } in findings {
            self.count += 1;
            if self.count <= FINDINGS_IN_FULL {
                // A finding about a file names neither.
                let parts = [collection, source_id, problem];
                let parts: Vec<_> =
                    parts.iter().filter(|part| !part.is_empty()).map(|part| printable(part)).collect();
                writeln!(out, "{}", parts.join(": "))?;
            }
        }
        Ok(())
    }

    fn conclude(&self, out: &mut dyn Write) -> Result<Outcome, CliError> {
        if self.count > FINDINGS_IN_FULL {
            writeln!(out, "and {} more", self.count - FINDINGS_IN_FULL)?;
        }
        let sources = counted(self.sources, "source", "sources");
        match self.count {
            0 => writeln!(out, "Verified {sources}: all is as it was written.")?,
            count => writeln!(out, "Verified {sources}: {}.", counted(count, "problem", "problems"))?,
        }
        Ok(Outcome::of(self.count == 0))
    }
}
