//! The command `palimpsest`: arguments in, exit code out.

mod allocator;

use std::process::ExitCode;

use clap::Parser as _;
use palimpsest::cli::{self, Cli};

fn main() -> ExitCode {
    cli::count_memory_with(allocator::used_bytes);
    cli::run(Cli::parse())
}
