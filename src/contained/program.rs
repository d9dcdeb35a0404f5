//! The program that children run.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::Job;

/// The program that children run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Program {
    /// The one that runs now, also if its file was replaced since.
    ThisOne,
    /// The one at a path.
    At(PathBuf),
}

static PROGRAM: OnceLock<Program> = OnceLock::new();

/// Sets the program that children run. It must call [`super::asked_job`] before anything else. Only the first call has an effect.
pub fn set_program(program: Program) {
    drop(PROGRAM.set(program));
}

/// The path of the program that children run.
///
/// # Errors
///
/// A message if none is set, since an arbitrary program would not do the job.
pub(super) fn path() -> Result<PathBuf, String> {
    match PROGRAM.get() {
        None => Err("this program does not say which one its children run".to_owned()),
        Some(Program::At(path)) => Ok(path.clone()),
        Some(Program::ThisOne) => this_one(),
    }
}

/// Linux executes what this path stands for, not the file that has its name by now.
const PROC_SELF_EXE: &str = "/proc/self/exe";

fn this_one() -> Result<PathBuf, String> {
    if cfg!(target_os = "linux") && Path::new(PROC_SELF_EXE).exists() {
        return Ok(PathBuf::from(PROC_SELF_EXE));
    }
    std::env::current_exe().map_err(|error| format!("the path of this program is not known: {error}"))
}

/// The job that the first argument of this process asks for.
pub(super) fn asked_job(argument: Option<&OsStr>) -> Option<Job> {
    Job::ALL.into_iter().find(|job| argument == Some(OsStr::new(job.argument())))
}
