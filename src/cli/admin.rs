//! `palimpsest backup`, `restore`, `verify` and `export`: looking after the corpus.

use std::fs::{self, File, OpenOptions};
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
    /// The file to write; it must not be there
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
    let mut file = NewFile::create(&args.file)?;
    let client = Client::connect(server).await?;
    let started = Instant::now();
    let mut chunks = client.answer(client.admin().backup(proto::BackupRequest {}).await)?;
    let mut written = 0;
    while let Some(chunk) = next(&client, &mut chunks).await? {
        file.write(&chunk.data)?;
        written += chunk.data.len() as u64;
    }
    file.finish()?;
    let (size, seconds) = (bytes(written), started.elapsed().as_secs_f64());
    writeln!(out, "Wrote {size} to {} in {seconds:.2} s.", printable(&args.file.display().to_string()))?;
    Ok(Outcome::Done)
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
    if args.file == Path::new("-") {
        // Not through `out`, which takes out what looks like colours.
        let mut lines = BufWriter::new(io::stdout());
        export_to(&args.collection, server, &mut |line| Ok(lines.write_all(line)?)).await?;
        lines.flush()?;
        return Ok(Outcome::Done);
    }
    let mut file = NewFile::create(&args.file)?;
    let sources = export_to(&args.collection, server, &mut |line| file.write(line)).await?;
    file.finish()?;
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
                let (collection, source_id) = (printable(collection), printable(source_id));
                writeln!(out, "{collection}: {source_id}: {}", printable(problem))?;
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

/// A file that is there only when all of it is written.
struct NewFile {
    path: PathBuf,
    unfinished: PathBuf,
    file: Option<BufWriter<File>>,
}

impl NewFile {
    fn create(path: &Path) -> Result<Self, CliError> {
        let failed = |cause: io::Error| CliError::NotWritten { path: path.to_owned(), cause };
        if fs::symlink_metadata(path).is_ok() {
            return Err(failed(io::Error::other("it is there already; name another")));
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".unfinished");
        let unfinished = path.with_file_name(name);
        let file = OpenOptions::new().write(true).create_new(true).open(&unfinished).map_err(failed)?;
        Ok(Self { path: path.to_owned(), unfinished, file: Some(BufWriter::with_capacity(1 << 20, file)) })
    }

    fn write(&mut self, data: &[u8]) -> Result<(), CliError> {
        let written = self.file.as_mut().map_or(Ok(()), |file| file.write_all(data));
        written.map_err(|cause| CliError::NotWritten { path: self.path.clone(), cause })
    }

    fn finish(mut self) -> Result<(), CliError> {
        let finished = (|| {
            if let Some(file) = self.file.take() {
                file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
            }
            // Unlike renaming, linking never takes another file's place; but not every file system can.
            match fs::hard_link(&self.unfinished, &self.path) {
                Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                    fs::rename(&self.unfinished, &self.path)
                }
                linked => linked,
            }
        })();
        finished.map_err(|cause| CliError::NotWritten { path: self.path.clone(), cause })
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if let Some(file) = self.file.take() {
            // What it has not written yet need not be written.
            drop(file.into_parts());
        }
        drop(fs::remove_file(&self.unfinished));
    }
}
