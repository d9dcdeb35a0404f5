//! `palimpsest restore`: a backup to a data directory.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::cli::error::CliError;
use crate::cli::outcome::Outcome;
use crate::cli::output::json;
use crate::cli::render::{counted, printable};
use crate::engine::{BackedUp, Engine};

/// Arguments of `restore`.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct RestoreArgs {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The data directory to create; it must be empty or absent
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Print the result as JSON: {"folder", "sources", "collections", "revision"}
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Restored<'a> {
    folder: &'a Path,
    sources: u64,
    collections: u64,
    revision: u64,
}

/// Creates a data directory from a backup, without a server.
pub(in crate::cli) fn run(args: &RestoreArgs, out: &mut dyn Write) -> Result<Outcome, CliError> {
    let restored = Engine::restore(&args.file, &args.folder).map_err(crate::engine::Error::from)?;
    if args.json {
        let BackedUp { sources, collections, revision, .. } = restored;
        json::value(out, &Restored { folder: &args.folder, sources, collections, revision })?;
        return Ok(Outcome::Done);
    }
    let sources = counted(restored.sources, "source", "sources");
    let collections = counted(restored.collections, "collection", "collections");
    let folder = printable(&args.folder.display().to_string());
    writeln!(out, "Restored {sources} in {collections}, revision {}, to {folder}.", restored.revision)?;
    Ok(Outcome::Done)
}
