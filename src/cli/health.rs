//! `palimpsest health`: whether a server serves, by its exit code, for scripts and the health checks of containers.

use std::io::Write;

use crate::proto::health::HealthCheckRequest;
use crate::proto::health::health_check_response::ServingStatus;

use super::Outcome;
use super::client::{Client, ServerArgs};
use super::error::CliError;

/// Writes what the server says of itself. Done when it serves.
pub(super) async fn run(server: &ServerArgs, out: &mut dyn Write) -> Result<Outcome, CliError> {
    let client = Client::connect(server).await?;
    let request = client.request(HealthCheckRequest::default());
    let status = client.answer(client.health().check(request).await)?.status();
    writeln!(out, "{}", status.as_str_name())?;
    Ok(Outcome::of(status == ServingStatus::Serving))
}
