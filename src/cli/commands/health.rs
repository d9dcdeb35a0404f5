//! `palimpsest health`: the health of a server as an exit code, for scripts and container health checks.

use std::io::Write;

use clap::Args;
use serde::Serialize;

use crate::proto::health::HealthCheckRequest;
use crate::proto::health::health_check_response::ServingStatus;

use crate::cli::connection::{Client, ServerArgs};
use crate::cli::error::CliError;
use crate::cli::outcome::Outcome;
use crate::cli::output::json;

/// Arguments of `health`.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct HealthArgs {
    /// Print the status as JSON: {"status": "SERVING"}
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
}

/// Prints the server's status. The outcome is [`Outcome::Done`] if it serves.
pub(in crate::cli) async fn run(
    args: HealthArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let client = Client::connect(server).await?;
    let request = client.request(HealthCheckRequest::default());
    let status = client.response(client.health().check(request).await)?.status();
    match status.as_str_name() {
        status if args.json => json::value(out, &Health { status })?,
        status => writeln!(out, "{status}")?,
    }
    Ok(Outcome::of(status == ServingStatus::Serving))
}
