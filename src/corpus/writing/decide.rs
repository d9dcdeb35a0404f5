//! Deciding changes, one after the other, against the corpus as it will be by then.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::Arc;

use super::commit::{Aftermath, Committer};
use super::pending::{Pending, Reply, Work};
use super::prepare::{Prepared, PreparedUpdate, UpdateDecision, verdict};
use super::step::Step;
use crate::corpus::catalogue::{Entry, Growth};
use crate::corpus::changes::{Change, Outcome, ScaleDeleted, SourcesDeleted};
use crate::corpus::collection::Collection;
use crate::corpus::error::Error;
use crate::corpus::selecting::Selection;
use crate::corpus::state::not_found;
use crate::model::{
    CollectionName, CollectionNumber, FingerprintSettings, IfExists, SourceRecord, Stop, Timestamp,
};

/// A change whose collection is resolved and that is to be made.
pub(super) type Decided = Change<Box<Prepared>, Arc<Collection>, Box<SourceRecord>, Vec<Arc<Entry>>>;

/// A change whose collection is resolved.
type Resolved = Change<Box<Prepared>, Arc<Collection>, PreparedUpdate, Selection>;

/// A change that is not made.
struct Refused {
    answer: Result<Outcome, Error>,
    /// The source that was prepared for it, if it has to be undone.
    source: Option<Box<Prepared>>,
}

impl Refused {
    /// A change that would change nothing.
    fn known(outcome: Outcome) -> Self {
        Self { answer: Ok(outcome), source: None }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self { answer: Err(error), source: None }
    }
}

/// The growth of collections by changes that were decided and are not published.
type Growths = BTreeMap<CollectionNumber, Growth>;

impl Committer {
    /// Decides pending changes up to the first one about the same source as one before it.
    pub(super) fn decide_some(
        &mut self,
        waiting: &mut VecDeque<Pending>,
        after: &mut Aftermath,
    ) -> Vec<Step> {
        let (mut steps, mut sources, mut growths) = (Vec::new(), HashSet::new(), Growths::new());
        let mut revision = *self.corpus.revision.read();
        while let Some(pending) = waiting.pop_front() {
            if let Some(source) = pending.source()
                && !sources.insert(source)
            {
                waiting.push_front(pending);
                break;
            }
            if let Some(answer) = self.known_answer(&pending) {
                after.replies.push(pending.reply(answer));
                continue;
            }
            let Pending { work, ticket, position, time, done } = pending;
            let decision = self.resolve(work).and_then(|change| self.decide(change, &mut growths));
            self.note_position(position, &decision);
            match decision {
                Ok(mut change) => {
                    revision += 1;
                    self.date(&mut change, revision, time);
                    let fresh = self.replacement_of(&change);
                    let receipt = ticket.map(|ticket| self.corpus.once.receipt(ticket, time));
                    steps.push(Step { revision, change, fresh, receipt, done });
                }
                Err(Refused { answer, source }) => {
                    // Not of a log: it would be forgotten by a restart, and what a log makes depends on the log alone.
                    if let (Ok(outcome), Some(ticket), None) = (&answer, ticket, position) {
                        self.corpus.once.remember_only(ticket, outcome.clone());
                    }
                    after.replies.push(Reply { done, answer, undo: source });
                }
            }
        }
        steps
    }

    /// Gives the record that a change writes its revision and times: those of the change, or the present one.
    fn date(&mut self, change: &mut Decided, revision: u64, time: Option<Timestamp>) {
        let time =
            time.unwrap_or_else(|| self.last_time.max(Some(Timestamp::now())).unwrap_or_else(Timestamp::now));
        self.last_time = self.last_time.max(Some(time));
        match change {
            Change::AddSource { collection, source, .. } => {
                let record = &mut source.record;
                let catalogue = collection.catalogue.read();
                let created_at = catalogue.get(&record.id).map_or(Some(time), |old| old.created_at);
                (record.added, record.changed) = (revision, revision);
                (record.created_at, record.updated_at) = (created_at, Some(time));
            }
            Change::UpdateSource { update: record, .. } => {
                (record.changed, record.updated_at) = (revision, Some(time));
            }
            Change::PutScale { scale, .. } => {
                scale.revision = revision;
                scale.created_at.get_or_insert(time);
            }
            Change::Calibrate { calibration, .. } => calibration.revision = revision,
            _ => {}
        }
    }

