//! The same workload with Palimpsest and with alternatives from crates.io.
//!
//! ```sh
//! cargo run --release --manifest-path benches/peers/Cargo.toml -- \
//!     --sources SOURCES.jsonl --submissions SUBMISSIONS.jsonl --truth TRUTH.json
//! ```
//!
//! Without files, a small workload is generated. Each system runs in a separate process, one after the
//! other, on one thread. `docs/peers.md` has the configurations and measurements.

mod grams;
mod made_up;
mod measure;
mod score;
mod systems;
mod table;
mod workload;

use std::error::Error;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use clap::Parser;
use peak_alloc::PeakAlloc;

use measure::{Figures, measure};
use systems::Name;
use workload::{Files, Workload};

/// The system's allocator with a count of the allocated bytes; unused memory of its heap does not count.
#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Any error of a run; it is only printed.
type Failure = Box<dyn Error>;

#[derive(Parser)]
#[command(about = "Measures Palimpsest and its peers on one workload")]
struct Arguments {
    /// The sources, one object {id, text} a line.
    #[arg(long, requires_all = ["submissions", "truth"])]
    sources: Option<PathBuf>,
    /// The submissions, likewise.
    #[arg(long, requires = "sources")]
    submissions: Option<PathBuf>,
    /// The known passages: {"submission": {"spans": [{"q": [start, end], "doc": "source"}], "natural": []}}.
    #[arg(long, requires = "sources")]
    truth: Option<PathBuf>,
    /// Measures this system in this process, and prints its figures as a line of JSON.
    #[arg(long, hide = true)]
    system: Option<Name>,
}

impl Arguments {
    fn workload(self) -> Result<Workload, Failure> {
        match (self.sources, self.submissions, self.truth) {
            (Some(sources), Some(submissions), Some(truth)) => {
                Workload::read(&Files { sources, submissions, truth })
            }
            _ => Ok(made_up::workload()),
        }
    }
}

#[expect(clippy::print_stdout, reason = "the program's result")]
fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    if let Some(name) = arguments.system {
        let figures = measure(name, &arguments.workload()?)?;
        println!("{}", serde_json::to_string(&figures)?);
        return Ok(());
    }
    println!("{}", table::workload(&arguments.workload()?));
    let mut all = Vec::new();
    for name in Name::ALL {
        let figures = in_a_process_of_its_own(name)?;
        println!("measured: {}", figures.name.title());
        all.push(figures);
    }
    println!("\n{}\n\n{}", table::figures(&all), table::ratios(&all));
    Ok(())
}

/// Runs each system in a separate process, so that none affects the memory of another.
fn in_a_process_of_its_own(name: Name) -> Result<Figures, Failure> {
    let child = Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .args(["--system", name.as_argument()])
        .stderr(Stdio::inherit())
        .output()?;
    if !child.status.success() {
        return Err(format!("{} could not be measured: {}", name.title(), child.status).into());
    }
    Ok(serde_json::from_slice(&child.stdout)?)
}
