//! `palimpsest cluster export`: the corpus of a cluster, through a node, to a data directory.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::cli::commands::corpus::collections;
use crate::cli::connection::{Client, ServerArgs};
use crate::cli::error::{CliError, Refusal};
use crate::cli::outcome::Outcome;
use crate::cli::output::{json, unless_interrupted};
use crate::cli::render::{bytes, counted, number, printable};
use crate::engine::{
    self, Change, CollectionName, Engine, FingerprintSettings, IfExists, Limits, Operation, Stop,
};
use crate::private;
use crate::proto;
use crate::service::received_source;

/// Sources that are added at once, at most,
const BATCH_SOURCES: usize = 256;

/// and the bytes of their texts, unless one has more.
const BATCH_BYTES: u64 = 8 << 20;

/// Arguments of `cluster export`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "`palimpsest serve --data-dir FOLDER` opens what was written. The data directory appears when it is complete; until then it has the \
    ending .unfinished. All collections that the key sees are written, with their k and w, and each source with its text, title, group, labels, address, \
    metadata, pages and the time at which it was submitted.\n\nNot carried over: the times at which sources were added and updated, which are those of the \
    export; revisions; scales, which can be trained again; calibrations; and the outcomes of requests. The new corpus has a secret seed of its own.\n\n\
    Changes may go on meanwhile: a source that was not changed while the command ran is written exactly once as it is, one that was is written as it was before or after, or \
    not at all if it was added or deleted. For a copy of one moment, let no client change anything."
)]
pub(super) struct ExportArgs {
    /// The data directory to create; it must be empty or absent
    #[arg(long, value_name = "FOLDER")]
    data_dir: PathBuf,
    /// Print the result as JSON: {"dataDir", "sources", "collections", "textBytes", "seconds"}
    #[arg(long)]
    json: bool,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    data_dir: PathBuf,
    sources: u64,
    collections: u64,
    text_bytes: u64,
    seconds: f64,
}

/// Writes all collections of a server to a new data directory.
pub(super) async fn run(
    args: ExportArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let client = Client::connect(server).await?;
    let began = Instant::now();
    let folder = NewFolder::create(&args.data_dir)?;
    let mut written = unless_interrupted(&args.data_dir, export(&client, &folder.unfinished)).await?;
    folder.finish()?;
    written.data_dir.clone_from(&args.data_dir);
    written.seconds = began.elapsed().as_secs_f64();
    if args.json {
        json::value(out, &written)?;
        return Ok(Outcome::Done);
    }
    let sources = counted(written.sources, "source", "sources");
    let collections = counted(written.collections, "collection", "collections");
    let folder = printable(&args.data_dir.display().to_string());
    let (size, seconds) = (bytes(written.text_bytes), written.seconds);
    writeln!(out, "Wrote {sources} in {collections} to {folder}: {size} of text in {seconds:.2} s.")?;
    Ok(Outcome::Done)
}

/// Writes all collections to a corpus in a folder, and closes it.
async fn export(client: &Client, folder: &Path) -> Result<Written, CliError> {
    let collections = collections::list(client).await?;
    let all_bytes = collections.iter().map(|one| one.stats.unwrap_or_default().text_bytes).sum();
    let corpus = NewCorpus::open(folder.to_owned(), all_bytes).await?;
    let mut written = Written::default();
    for collection in collections {
        let name = corpus.create(&collection)?;
        written.collections += 1;
        let request = proto::ExportSourcesRequest { collection: collection.name };
        let mut responses = client.response(client.admin().export_sources(request).await)?;
        let (mut batch, mut batch_bytes) = (Vec::new(), 0);
        while let Some(response) = client.next(&mut responses).await? {
            let source = response.source.unwrap_or_default();
            batch_bytes += source.text.len() as u64;
            written.text_bytes += source.text.len() as u64;
            written.sources += 1;
            batch.push(addition(&name, source)?);
            if batch.len() >= BATCH_SOURCES || batch_bytes >= BATCH_BYTES {
                corpus.add(std::mem::take(&mut batch), std::mem::take(&mut batch_bytes)).await?;
            }
        }
        corpus.add(batch, batch_bytes).await?;
    }
    corpus.close().await?;
    Ok(written)
}

