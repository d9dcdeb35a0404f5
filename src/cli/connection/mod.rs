//! The connection to a server: its address, TLS, the key, retries, and the errors of a failed call.

mod arguments;
mod client;
mod encrypted;
mod failure;
mod retry;
mod tls;

use std::future::Future;

pub(super) use arguments::ServerArgs;
pub(super) use client::{Client, Corpus};
pub(super) use retry::{ATTEMPTS, request_id, wait_before_retry};

use super::error::CliError;

/// Runs a command that calls a server.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().map_err(CliError::NoThreads)?;
    let done = runtime.block_on(work);
    // A DNS look-up that still runs must not delay the end.
    runtime.shutdown_background();
    done
}
