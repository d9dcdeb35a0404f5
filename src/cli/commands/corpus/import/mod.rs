//! `palimpsest import`: files to sources, over one stream.
//!
//! Threads read the files, and one of them sends each source over a bounded channel to the stream. HTTP/2 flow control takes sources
//! from the stream when the server is ready, so memory holds only a few texts.

mod failures;
mod journal;
mod ledger;
mod progress;
mod records;
mod sending;
mod stored;
mod summary;

use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use encoding_rs::Encoding;
use tokio::sync::mpsc;
use tonic::Code;

use self::failures::FailureList;
use self::journal::{Head, Journal, Opened};
use self::ledger::Ledger;
use self::progress::Progress;
use self::records::Records;
use self::sending::{Ended, Import, Target};
pub(in crate::cli) use self::stored::{Imported, StoredSources};
use self::summary::About;
use crate::cli::commands::encoding::EncodingArgs;
use crate::cli::connection::{Client, Corpus, ServerArgs, request_id};
use crate::cli::error::CliError;
use crate::cli::input::{self, Ids, Item, Known, Reading};
use crate::cli::outcome::Outcome;
use crate::cli::output::json;
use crate::proto;

/// Capacity of the channel between the reader and the stream, in texts.
pub(in crate::cli) const CHANNEL_TEXTS: usize = 16;

/// Arguments of `import`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Texts and documents are read: plain text and Markdown in any encoding, docx, odt, epub, html, rtf and pdf, \
    by their content. In a folder or a zip archive, the files with an extension of these are read, also those in folders \
    within; hidden ones are not. A document is read in a process of its own, several at a time. The id of a source is its path: relative to the folder, if only one folder is given, or else to the current \
    folder, or, if a file is outside that, to the deepest folder that contains all. Its title is that of the document, the first Markdown \
    heading, or else the file name. A .jsonl file has one source a line: {\"id\", \"title\", \"group\", \"labels\", \
    \"uri\", \"submitted_at\", \"metadata\", \"pages\", \"text\"}; only the text is required, and \
    the server assigns an id if there is none. `-` reads such lines from standard input. A source that can't be read or \
    is refused does not stop the import; it is listed at the end. An \
    interrupted import can be run again: a source that is already there, identical in every byte, is \
    skipped; one without an id is added again. With --resume FILE, files that were imported and are unchanged are \
    not even read again."
)]
#[expect(clippy::struct_excessive_bools, reason = "flags are bools")]
pub(in crate::cli) struct ImportArgs {
    /// Folders, files, zip archives, or - for JSON lines on standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The collection to add to
    #[arg(long, value_name = "NAME", default_value = "default")]
    collection: String,
    /// Create the collection if it does not exist
    #[arg(long)]
    create: bool,
    /// Put this in front of every id, such as 2026/
    #[arg(long, value_name = "PREFIX", default_value = "", hide_default_value = true)]
    id_prefix: String,
    /// The group of the sources that have none
    #[arg(long, value_name = "GROUP", default_value = "", hide_default_value = true)]
    group: String,
    /// A label for all sources; repeatable
    #[arg(long = "label", value_name = "LABEL")]
    labels: Vec<String>,
    /// Replace sources that have the same id and differ, instead of rejecting the new ones
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    encoding: EncodingArgs,
    /// Accept lines of JSON from other programs: numbers as ids, and other fields, which are ignored and counted
    #[arg(long)]
    lenient: bool,
    /// Keep a journal of what was imported in this file; if it is there, files in it that are unchanged are not read again
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    /// Write what could not be read or added, and why, to this file: lines of JSON, or CSV if it ends with .csv
    #[arg(long, value_name = "FILE")]
    failures: Option<PathBuf>,
    /// Print the counts, the failures and what was skipped as JSON
    #[arg(long)]
    json: bool,
}

