//! Preparing updates: the new record, with the digest of the text and all that is known of it.

use std::sync::Arc;

use crate::corpus::catalogue::Entry;
use crate::corpus::changes::content_digest;
use crate::corpus::collection::Collection;
use crate::corpus::error::Error;
use crate::corpus::state::{Corpus, not_found};
use crate::model::{CollectionName, SourceId, SourceRecord, SourceUpdate};

/// An update whose new record is known, if its source was there.
#[derive(Debug)]
pub(in crate::corpus::writing) struct PreparedUpdate {
    update: SourceUpdate,
    prepared: Option<Updated>,
}

/// The new record of a source.
#[derive(Debug)]
struct Updated {
    /// The source before.
    old: Arc<Entry>,
    record: Box<SourceRecord>,
}

/// What an update comes to.
pub(in crate::corpus::writing) enum UpdateDecision {
    /// The new record.
    Rewrite(Box<SourceRecord>),
    /// The source as it is: it has these values already.
    Unchanged(Arc<Entry>),
}

impl Corpus {
    /// Prepares an update. A source that is not there now may be there when its turn comes, and the other way round.
    pub(in crate::corpus::writing) fn prepare_update(
        &self,
        collection: &CollectionName,
        id: &SourceId,
        update: SourceUpdate,
    ) -> Result<PreparedUpdate, Error> {
        let collection = self.collection(collection)?;
        self.full_disk.check()?;
        let old = {
            // Retains the text while it is read.
            let _pin = collection.pins.pin();
            let old = collection.catalogue.read().get(id).map(Arc::clone);
            old.map(|old| self.updated(&collection, old, &update)).transpose()?
        };
        Ok(PreparedUpdate { update, prepared: old })
    }

    /// The new record of a source. Linear in its text, which the digest covers.
    fn updated(
        &self,
        collection: &Collection,
        old: Arc<Entry>,
        update: &SourceUpdate,
    ) -> Result<Updated, Error> {
        let mut record = Box::new(update.of(&old));
        let text = self.store.read(collection.key(old.slot))?;
        record.content_digest = content_digest(&text, record.details(), self.seed);
        Ok(Updated { old, record })
    }
}

impl PreparedUpdate {
    /// Decides the update of a source, which may have changed since the update was prepared.
    pub(in crate::corpus::writing) fn decide(
        self,
        corpus: &Corpus,
        collection: &Collection,
        id: &SourceId,
    ) -> Result<UpdateDecision, Error> {
        let present = collection.catalogue.read().get(id).map(Arc::clone);
        let present = present.ok_or_else(|| not_found(collection, id))?;
        let Self { update, prepared } = self;
        let Updated { old, record } = match prepared {
            Some(prepared) if Arc::ptr_eq(&prepared.old, &present) => prepared,
            _ => corpus.updated(collection, present, &update)?,
        };
        let is_same = record.content_digest == old.content_digest;
        Ok(if is_same { UpdateDecision::Unchanged(old) } else { UpdateDecision::Rewrite(record) })
    }
}
