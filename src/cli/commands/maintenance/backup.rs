//! `palimpsest backup`: a server's corpus to a file.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use serde::Serialize;

use crate::cli::connection::{Client, ServerArgs};
use crate::cli::error::CliError;
use crate::cli::outcome::Outcome;
use crate::cli::output::{NewFile, is_stdout, json, unless_interrupted};
use crate::cli::render::{bytes, printable};
use crate::proto;

/// Arguments of `backup`.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct BackupArgs {
    /// The file to write, which must not exist yet; - for standard output
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print the result as JSON: {"file", "bytes", "seconds"}
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Written<'a> {
    file: &'a Path,
    bytes: u64,
    seconds: f64,
}

/// Writes a backup of a server's corpus.
pub(in crate::cli) async fn run(
    args: BackupArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let started = Instant::now();
    if is_stdout(&args.file) {
        let mut stdout = BufWriter::new(io::stdout());
        receive(server, &mut |data| Ok(stdout.write_all(data)?)).await?;
        stdout.flush()?;
        return Ok(Outcome::Done);
    }
    let written = unless_interrupted(&args.file, async {
        let mut file = NewFile::create(&args.file)?;
        let written = receive(server, &mut |data| file.write(data)).await?;
        file.finish()?;
        Ok(written)
    });
    let (written, seconds) = (written.await?, started.elapsed().as_secs_f64());
    if args.json {
        json::value(out, &Written { file: &args.file, bytes: written, seconds })?;
        return Ok(Outcome::Done);
    }
    let size = bytes(written);
    writeln!(out, "Wrote {size} to {} in {seconds:.2} s.", printable(&args.file.display().to_string()))?;
    Ok(Outcome::Done)
}

/// Passes each chunk of a backup to `write`, and returns the number of bytes.
async fn receive(
    server: &ServerArgs,
    write: &mut (dyn FnMut(&[u8]) -> Result<(), CliError> + Send),
) -> Result<u64, CliError> {
    let client = Client::connect(server).await?;
    let mut chunks = client.response(client.admin().backup(proto::BackupRequest {}).await)?;
    let mut written = 0;
    while let Some(chunk) = client.next(&mut chunks).await? {
        write(&chunk.data)?;
        written += chunk.data.len() as u64;
    }
    Ok(written)
}
