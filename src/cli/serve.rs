//! `serve`: to run a server, or to say what it would run with.

use std::io::Write;

use super::{CliError, Outcome};
use crate::server::{ServeArgs, ServeError, Settings, serve};

/// Serves until the process is told to end; with `--check-config`, prints the settings instead, and touches nothing.
pub(super) fn run(args: ServeArgs, out: &mut dyn Write) -> Result<Outcome, CliError> {
    if args.check_config {
        let settings = Settings::load(args).map_err(ServeError::from)?;
        out.write_all(settings.to_toml().map_err(ServeError::from)?.as_bytes())?;
    } else {
        serve(args)?;
    }
    Ok(Outcome::Done)
}
