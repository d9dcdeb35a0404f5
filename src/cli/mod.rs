//! The command line: a server to start, and a client of one that runs.
//!
//! Every command but `serve`, `restore`, `verify FOLDER`, `key`, `compare` and `check --against` is a gRPC client
//! like any other. Those run the engine in the process and need no server; `completions` and `man` need neither. What a command finds goes to standard output; what
//! went wrong, and progress, to standard error.

mod admin;
mod check;
mod client;
mod collections;
mod compare;
mod connect;
mod error;
mod health;
mod import;
mod input;
mod json;
mod keys;
mod local;
mod manual;
mod options;
mod output;
mod pairs;
mod render;
mod serve;
mod sources;
mod stats;
mod tls;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use error::CliError;

use self::client::ServerArgs;

/// The arguments of the command line.
#[derive(Debug, Parser)]
#[command(name = "palimpsest", version, about, long_about = None, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 done, 1 something failed, 2 wrong usage or settings, 128 and its number for a signal."
)]
pub struct Cli {
    #[command(flatten)]
    server: ServerArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a server
    Serve(Box<crate::server::ServeArgs>),
    /// Add sources to a server's corpus: folders of .txt and .md files, single files, .jsonl files
    Import(import::ImportArgs),
    /// Check a submission against a server's corpus, or, with --against, against files
    Check(check::CheckArgs),
    /// Compare a text with other texts; needs no server
    Compare(compare::CompareArgs),
    /// Compare all sources of a collection with one another: who shares passages with whom
    Pairs(pairs::PairsArgs),
    /// List, create and delete collections
    Collections(collections::CollectionsArgs),
    /// List, show and delete sources
    Sources(sources::SourcesArgs),
    /// Totals of a server's corpus, how it fares, and its limits
    Stats,
    /// Ask whether a server serves: exit code 0 if it does
    Health,
    /// Write a server's corpus to a file, as of one moment, while it is in use
    Backup(admin::BackupArgs),
    /// Make a data directory of a backup; needs no server
    Restore(admin::RestoreArgs),
    /// Hold what is kept against its checksums, and the index against the texts
    Verify(admin::VerifyArgs),
    /// Write the sources of a collection as lines of JSON, which import reads
    Export(admin::ExportArgs),
    /// Make, list and revoke the API keys of a server; works on its file of keys, and needs no server
    Key(keys::KeyArgs),
    /// Print a script that completes this command in a shell
    Completions(manual::CompletionsArgs),
    /// Print the man page, or write one for each command to a folder
    Man(manual::ManArgs),
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All was done.
    Done,
    /// Some of it was not, and the command said which.
    PartlyFailed,
}

impl Outcome {
    /// Done, if nothing failed.
    fn of(all_done: bool) -> Self {
        if all_done { Self::Done } else { Self::PartlyFailed }
    }
}

/// Does what the arguments ask for.
///
/// # Errors
///
/// [`CliError`], which [`explain`] tells the user and turns into an exit code.
pub fn run(cli: Cli) -> Result<Outcome, CliError> {
    let Cli { server, command } = cli;
    let out = &mut anstream::stdout().lock();
    match command {
        Command::Serve(_) if server.is_named() => {
            Err(CliError::Usage("serve starts a server: leave out --server"))
        }
        Command::Serve(_) if server.say_tls() => Err(CliError::Usage(
            "--tls-ca, --tls-cert, --tls-key and --tls-name are for clients: serve takes --tls-certificate, \
             --tls-private-key and --tls-client-ca",
        )),
        Command::Serve(args) => serve::run(*args, out),
        Command::Import(args) => client::block_on(import::run(args, &server, out)),
        Command::Check(args) => check::run(&args, &server, out),
        Command::Compare(args) => compare::run(&args, &server, out),
        Command::Pairs(args) => client::block_on(pairs::run(args, &server, out)),
        Command::Collections(args) => client::block_on(collections::run(args, &server, out)),
        Command::Sources(args) => client::block_on(sources::run(args, &server, out)),
        Command::Stats => client::block_on(stats::run(&server, out)),
        Command::Health => client::block_on(health::run(&server, out)),
        Command::Backup(args) => client::block_on(admin::backup(args, &server, out)),
        Command::Restore(args) => admin::restore(&args, out),
        Command::Verify(admin::VerifyArgs { folder: Some(folder) }) => admin::verify_folder(&folder, out),
        Command::Verify(admin::VerifyArgs { folder: None }) => client::block_on(admin::verify(&server, out)),
        Command::Export(args) => client::block_on(admin::export(args, &server, out)),
        Command::Key(args) => keys::run(args, out),
        Command::Completions(args) => manual::completions(&args, out),
        Command::Man(args) => manual::man(&args, out),
    }
}

/// Tells the user what went wrong, and gives the exit code.
///
/// A reader of our output that has gone away (`palimpsest ... | head`) is no failure.
#[must_use]
pub fn explain(error: &CliError) -> ExitCode {
    if let CliError::Write(error) = error
        && error.kind() == io::ErrorKind::BrokenPipe
    {
        return ExitCode::SUCCESS;
    }
    let message = render::printable_lines(&error.to_string());
    // If even standard error is closed, the exit code says it all.
    drop(writeln!(anstream::stderr(), "{}error:{} {message}", render::ALARM, render::RESET));
    ExitCode::from(error.exit_code())
}
