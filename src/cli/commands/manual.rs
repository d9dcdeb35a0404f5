//! `palimpsest completions` and `palimpsest man`: the arguments, for shells and for `man`.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::cli::error::CliError;
use crate::cli::outcome::Outcome;

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Arguments of `man`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ManArgs {
    /// Write a page for each command to this folder, which is created if it does not exist
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

/// Prints a completion script.
pub(in crate::cli) fn completions(
    args: &CompletionsArgs,
    mut command: Command,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    // The generator panics if a write fails, as when the reader has closed the pipe.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "palimpsest", &mut script);
    out.write_all(&script)?;
    Ok(Outcome::Done)
}

/// Prints the man page, or writes the man pages of all commands.
pub(in crate::cli) fn man(
    args: &ManArgs,
    command: Command,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    match &args.out {
        None => Man::new(command).render(out)?,
        Some(folder) => fs::create_dir_all(folder)
            .and_then(|()| clap_mangen::generate_to(command, folder))
            .map_err(|cause| CliError::NotWritten { path: folder.clone(), cause })?,
    }
    Ok(Outcome::Done)
}
