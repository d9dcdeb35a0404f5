//! `palimpsest serve`: runs a server, or prints its effective settings.

use std::io::Write;

use crate::cli::error::CliError;
use crate::cli::outcome::Outcome;
use crate::server::{ServeArgs, ServeError, Settings, serve};

/// Serves until a signal ends the process. With `--check-config`, prints the effective settings and changes nothing.
pub(in crate::cli) fn run(args: ServeArgs, out: &mut dyn Write) -> Result<Outcome, CliError> {
    if args.check_config {
        let settings = Settings::load(args).map_err(ServeError::from)?;
        out.write_all(settings.to_toml().map_err(ServeError::from)?.as_bytes())?;
    } else {
        serve(args)?;
    }
    Ok(Outcome::Done)
}
