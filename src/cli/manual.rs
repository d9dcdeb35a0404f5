//! `completions` and `man`: what the arguments are, for shells and for `man`.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use clap::CommandFactory as _;
use clap_complete::Shell;
use clap_mangen::Man;

use super::{Cli, CliError, Outcome};

/// The arguments of `completions`.
#[derive(Debug, clap::Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// The arguments of `man`.
#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// Write a page for each command to this folder, which is made if it is not there
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

pub(super) fn completions(args: &CompletionsArgs, out: &mut dyn Write) -> Result<Outcome, CliError> {
    // The generator panics when it can't write, as when its reader has gone away.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "palimpsest", &mut script);
    out.write_all(&script)?;
    Ok(Outcome::Done)
}

pub(super) fn man(args: &ManArgs, out: &mut dyn Write) -> Result<Outcome, CliError> {
    match &args.out {
        None => Man::new(Cli::command()).render(out)?,
        Some(folder) => fs::create_dir_all(folder)
            .and_then(|()| clap_mangen::generate_to(Cli::command(), folder))
            .map_err(|cause| CliError::NotWritten { path: folder.clone(), cause })?,
    }
    Ok(Outcome::Done)
}
