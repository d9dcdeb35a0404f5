//! `palimpsest key`: create, list and revoke the keys in a server's key file.

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use clap::{Args, Subcommand};

use crate::cli::error::CliError;
use crate::cli::outcome::Outcome;
use crate::cli::render::{self, Look, printable};
use crate::engine::Pattern;
use crate::server::{Key, KeyFile, NewKey};
use crate::service::Role;

/// Arguments of `key`.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct KeyArgs {
    #[command(subcommand)]
    action: Action,
}

/// The key file.
#[derive(Debug, Clone, Args)]
struct FileArgs {
    /// The server's key file; a running server reads a change within two seconds
    #[arg(long, env = "PALIMPSEST_KEYS", value_name = "FILE")]
    keys: PathBuf,
}

#[derive(Debug, Clone, Subcommand)]
enum Action {
    /// Create a key and print it, this once: the file holds only its hash
    Create {
        #[command(flatten)]
        file: FileArgs,
        /// The name of its owner, for people
        #[arg(long, value_name = "NAME")]
        name: String,
        /// The calls that it allows: check (check, compare and list), write (also add, delete and read), or admin (all)
        #[arg(long, value_enum, value_name = "ROLE")]
        role: Role,
        /// A collection that it allows, or a prefix such as 'team-a-*', or '*' for all; repeatable
        #[arg(long = "collection", value_name = "PATTERN", required = true, value_parser = Pattern::new)]
        collections: Vec<Pattern>,
        /// How long it is valid, such as 90d [default: without limit]
        #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
        expires_in: Option<Duration>,
    },
    /// List the keys, without their secrets
    List {
        #[command(flatten)]
        file: FileArgs,
    },
    /// Remove a key from the file: calls with it are refused, and its streams end
    Revoke {
        #[command(flatten)]
        file: FileArgs,
        /// The key's id, as list shows it
        id: String,
    },
}

/// Runs the command.
pub(in crate::cli) fn run(args: KeyArgs, out: &mut dyn Write) -> Result<Outcome, CliError> {
    match args.action {
        Action::Create { file, name, role, collections, expires_in } => {
            let NewKey { key, token } = Key::create(&name, role, collections, expires_in)?;
            let id = key.id.clone();
            KeyFile::change(&file.keys, |keys| keys.add(key))?;
            let note = format!("Key {id} for {}. It is shown only now; store it safely.", printable(&name));
            // The note is optional: the key itself goes to standard output.
            drop(writeln!(anstream::stderr(), "{note}"));
            writeln!(out, "{}", token.reveal())?;
        }
        Action::List { file } => {
            let keys = KeyFile::read(&file.keys)?;
            let keys: Vec<&Key> = keys.keys().collect();
            writeln!(out, "{}", render::keys(&keys, SystemTime::now(), Look::of_stdout(false)))?;
        }
        Action::Revoke { file, id } => {
            let revoked = KeyFile::change(&file.keys, |keys| keys.remove(&id))?;
            let Some(key) = revoked else { return Err(CliError::NoKey { id, path: file.keys }) };
            writeln!(out, "Revoked {} ({}).", key.id, printable(&key.name))?;
        }
    }
    Ok(Outcome::Done)
}