    /// The answer to a change that was made before, or whose position in the log is not the next.
    fn known_answer(&mut self, pending: &Pending) -> Option<Result<Outcome, Error>> {
        // It may have been made in a commit that was in doubt.
        let made = pending.ticket.as_ref().and_then(|ticket| self.corpus.once.answered(ticket, pending.time));
        let Some(position) = pending.position else { return made };
        match (self.log.admit(position), made) {
            (Ok(()), Some(answer)) => {
                self.log.decide(position);
                Some(answer)
            }
            (Ok(()), None) => None,
            (Err(error), made) => Some(made.unwrap_or(Err(error))),
        }
    }

    /// Notes the position of a change in the log. One that is refused for good counts as applied.
    fn note_position(&mut self, position: Option<u64>, decision: &Result<Decided, Refused>) {
        let failed = decision.as_ref().err().and_then(|refused| refused.answer.as_ref().err());
        match position {
            Some(_) if failed.is_some_and(Error::is_of_this_node) => self.log.refuse(position),
            Some(position) => self.log.decide(position),
            None => {}
        }
    }

    /// Resolves the collection of a change by its name. The collection that a source was prepared for may have been deleted
    /// since, and another may have its name, as is always so for `default`.
    fn resolve(&self, work: Work) -> Result<Resolved, Refused> {
        let change = match work {
            Work::Known(answer) => return Err(Refused { answer, source: None }),
            Work::Change(change) => change,
        };
        Ok(match change {
            Change::AddSource { collection, mut source, if_exists } => {
                if source.collection.catalogue.read().is_closed() {
                    source = source.moved(&self.corpus, self.corpus.collection(&collection)?)?;
                }
                Change::AddSource { collection: Arc::clone(&source.collection), source, if_exists }
            }
            Change::UpdateSource { collection, id, update } => {
                Change::UpdateSource { collection: self.corpus.collection(&collection)?, id, update }
            }
            Change::DeleteSources { collection, mut filter } => {
                let present = self.corpus.collection(&collection)?;
                if !Arc::ptr_eq(&present, filter.collection()) {
                    let wanted = filter.filter().clone();
                    filter = Selection::new(present, wanted, &Stop::never()).map_err(Error::from)?;
                }
                Change::DeleteSources { collection: Arc::clone(filter.collection()), filter }
            }
            Change::DeleteSource { collection, id } => {
                Change::DeleteSource { collection: self.corpus.collection(&collection)?, id }
            }
            Change::PutScale { collection, scale, replace } => {
                Change::PutScale { collection: self.corpus.collection(&collection)?, scale, replace }
            }
            Change::DeleteScale { collection, name } => {
                Change::DeleteScale { collection: self.corpus.collection(&collection)?, name }
            }
            Change::Calibrate { collection, calibration } => {
                Change::Calibrate { collection: self.corpus.collection(&collection)?, calibration }
            }
            Change::CreateCollection { collection, settings } => {
                Change::CreateCollection { collection: self.new_collection(&collection, settings)?, settings }
            }
            Change::DeleteCollection { collection } => {
                Change::DeleteCollection { collection: self.corpus.collection(&collection)? }
            }
        })
    }

