//! Views: one consistent state of some collections.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::catalogue::{Catalogue, Entry};
use super::collection::Collection;
use super::error::Error;
use super::pins::Pin;
use super::state::Corpus;
use crate::fingerprint::Fingerprint;
use crate::index::{Counted, Hit, Index, Visible, Wanted};
use crate::model::{CollectionName, FingerprintSettings, Scope, Slot};

/// Some collections at one revision of the corpus. Later changes don't affect it; no lock is held for it.
pub(crate) struct View {
    revision: u64,
    /// In order of their names.
    collections: Vec<ViewedCollection>,
}

/// A collection at the revision of a view.
pub(crate) struct ViewedCollection {
    corpus: Arc<Corpus>,
    collection: Arc<Collection>,
    /// The revision of the view.
    revision: u64,
    /// The revision at which the collection last changed.
    changed_at: u64,
    sources: u64,
    words: u64,
    sources_in_scope: u64,
    /// Retains sources that go after the revision.
    _pin: Pin,
}

/// An index of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IndexKind {
    /// The k-grams, on which the guarantee rests.
    Kgrams,
    /// The order-free word pairs, which survive rewriting.
    WordPairs,
}

impl View {
    /// A view of the collections of a scope, and of others, such as boilerplate. All are resolved, pinned and counted
    /// while no change is published.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`].
    pub(crate) fn new(
        corpus: &Arc<Corpus>,
        scope: &Scope,
        others: &BTreeSet<CollectionName>,
    ) -> Result<Self, Error> {
        let revision = corpus.revision.read();
        let only_others = others.difference(&scope.collections).map(|name| (name, 0));
        let in_scope = scope.collections.iter().map(|name| (name, 1));
        let mut collections = Vec::with_capacity(scope.collections.len() + others.len());
        for (name, is_in_scope) in in_scope.chain(only_others) {
            let collection = corpus.collection(name)?;
            let pin = collection.pins.pin();
            let catalogue = collection.catalogue.read();
            let (changed_at, counts) = (catalogue.revision(), catalogue.counts());
            let sources_in_scope = is_in_scope * catalogue.sources_in_scope(scope);
            drop(catalogue);
            collections.push(ViewedCollection {
                corpus: Arc::clone(corpus),
                collection,
                revision: *revision,
                changed_at,
                sources: counts.sources,
                words: counts.words,
                sources_in_scope,
                _pin: pin,
            });
        }
        collections.sort_by(|a, b| a.name().cmp(b.name()));
        Ok(Self { revision: *revision, collections })
    }

    /// The revision of the corpus.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// A collection of the view.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`].
    pub(crate) fn collection(&self, name: &CollectionName) -> Result<&ViewedCollection, Error> {
        let place = self.collections.binary_search_by(|one| one.name().cmp(name));
        let found = place.ok().and_then(|place| self.collections.get(place));
        found.ok_or_else(|| Error::CollectionNotFound(name.clone()))
    }
}

impl ViewedCollection {
    /// Its name.
    pub(crate) fn name(&self) -> &CollectionName {
        &self.collection.name
    }

    /// Its `k` and `w`.
    pub(crate) fn settings(&self) -> FingerprintSettings {
        self.collection.settings()
    }

    /// The revision of the corpus at which it last changed.
    pub(crate) fn changed_at(&self) -> u64 {
        self.changed_at
    }

    /// Its sources, in scope or not.
    pub(crate) fn sources(&self) -> u64 {
        self.sources
    }

    /// The words of its sources, in scope or not.
    pub(crate) fn words(&self) -> u64 {
        self.words
    }

    /// Its sources in the scope of the view.
    pub(crate) fn sources_in_scope(&self) -> u64 {
        self.sources_in_scope
    }

    fn index(&self, kind: IndexKind) -> &Index {
        match kind {
            IndexKind::Kgrams => &self.collection.kgrams,
            IndexKind::WordPairs => &self.collection.word_pairs,
        }
    }

    /// The first step of a look-up, as [`Index::count`].
    pub(crate) fn count(&self, kind: IndexKind, wanted: Wanted<'_>, ceiling: u32) -> Counted {
        let catalogue = self.collection.catalogue.read();
        self.index(kind).count(wanted, ceiling, &mut self.visible(&catalogue))
    }

    /// The different sources of each fingerprint, as [`Index::count_sources`].
    pub(crate) fn count_sources(
        &self,
        kind: IndexKind,
        wanted: Wanted<'_>,
        counted: &Counted,
        ceiling: u32,
    ) -> Vec<u32> {
        let catalogue = self.collection.catalogue.read();
        self.index(kind).count_sources(wanted, counted, ceiling, &mut self.visible(&catalogue))
    }

    /// The second step of a look-up, as [`Index::read`].
    pub(crate) fn read(
        &self,
        kind: IndexKind,
        wanted: Wanted<'_>,
        counted: Counted,
        unread: &[u32],
        sample: usize,
    ) -> Vec<Hit> {
        let catalogue = self.collection.catalogue.read();
        self.index(kind).read(wanted, counted, unread, sample, &mut self.visible(&catalogue))
    }

    /// The slots that a look-up sees: those of sources that are there at the revision. The catalogue is locked meanwhile,
    /// so that no slot is reserved.
    fn visible<'a>(&self, catalogue: &'a Catalogue) -> Visible<impl FnMut(Slot) -> bool + use<'a>> {
        const UNKNOWN: u8 = 0;
        const SEEN: u8 = 1;
        const HIDDEN: u8 = 2;
        let (hidden, revision) = (catalogue.most_hidden_at(self.revision), self.revision);
        // Looked up once for each source, not for each posting: entries are scattered over the memory.
        let mut known = vec![UNKNOWN; if hidden == 0 { 0 } else { catalogue.slot_count() }];
        let is_visible = move |slot: Slot| {
            let Some(known) = known.get_mut(slot.index()) else { return false };
            if *known == UNKNOWN {
                let is_there = catalogue.entry(slot).is_some_and(|entry| entry.is_there_at(revision));
                *known = if is_there { SEEN } else { HIDDEN };
            }
            *known == SEEN
        };
        Visible { hidden, is_visible }
    }

    /// The sources in these slots that are in scope; `None` for others.
    pub(crate) fn in_scope(
        &self,
        slots: impl IntoIterator<Item = Slot>,
        scope: &Scope,
    ) -> Vec<Option<Arc<Entry>>> {
        let catalogue = self.collection.catalogue.read();
        let entry = |slot| {
            let at_revision = catalogue.entry_at(slot, self.revision);
            at_revision.filter(|entry| entry.is_in_scope(scope, self.revision))
        };
        slots.into_iter().map(|slot| entry(slot).map(Arc::clone)).collect()
    }

    /// All sources in scope, in order of their ids. Linear in the collection but for the sort.
    pub(crate) fn all_in_scope(&self, scope: &Scope) -> Vec<Arc<Entry>> {
        self.collection.catalogue.read().there_at(scope, self.revision)
    }

    /// The fingerprints of tokens under the collection's settings.
    pub(crate) fn fingerprints(&self, tokens: &[crate::text::Token]) -> Vec<Fingerprint> {
        self.collection.fingerprinter.fingerprints(tokens)
    }

    /// The text of a source of the view. It is there for as long as the view is.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] if it can't be read.
    pub(crate) fn text(&self, entry: &Entry) -> Result<Arc<str>, Error> {
        Ok(self.corpus.store.text(self.collection.key(entry.slot))?)
    }
}
