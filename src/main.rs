//! The command `palimpsest`: arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser as _;
use palimpsest::cli::{self, Cli, Outcome};

/// Texts that come and go beside an index that grows leave a third of the system allocator's heap unused;
/// this one wastes little (see docs/performance.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match cli::run(Cli::parse()) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::PartlyFailed) => ExitCode::FAILURE,
        Err(error) => cli::explain(&error),
    }
}
