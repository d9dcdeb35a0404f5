//! `palimpsest health`: the health of a server as an exit code, for scripts and container health checks.

use std::io::Write;

use crate::proto::health::HealthCheckRequest;
use crate::proto::health::health_check_response::ServingStatus;

use crate::cli::connection::{Client, ServerArgs};
use crate::cli::error::CliError;
use crate::cli::outcome::Outcome;

/// Prints the server's status. The outcome is [`Outcome::Done`] if it serves.
pub(in crate::cli) async fn run(server: &ServerArgs, out: &mut dyn Write) -> Result<Outcome, CliError> {
    let client = Client::connect(server).await?;
    let request = client.request(HealthCheckRequest::default());
    let status = client.response(client.health().check(request).await)?.status();
    writeln!(out, "{}", status.as_str_name())?;
    Ok(Outcome::of(status == ServingStatus::Serving))
}
