//! The command line: a server to start, and a client of a running server.
//!
//! Most commands are gRPC clients. `restore`, `verify FOLDER`, `compare` and `check --against` run the engine in this
//! process and need no server; neither do `analyze`, `extract`, `key`, `completions` and `man`. Results go to standard output, errors and
//! progress to standard error.

mod commands;
mod connection;
mod environment;
mod error;
mod input;
mod outcome;
mod output;
mod refusal;
mod render;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

pub use crate::service::count_memory_with;

use crate::contained;

use self::commands::corpus::{collections, import, sources, stats};
use self::commands::detection::{check, compare, pairs};
use self::commands::maintenance::{backup, export, restore, verify};
use self::commands::writing::{analyze, grammar};
use self::commands::{cluster, extract, health, keys, manual, related, scale, serve};
use self::connection::{ServerArgs, block_on};
use self::error::CliError;
use self::outcome::Outcome;

/// Does the work of a child process, if the arguments of this process ask for that, and returns its exit code then. A program
/// whose children run this program calls this before anything else.
#[must_use]
pub fn serve_parent_if_asked() -> Option<ExitCode> {
    Some(match contained::asked_job()? {
        contained::Job::ReadDocument => crate::documents::contained::run(),
        contained::Job::CheckGrammar => crate::writing::grammar::contained::run(),
    })
}

/// The arguments of the command line.
#[derive(Debug, Parser)]
#[command(name = "palimpsest", version, about, long_about = None, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 success, 1 failure, 2 wrong usage or settings, 3 a text was not checked, 4 coverage over \
    --fail-over, 128 + N ended by signal N; cluster status has its own 3 and 4."
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
    /// Add sources to a server's corpus: folders and archives of texts and documents, single files, .jsonl files
    Import(import::ImportArgs),
    /// Check submissions against a server's corpus, or, with --against, against files
    Check(Box<check::CheckArgs>),
    /// Compare a text with other texts; needs no server. Or two sources of a server
    Compare(compare::CompareArgs),
    /// State the counts and measures of a text: readability, vocabulary, style; needs no server
    Analyze(analyze::AnalyzeArgs),
    /// List mistakes of spelling, grammar and punctuation in a text, with suggestions
    Grammar(grammar::GrammarArgs),
    /// List the sources of a server that are on the subject of a text, best first, with excerpts
    Related(related::RelatedArgs),
    /// Extract the text of documents: Word, OpenDocument, EPUB, HTML, RTF, PDF; needs no server
    Extract(extract::ExtractArgs),
    /// Compare all sources of a collection with one another, and list the pairs that share passages
    Pairs(pairs::PairsArgs),
    /// List, show, create and delete collections
    Collections(collections::CollectionsArgs),
    /// List, show and delete sources
    Sources(sources::SourcesArgs),
    /// Train scales on graded texts, and score texts on them
    Scale(scale::ScaleArgs),
    /// Show the totals of a server's corpus, the server's load and its limits
    Stats(stats::StatsArgs),
    /// Ask whether a server is ready to serve: exit code 0 if it is
    Health(health::HealthArgs),
    /// Write a consistent copy of a server's corpus to a file; the server stays in use
    Backup(backup::BackupArgs),
    /// Create a data directory from a backup; needs no server
    Restore(restore::RestoreArgs),
    /// Verify stored data against its checksums, and the index against the texts
    Verify(verify::VerifyArgs),
    /// Write the sources of a collection as JSON lines, which import reads
    Export(export::ExportArgs),
    /// Show the state of a cluster; move a whole corpus into it or out of it
    Cluster(Box<cluster::ClusterArgs>),
    /// Create, list and revoke the API keys in a server's key file; needs no server
    Key(keys::KeyArgs),
    /// Print the completion script for a shell
    Completions(manual::CompletionsArgs),
    /// Print the man page, or write one for each command to a folder
    Man(manual::ManArgs),
}

/// Runs a command, prints its error if it fails, and returns the exit code.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    for warning in environment::warnings() {
        render::warn(&warning);
    }
    match run_command(cli) {
        Ok(outcome) => ExitCode::from(outcome.exit_code()),
        Err(error) => report(&error),
    }
}

fn run_command(cli: Cli) -> Result<Outcome, CliError> {
    let Cli { server, command } = cli;
    let out = &mut anstream::stdout().lock();
    match command {
        Command::Serve(_) if server.is_named() => {
            Err(CliError::Usage("serve starts a server: leave out --server"))
        }
        Command::Serve(_) if server.names_tls() => Err(CliError::Usage(
            "--tls-ca, --tls-cert, --tls-key and --tls-name are for clients: serve takes --tls-certificate, \
             --tls-private-key and --tls-client-ca",
        )),
        Command::Serve(args) => serve::run(*args, out),
        Command::Import(args) => block_on(import::run(args, &server, out)),
        Command::Check(args) => check::run(&args, &server, out),
        Command::Compare(args) => compare::run(&args, &server, out),
        Command::Analyze(args) => analyze::run(&args, &server, out),
        Command::Grammar(args) => grammar::run(&args, &server, out),
        Command::Related(args) => related::run(&args, &server, out),
        Command::Extract(args) => extract::run(&args, out),
        Command::Pairs(args) => block_on(pairs::run(args, &server, out)),
        Command::Collections(args) => block_on(collections::run(args, &server, out)),
        Command::Sources(args) => block_on(sources::run(args, &server, out)),
        Command::Scale(args) => block_on(scale::run(args, &server, out)),
        Command::Stats(args) => block_on(stats::run(args, &server, out)),
        Command::Health(args) => block_on(health::run(args, &server, out)),
        Command::Backup(args) => block_on(backup::run(args, &server, out)),
        Command::Restore(args) => restore::run(&args, out),
        Command::Verify(args) => verify::run(&args, &server, out),
        Command::Export(args) => block_on(export::run(args, &server, out)),
        Command::Cluster(args) => block_on(cluster::run(*args, &server, out)),
        Command::Key(args) => keys::run(args, out),
        Command::Completions(args) => manual::completions(&args, Cli::command(), out),
        Command::Man(args) => manual::man(&args, Cli::command(), out),
    }
}

/// Prints an error and returns its exit code.
///
/// A closed standard output (`palimpsest ... | head`) is not an error.
fn report(error: &CliError) -> ExitCode {
    if let CliError::Write(error) = error
        && error.kind() == io::ErrorKind::BrokenPipe
    {
        return ExitCode::SUCCESS;
    }
    let message = render::printable_lines(&error.to_string());
    // If standard error is closed, too, the exit code is all that is left.
    drop(writeln!(anstream::stderr(), "{}error:{} {message}", render::ALARM, render::RESET));
    ExitCode::from(error.exit_code())
}
