//! The command `palimpsest`: arguments in, exit code out.

mod allocator;

use std::process::ExitCode;

use clap::Parser as _;
use palimpsest::cli::{self, Cli, Outcome};

fn main() -> ExitCode {
    palimpsest::service::count_memory_with(allocator::used_bytes);
    match cli::run(Cli::parse()) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::PartlyFailed) => ExitCode::FAILURE,
        Err(error) => cli::explain(&error),
    }
}
