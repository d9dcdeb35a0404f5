//! `palimpsest cluster`: what concerns a cluster as a whole: its state, by its NATS servers; and a corpus on its way in and out,
//! through a node.

mod export;
mod import;
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
    /// Show the streams of a cluster's log and its nodes, and whether all is well; asks the NATS servers, and needs no node
    Status(status::StatusArgs),
    /// Send the corpus of a data directory that no server uses to a node of a cluster, or to a server
    Import(import::ImportArgs),
    /// Write all collections of a node's cluster, or of a server, to a new data directory
    Export(export::ExportArgs),
}

/// Runs the command.
pub(in crate::cli) async fn run(
    args: ClusterArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    match args.action {
        Action::Status(_) if server.is_named() || server.names_tls() => Err(CliError::Usage(
            "cluster status asks the NATS servers of a cluster: leave out --server and --tls-…, and use --cluster and --cluster-…",
        )),
        Action::Status(args) => status::run(args, out).await,
        Action::Import(args) => import::run(args, server, out).await,
        Action::Export(args) => export::run(args, server, out).await,
    }
}
