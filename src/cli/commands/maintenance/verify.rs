//! `palimpsest verify`: stored data against its checksums, and the index against the texts.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::cli::connection::{Client, ServerArgs, block_on};
use crate::cli::error::CliError;
use crate::cli::outcome::Outcome;
use crate::cli::output::json::{self, Json};
use crate::cli::render::{counted, number, printable};
use crate::engine::{Engine, Limits};
use crate::matching::Stop;
use crate::proto;
use crate::service::verified_to_proto;

/// Number of findings that are printed; the rest are counted.
const PRINTED_FINDINGS: u64 = 100;

/// Number of findings in JSON; the rest are counted.
const KEPT_FINDINGS: u64 = 10_000;

/// Arguments of `verify`.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct VerifyArgs {
    /// A data directory that no server uses; without it, the corpus of the server
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Print the result as JSON: {"sources", "problems", "findings"}, each finding with `collection`, `sourceId` and `problem`
    #[arg(long)]
    json: bool,
}

/// Verifies a data directory, or else a server's corpus.
pub(in crate::cli) fn run(
    args: &VerifyArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    match &args.folder {
        Some(folder) => verify_folder(folder, Findings::new(args.json), out),
        None => block_on(verify_server(server, Findings::new(args.json), out)),
    }
}

async fn verify_server(
    server: &ServerArgs,
    mut findings: Findings,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let client = Client::connect(server).await?;
    let mut responses = client.response(client.admin().verify(proto::VerifyRequest {}).await)?;
    while let Some(response) = client.next(&mut responses).await? {
        findings.add(&response, out)?;
    }
    if !findings.is_complete {
        return Err(client.lost("it ended the stream before everything was verified"));
    }
    findings.conclude(out)
}

fn verify_folder(folder: &Path, mut findings: Findings, out: &mut dyn Write) -> Result<Outcome, CliError> {
    let engine = Engine::open_read_only(folder, Limits::default(), &mut |_| {})?;
    let mut written = Ok(());
    engine.verify(&Stop::never(), &mut |verified| {
        written = findings.add(&verified_to_proto(verified), out);
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    written?;
    findings.conclude(out)
}

/// The findings so far. For people, each is printed as it arrives.
struct Findings {
    sources: u64,
    count: u64,
    is_complete: bool,
    /// The first findings, for JSON.
    kept: Option<Vec<proto::VerifyFinding>>,
}

/// The result for programs.
#[derive(Serialize)]
struct Verified {
    sources: u64,
    problems: u64,
    findings: Vec<Json>,
}

impl Findings {
    fn new(json: bool) -> Self {
        Self { sources: 0, count: 0, is_complete: false, kept: json.then(Vec::new) }
    }

    fn add(&mut self, response: &proto::VerifyResponse, out: &mut dyn Write) -> io::Result<()> {
        let proto::VerifyResponse { sources, of_sources: _, findings, is_complete } = response;
        (self.sources, self.is_complete) = (*sources, *is_complete);
        for finding in findings {
            self.count += 1;
            if let Some(kept) = &mut self.kept {
                if self.count <= KEPT_FINDINGS {
                    kept.push(finding.clone());
                }
            } else if self.count <= PRINTED_FINDINGS {
                let proto::VerifyFinding { collection, source_id, problem } = finding;
                // A finding about a file has neither collection nor source.
                let parts = [collection, source_id, problem];
                let parts: Vec<_> =
                    parts.iter().filter(|part| !part.is_empty()).map(|part| printable(part)).collect();
                writeln!(out, "{}", parts.join(": "))?;
            }
        }
        Ok(())
    }

    fn conclude(self, out: &mut dyn Write) -> Result<Outcome, CliError> {
        let outcome = Outcome::of(self.count == 0);
        if let Some(kept) = self.kept {
            let findings = kept.iter().map(|finding| json::dynamic("VerifyFinding", finding));
            let findings = findings.collect::<Result<_, _>>()?;
            json::value(out, &Verified { sources: self.sources, problems: self.count, findings })?;
            return Ok(outcome);
        }
        if self.count > PRINTED_FINDINGS {
            writeln!(out, "and {} more", number(self.count - PRINTED_FINDINGS))?;
        }
        let sources = counted(self.sources, "source", "sources");
        match self.count {
            0 => writeln!(out, "Verified {sources}: all is as it was written.")?,
            count => writeln!(out, "Verified {sources}: {}.", counted(count, "problem", "problems"))?,
        }
        Ok(outcome)
    }
}
