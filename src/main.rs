//! The command `palimpsest`: arguments in, exit code out.

mod allocator;

use std::process::ExitCode;

use clap::Parser as _;
use palimpsest::cli::{self, Cli};

fn main() -> ExitCode {
    // Before anything else: a child process takes no part in the rest.
    if let Some(done) = cli::serve_parent_if_asked() {
        return done;
    }
    cli::count_memory_with(allocator::used_bytes);
    cli::run(Cli::parse())
}
