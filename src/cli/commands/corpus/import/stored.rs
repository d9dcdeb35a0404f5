//! Sources that come from another corpus, in place of files.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::mpsc;

use super::ledger::Ledger;
use super::progress::Progress;
use super::records::Records;
use super::sending::{Ended, Import, Target};
use super::summary::{self, About, Counts};
use crate::cli::connection::Client;
use crate::cli::error::CliError;
use crate::cli::input::Item;
use crate::cli::outcome::Outcome;
use crate::proto;

/// The sources of one collection.
pub(in crate::cli) struct StoredSources {
    /// The collection, which exists.
    pub(in crate::cli) collection: String,
    /// Whether it was created for them.
    pub(in crate::cli) is_created: bool,
    /// Whether they replace others that have the same id and differ.
    pub(in crate::cli) replace: bool,
    /// The bytes of their texts.
    pub(in crate::cli) text_bytes: u64,
    /// The sources, as they are read.
    pub(in crate::cli) items: mpsc::Receiver<Item>,
}

/// An import that ended.
pub(in crate::cli) struct Imported {
    collection: String,
    is_created: bool,
    elapsed: Duration,
    ended: Ended,
}

impl StoredSources {
    /// Sends all of them.
    pub(in crate::cli) async fn import(self, client: &Client, limits: proto::Limits) -> Imported {
        let Self { collection, is_created, replace, text_bytes, items } = self;
        let (began, progress) = (Instant::now(), Progress::of_bytes(text_bytes));
        let target = Target {
            collection: collection.clone(),
            id_prefix: String::new(),
            group: String::new(),
            labels: Vec::new(),
            replace,
        };
        let import = Import::new(target, limits, Ledger::new(Records::default()), progress);
        let ended = import.send(client, items).await;
        Imported { collection, is_created, elapsed: began.elapsed(), ended }
    }
}

impl Imported {
    fn about(&self) -> About<'_> {
        About {
            collection: &self.collection,
            is_created: self.is_created,
            elapsed: self.elapsed,
            is_interrupted: self.ended.is_interrupted,
            journal: None,
            may_keep_journal: false,
        }
    }

    /// The counts for programs.
    pub(in crate::cli) fn counts(&self) -> impl Serialize {
        Counts::of(&self.ended.ledger, &self.about())
    }

    /// Writes the counts, and the failures with their reasons.
    pub(in crate::cli) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        summary::write(out, &self.ended.ledger, &self.about())
    }

    /// Its outcome, or what ended it as a whole.
    pub(in crate::cli) fn outcome(&mut self) -> Result<Outcome, CliError> {
        let Ended { ledger, is_interrupted, result } = &mut self.ended;
        std::mem::replace(result, Ok(()))?;
        Ok(if *is_interrupted { Outcome::Interrupted } else { Outcome::of(ledger.is_complete()) })
    }
}
