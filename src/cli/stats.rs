//! `palimpsest stats`: what a server holds, how it fares, and what it takes.

use std::io::Write;

use super::Outcome;
use super::client::{Client, ServerArgs};
use super::collections;
use super::error::CliError;
use super::render::{self, Look};

/// Writes the totals, how the server fares, the collections and the limits.
pub(super) async fn run(server: &ServerArgs, out: &mut dyn Write) -> Result<Outcome, CliError> {
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
