//! `palimpsest cluster`: what concerns a cluster as a whole. These commands ask its NATS servers, and need no node.

mod status;

use std::io::Write;

use clap::{Args, Subcommand};

use crate::cli::connection::ServerArgs;
use crate::cli::error::CliError;
use crate::cli::outcome::Outcome;

/// Arguments of `cluster`.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct ClusterArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Clone, Subcommand)]
enum Action {
    /// Show the streams of a cluster's log and its nodes, and whether all is well
    Status(status::StatusArgs),
}

/// Runs the command.
pub(in crate::cli) async fn run(
    args: ClusterArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    if server.is_named() || server.names_tls() {
        return Err(CliError::Usage(
            "cluster asks the NATS servers of a cluster: leave out --server and --tls-…, and use --cluster and --cluster-…",
        ));
    }
    match args.action {
        Action::Status(args) => status::run(args, out).await,
    }
}
