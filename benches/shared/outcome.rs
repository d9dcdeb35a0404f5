//! The end of a bench.

use std::process::ExitCode;

/// The exit code of a bench that ended so; a failure is printed.
pub(crate) fn exit_code(ended: Result<(), String>) -> ExitCode {
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            println!("FAILED: {message}");
            ExitCode::FAILURE
        }
    }
}
