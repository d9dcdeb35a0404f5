//! `palimpsest stats`: the totals of a corpus, and the state and limits of its server.

use std::io::Write;

use super::collections;
use crate::cli::connection::{Client, ServerArgs};
use crate::cli::error::CliError;
use crate::cli::outcome::Outcome;
use crate::cli::render::{self, Look};

/// Prints the totals, the state of the server, the collections and the limits.
pub(in crate::cli) async fn run(server: &ServerArgs, out: &mut dyn Write) -> Result<Outcome, CliError> {
    let client = Client::connect(server).await?;
    let totals = client.totals().await?;
    let info = client.server_info().await?;
    let collections = collections::list(&client).await?;
    writeln!(out, "{}\n", render::totals(&totals))?;
    if let Some(info) = info {
        writeln!(out, "{}\n", render::server_info(&info))?;
    }
    writeln!(out, "{}\n", render::collections(&collections, Look::of_stdout(false)))?;
    writeln!(out, "{}", render::limits(&totals.limits.unwrap_or_default()))?;
    Ok(Outcome::Done)
}