impl ImportArgs {
    /// Where the sources go.
    fn target(&self) -> Target {
        Target {
            collection: self.collection.clone(),
            id_prefix: self.id_prefix.clone(),
            group: self.group.clone(),
            labels: self.labels.clone(),
            replace: self.replace,
        }
    }

    /// How the files are read.
    fn reading(&self, max_text_bytes: u64, known: Known) -> Reading {
        Reading {
            max_text_bytes,
            ids: Ids::of_import(&self.paths),
            encoding: self.encoding.encoding(),
            lenient: self.lenient,
            known,
        }
    }

    /// Opens the journal and the list of failures.
    fn recording(&self, server: &str) -> Result<Recording, CliError> {
        let failures = self.failures.as_deref().map(FailureList::create).transpose()?;
        let Some(path) = &self.resume else {
            return Ok(Recording { records: Records::new(None, failures), known: Known::default() });
        };
        let encoding = self.encoding.encoding().map_or("", Encoding::name);
        let head = Head::new(server, &self.collection, &self.id_prefix, &self.group, &self.labels, encoding);
        let Opened { journal, known } = Journal::open(path, &head)?;
        Ok(Recording { records: Records::new(Some(journal), failures), known })
    }
}

/// The files that an import writes meanwhile, and what they say.
struct Recording {
    records: Records,
    /// The files that need not be read.
    known: Known,
}

/// Imports the sources, and prints the summary.
pub(in crate::cli) async fn run(
    args: ImportArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let client = Client::connect(server).await?;
    let limits = client.limits().await?;
    let Recording { records, known } = args.recording(&server.address())?;
    let is_created = ensure_collection(&client, &args).await?;
    let progress = Progress::over(&args.paths);
    let started = Instant::now();
    let reading = args.reading(limits.max_text_bytes, known);
    let items = read_in_a_thread(args.paths.clone(), reading);
    let import = Import::new(args.target(), limits, Ledger::new(records), progress);
    let Ended { mut ledger, is_interrupted, result } = import.send(&client, items).await;
    let recorded = ledger.records.finish();
    let about = About {
        collection: &args.collection,
        is_created,
        elapsed: started.elapsed(),
        is_interrupted,
        journal: args.resume.as_deref(),
        may_keep_journal: true,
    };
    if args.json {
        json::value(out, &summary::Counts::of(&ledger, &about))?;
    } else {
        summary::write(out, &ledger, &about)?;
    }
    result?;
    recorded?;
    if is_interrupted {
        return Ok(Outcome::Interrupted);
    }
    Ok(Outcome::of(ledger.is_complete()))
}

/// Returns an error if the collection does not exist, rather than one for each source, or creates it if `--create` was
/// given. Returns whether it was created.
async fn ensure_collection(client: &Client, args: &ImportArgs) -> Result<bool, CliError> {
    let name = args.collection.clone();
    let request = client.request(proto::GetCollectionRequest { name: name.clone() });
    let Err(problem) = client.response(client.corpus().get_collection(request).await) else {
        return Ok(false);
    };
    let is_missing = matches!(&problem, CliError::Refused(refusal) if refusal.code == Code::NotFound);
    if !(is_missing && args.create) {
        return Err(problem);
    }
    let request_id = request_id();
    let request = proto::CreateCollectionRequest { name, request_id, ..Default::default() };
    let create = |mut corpus: Corpus, request| async move { corpus.create_collection(request).await };
    match client.call_with_retries(create, request).await {
        // Another client created it in between.
        Err(CliError::Refused(refusal)) if refusal.code == Code::AlreadyExists => Ok(false),
        created => created.map(|_| true),
    }
}

/// Reads the files in threads that ends when the receiver is dropped.
fn read_in_a_thread(paths: Vec<PathBuf>, reading: Reading) -> mpsc::Receiver<Item> {
    let (sender, receiver) = mpsc::channel(CHANNEL_TEXTS);
    std::thread::spawn(move || {
        input::read_all(&paths, &reading, &mut |item| match sender.blocking_send(item) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        })
    });
    receiver
}
