//! `palimpsest key`: make, list and revoke the keys in a server's file.

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use clap::{Args, Subcommand};

use super::Outcome;
use super::error::CliError;
use super::render::{self, Look, printable};
use crate::engine::Pattern;
use crate::server::{Key, KeyFile, NewKey};
use crate::service::Role;

/// What to do with keys.
#[derive(Debug, Clone, Args)]
pub(super) struct KeyArgs {
    #[command(subcommand)]
    action: Action,
}

/// The file.
#[derive(Debug, Clone, Args)]
struct FileArgs {
    /// The server's file of keys; a server that runs reads it again within a second or two
    #[arg(long, env = "PALIMPSEST_KEYS", value_name = "FILE")]
    keys: PathBuf,
}

#[derive(Debug, Clone, Subcommand)]
enum Action {
    /// Make a key, and print it: this once, for the file holds but a hash of it
    Create {
        #[command(flatten)]
        file: FileArgs,
        /// Whose it is, for people
        #[arg(long, value_name = "NAME")]
        name: String,
        /// What it allows: check (and compare, and list), write (add, delete and read, too), or admin (all)
        #[arg(long, value_enum, value_name = "ROLE")]
        role: Role,
        /// A collection that it is for, or the beginning of many, such as 'team-a-*'; '*' for all; may be given again
        #[arg(long = "collection", value_name = "PATTERN", required = true, value_parser = Pattern::new)]
        collections: Vec<Pattern>,
        /// How long it is good, such as 90d [default: for ever]
        #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
        expires_in: Option<Duration>,
    },
    /// List the keys, without their secrets
    List {
        #[command(flatten)]
        file: FileArgs,
    },
    /// Take a key out of the file: calls with it are refused, and its streams end
    Revoke {
        #[command(flatten)]
        file: FileArgs,
        /// The key's id, as list gives it
        id: String,
    },
}

/// Does it.
pub(super) fn run(args: KeyArgs, out: &mut dyn Write) -> Result<Outcome, CliError> {
    match args.action {
        Action::Create { file, name, role, collections, expires_in } => {
            let NewKey { key, token } = Key::create(&name, role, collections, expires_in)?;
            let id = key.id.clone();
            KeyFile::change(&file.keys, |keys| keys.add(key))?;
            let told = format!("Key {id} for {}: it is shown this once, keep it well.", printable(&name));
            // If standard error is closed, the key itself still says what must be said.
            drop(writeln!(anstream::stderr(), "{told}"));
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
