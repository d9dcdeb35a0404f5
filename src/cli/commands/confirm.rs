//! Confirmation by the user before something is deleted.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use crate::cli::error::CliError;
use crate::cli::render::printable;

/// Asks `question` on the terminal unless `--yes` was given.
///
/// # Errors
///
/// [`CliError::NotConfirmed`] without a yes, or without a terminal to ask on.
pub(super) fn confirm(yes: bool, question: &str) -> Result<(), CliError> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(CliError::NotConfirmed(
            "there is no terminal to ask on; add --yes to delete without asking",
        ));
    }
    let mut terminal = anstream::stderr();
    write!(terminal, "{} [y/N] ", printable(question))?;
    terminal.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(CliError::NotConfirmed("the answer was not yes")),
    }
}
