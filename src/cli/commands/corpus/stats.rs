//! `palimpsest stats`: the totals of a corpus, and the state and limits of its server.

use std::io::Write;

use clap::Args;
use serde::Serialize;

use super::collections;
use crate::cli::connection::{Client, ServerArgs};
use crate::cli::error::CliError;
use crate::cli::outcome::Outcome;
use crate::cli::output::json::{self, Json};
use crate::cli::render::{self, Look};

/// Arguments of `stats`.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct StatsArgs {
    /// Print the facts as JSON: an object of `corpus`, `server` (null if the key does not allow it) and `collections`, each
    /// the protobuf JSON of its message
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Stats {
    corpus: Json,
    server: Option<Json>,
    collections: Vec<Json>,
}

/// Prints the totals, the state of the server, the collections and the limits.
pub(in crate::cli) async fn run(
    args: StatsArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let client = Client::connect(server).await?;
    let totals = client.totals().await?;
    let info = client.server_info().await?;
    let collections = collections::list(&client).await?;
    if args.json {
        let stats = Stats {
            corpus: json::dynamic("GetCorpusResponse", &totals)?,
            server: info.map(|info| json::dynamic("GetServerInfoResponse", &info)).transpose()?,
            collections: collections
                .iter()
                .map(|collection| json::dynamic("Collection", collection))
                .collect::<Result<_, _>>()?,
        };
        json::value(out, &stats)?;
        return Ok(Outcome::Done);
    }
    writeln!(out, "{}\n", render::totals(&totals))?;
    if let Some(info) = info {
        writeln!(out, "{}\n", render::server_info(&info))?;
    }
    writeln!(out, "{}\n", render::collections(&collections, Look::of_stdout(false)))?;
    writeln!(out, "{}", render::limits(&totals.limits.unwrap_or_default()))?;
    Ok(Outcome::Done)
}
