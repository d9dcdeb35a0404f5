//! `palimpsest key`: create, list and revoke the keys in a server's key file.

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use clap::{Args, Subcommand};
use humantime::format_rfc3339_seconds;
use serde::Serialize;

use crate::cli::error::CliError;
use crate::cli::outcome::Outcome;
use crate::cli::output::json;
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
    /// Print the result as JSON: {"keys": [...]}, or the key that was created, with its `token`, or revoked
    #[arg(long)]
    json: bool,
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

/// The keys of a file, for programs.
#[derive(Serialize)]
struct KeyList {
    keys: Vec<KeyFacts>,
}

/// A key for programs, without its secret unless it was just created.
#[derive(Serialize)]
struct KeyFacts {
    id: String,
    name: String,
    role: String,
    collections: Vec<String>,
    created: String,
    expires: Option<String>,
    expired: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl KeyFacts {
    fn of(key: &Key, now: SystemTime) -> Self {
        Self {
            id: key.id.clone(),
            name: key.name.clone(),
            role: key.role.to_string(),
            collections: key.collections.iter().map(Pattern::to_string).collect(),
            created: format_rfc3339_seconds(key.created).to_string(),
            expires: key.expires.map(|at| format_rfc3339_seconds(at).to_string()),
            expired: key.has_expired(now),
            token: None,
        }
    }

    fn with_token(self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self }
    }
}

fn done(written: Result<(), CliError>) -> Result<Outcome, CliError> {
    written.map(|()| Outcome::Done)
}

/// Runs the command.
pub(in crate::cli) fn run(args: KeyArgs, out: &mut dyn Write) -> Result<Outcome, CliError> {
    match args.action {
        Action::Create { file, name, role, collections, expires_in } => {
            let NewKey { key, token } = Key::create(&name, role, collections, expires_in)?;
            let (id, created) = (key.id.clone(), KeyFacts::of(&key, SystemTime::now()));
            KeyFile::change(&file.keys, |keys| keys.add(key))?;
            let note = format!("Key {id} for {}. It is shown only now; store it safely.", printable(&name));
            // The note is optional: the key itself goes to standard output.
            drop(writeln!(anstream::stderr(), "{note}"));
            if file.json {
                return done(json::value(out, &created.with_token(token.reveal())));
            }
            writeln!(out, "{}", token.reveal())?;
        }
        Action::List { file } => {
            let keys = KeyFile::read(&file.keys)?;
            let keys: Vec<&Key> = keys.keys().collect();
            if file.json {
                let now = SystemTime::now();
                let keys = keys.iter().map(|key| KeyFacts::of(key, now)).collect();
                return done(json::value(out, &KeyList { keys }));
            }
            writeln!(out, "{}", render::keys(&keys, SystemTime::now(), Look::of_stdout(false)))?;
        }
        Action::Revoke { file, id } => {
            let revoked = KeyFile::change(&file.keys, |keys| keys.remove(&id))?;
            let Some(key) = revoked else { return Err(CliError::NoKey { id, path: file.keys }) };
            if file.json {
                return done(json::value(out, &KeyFacts::of(&key, SystemTime::now())));
            }
            writeln!(out, "Revoked {} ({}).", key.id, printable(&key.name))?;
        }
    }
    Ok(Outcome::Done)
}
