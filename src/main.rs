//! The command `palimpsest`: arguments in, exit code out.

mod allocator;

use std::process::ExitCode;

use clap::Parser as _;
use palimpsest::cli::{self, Cli};

fn main() -> ExitCode {
    // Before anything else: a reader of documents takes no part in the rest.
    if let Some(read) = cli::read_document_if_asked() {
        return read;
    }
    cli::count_memory_with(allocator::used_bytes);
    cli::run(Cli::parse())
}