    fn new_collection(
        &self,
        name: &CollectionName,
        settings: FingerprintSettings,
    ) -> Result<Arc<Collection>, Error> {
        let max_collections = self.corpus.limits.max_collections;
        if self.corpus.collections.contains_key(name) {
            return Err(Error::CollectionExists(name.clone()));
        }
        if self.corpus.collections.len() >= max_collections {
            return Err(Error::TooManyCollections { max_collections });
        }
        Ok(self.corpus.new_collection(name, settings))
    }

    /// Decides whether a change is made. `growths` are those of the changes before it.
    fn decide(&self, change: Resolved, growths: &mut Growths) -> Result<Decided, Refused> {
        match change {
            Change::AddSource { collection, source, if_exists } => {
                let before = growths.entry(collection.number).or_default();
                match self.growth_by(&collection, &source, if_exists, *before) {
                    Ok(growth) => *before = before.and(growth),
                    Err(answer) => return Err(Refused { answer, source: Some(source) }),
                }
                Ok(Change::AddSource { collection, source, if_exists })
            }
            Change::UpdateSource { collection, id, update } => {
                match update.decide(&self.corpus, &collection, &id)? {
                    UpdateDecision::Rewrite(update) => Ok(Change::UpdateSource { collection, id, update }),
                    UpdateDecision::Unchanged(entry) => Err(Refused::known(Outcome::SourceUpdated(entry))),
                }
            }
            Change::DeleteSources { collection, filter } => {
                let filter = filter.now();
                if filter.is_empty() {
                    let nothing = SourcesDeleted::of(&[], collection.catalogue.read().revision());
                    return Err(Refused::known(Outcome::SourcesDeleted(nothing)));
                }
                Ok(Change::DeleteSources { collection, filter })
            }
            Change::DeleteSource { collection, id } => {
                let (is_there, loss) = {
                    let catalogue = collection.catalogue.read();
                    (catalogue.get(&id).is_some(), catalogue.loss_of(&id))
                };
                if !is_there {
                    return Err(not_found(&collection, &id).into());
                }
                let before = growths.entry(collection.number).or_default();
                *before = before.and(loss);
                Ok(Change::DeleteSource { collection, id })
            }
            Change::PutScale { collection, scale, replace } => {
                collection.scales.admit(&collection.name, &scale.name, replace)?;
                Ok(Change::PutScale { collection, scale, replace })
            }
            Change::DeleteScale { collection, name } => {
                if collection.scales.get(&name).is_none() {
                    let revision = collection.catalogue.read().revision();
                    let nothing = ScaleDeleted { was_there: false, revision };
                    return Err(Refused::known(Outcome::ScaleDeleted(nothing)));
                }
                Ok(Change::DeleteScale { collection, name })
            }
            Change::Calibrate { collection, calibration } => {
                Ok(Change::Calibrate { collection, calibration })
            }
            Change::CreateCollection { collection, settings } => {
                Ok(Change::CreateCollection { collection, settings })
            }
            Change::DeleteCollection { collection } => Ok(Change::DeleteCollection { collection }),
        }
    }

    /// The growth of a collection by a source, or the answer if it is not added.
    fn growth_by(
        &self,
        collection: &Collection,
        source: &Prepared,
        if_exists: IfExists,
        before: Growth,
    ) -> Result<Growth, Result<Outcome, Error>> {
        let SourceRecord { id, text_bytes, content_digest, .. } = &source.record;
        let old = collection.catalogue.read().get(id).cloned();
        if let Some(answer) = old.and_then(|old| verdict(collection, &old, *content_digest, if_exists)) {
            return Err(answer.map(Outcome::SourceAdded));
        }
        collection.catalogue.read().admit(id, *text_bytes, before, &self.corpus.limits).map_err(Err)
    }

    /// The empty collection that replaces `default` when it is deleted.
    fn replacement_of(&self, change: &Decided) -> Option<Arc<Collection>> {
        match change {
            Change::DeleteCollection { collection } if collection.name == CollectionName::default() => {
                Some(self.corpus.new_collection(&collection.name, collection.settings()))
            }
            _ => None,
        }
    }
}