/// The change that adds a source as it was received.
fn addition(collection: &CollectionName, source: proto::Source) -> Result<Operation, CliError> {
    let source =
        received_source(source).map_err(|problem| CliError::Refused(Refusal::of(&problem.into())))?;
    Ok(Operation::new(Change::AddSource {
        collection: collection.clone(),
        source,
        if_exists: IfExists::Reject,
    }))
}

/// The corpus that is written.
struct NewCorpus {
    engine: Arc<Engine>,
    bar: ProgressBar,
}

impl NewCorpus {
    /// Creates it, for texts of so many bytes. What a server accepted was within its limits, so that there are none here.
    async fn open(folder: PathBuf, bytes: u64) -> Result<Self, CliError> {
        let limits = Limits::default()
            .with_max_text_bytes(Limits::MOST_TEXT_BYTES)
            .with_max_normalised_bytes(usize::MAX)
            .with_max_text_words(usize::MAX)
            .with_max_collections(usize::MAX)
            .with_max_sources_per_collection(usize::MAX)
            .with_max_collection_bytes(u64::MAX);
        let engine = in_a_thread(move || Engine::open(&folder, limits, 0, &mut |_| {})).await??;
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr());
        let template = "{wide_bar} {percent:>3} % · {msg} · {decimal_bytes_per_sec} · {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸─"));
        }
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Ok(Self { engine: Arc::new(engine), bar })
    }

    /// Creates a collection with its settings, unless it is there, as `default` is.
    fn create(&self, collection: &proto::Collection) -> Result<CollectionName, CliError> {
        let proto::Collection { name, kgram_tokens, window_kgrams, .. } = collection;
        let invalid = |problem: String| CliError::BadCollection { collection: name.clone(), problem };
        let of_name = CollectionName::new(name).map_err(|error| invalid(error.to_string()))?;
        let settings = FingerprintSettings::new(*kgram_tokens, *window_kgrams);
        let settings = settings.map_err(|error| invalid(error.to_string()))?;
        match self.engine.create_collection(&of_name, settings) {
            Ok(_) | Err(engine::Error::CollectionExists(_)) => Ok(of_name),
            Err(error) => Err(error.into()),
        }
    }

    /// Adds sources, durably.
    async fn add(&self, batch: Vec<Operation>, bytes: u64) -> Result<(), CliError> {
        let engine = Arc::clone(&self.engine);
        let outcomes = in_a_thread(move || engine.apply(batch, &Stop::never())).await?;
        for outcome in outcomes {
            outcome?;
        }
        self.bar.inc(bytes);
        self.bar.set_message(format!("{} sources", number(self.engine.corpus().stats.sources)));
        Ok(())
    }

    /// Completes it.
    async fn close(self) -> Result<(), CliError> {
        self.bar.finish_and_clear();
        in_a_thread(move || self.engine.close()).await
    }
}

/// Does work that blocks.
async fn in_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, CliError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| CliError::NoThreads(io::Error::other(error)))
}

/// A folder that appears under its name when it is complete. Dropping it before removes it.
struct NewFolder {
    path: PathBuf,
    unfinished: PathBuf,
}

impl NewFolder {
    /// Creates the folder under its unfinished name. The path must be an empty folder, or not exist.
    fn create(path: &Path) -> Result<Self, CliError> {
        let failed = |cause: io::Error| CliError::NotWritten { path: path.to_owned(), cause };
        let is_free = match fs::read_dir(path) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        };
        if !is_free {
            return Err(failed(io::Error::other("it is there already, and not empty; name another folder")));
        }
        let named = path.file_name().ok_or_else(|| failed(io::Error::other("it has no name of its own")));
        let mut name = named?.to_owned();
        name.push(".unfinished");
        let unfinished = path.with_file_name(name);
        if fs::symlink_metadata(&unfinished).is_ok() {
            return Err(CliError::Unfinished {
                path: path.to_owned(),
                unfinished,
                problem: "is of another export, which goes on or was killed; remove it if none goes on"
                    .to_owned(),
            });
        }
        private::create_folder(&unfinished).map_err(failed)?;
        Ok(Self { path: path.to_owned(), unfinished })
    }

    /// Puts it under its name.
    fn finish(self) -> Result<(), CliError> {
        let renamed = fs::rename(&self.unfinished, &self.path);
        renamed.map_err(|cause| CliError::NotWritten { path: self.path.clone(), cause })
    }
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        // It is not there any more once it was finished.
        drop(fs::remove_dir_all(&self.unfinished));
    }
}
