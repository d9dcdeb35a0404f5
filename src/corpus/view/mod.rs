//! Views: one consistent state of some collections.

mod resolving;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use self::resolving::Unknown;
pub(crate) use self::resolving::ViewRequest;
use super::catalogue::{Catalogue, Entry};
use super::collection::Collection;
use super::error::Error;
use super::pins::Pin;
use super::state::{Corpus, not_found};
use crate::fingerprint::Fingerprint;
use crate::index::{Counted, Hit, Index, Visible, Wanted};
use crate::model::{
    Calibration, CollectionName, FingerprintSettings, Profile, Scope, Slot, SourceName, Warning,
};
use crate::related::Found;

/// Some collections at one revision of the corpus. Later changes don't affect it; no lock is held for it.
pub(crate) struct View {
    revision: u64,
    /// In order of their names.
    collections: Vec<ViewedCollection>,
    /// The names of those in scope.
    in_scope: BTreeSet<CollectionName>,
    /// The names of the request that name nothing; sorted.
    unknown: Vec<Warning>,
    /// The sources of the request, in its order.
    sources: Vec<(SourceName, Arc<Entry>)>,
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
    calibration: Option<Calibration>,
    /// Retains sources that go after the revision.
    _pin: Pin,
}

/// A source on the subject of a text.
#[derive(Debug, Clone)]
pub(crate) struct RelatedEntry {
    pub(crate) entry: Arc<Entry>,
    /// The similarity of both, 0 to 1.
    pub(crate) similarity: f32,
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
    /// [`Error::CollectionNotFound`], [`Error::SourceNotFound`], [`Error::TooManyCollectionsInScope`].
    pub(crate) fn new(corpus: &Arc<Corpus>, request: &ViewRequest<'_>) -> Result<Self, Error> {
        let revision = corpus.revision.read();
        let (in_scope, mut warnings) = corpus.resolve(request.scope)?;
        let mut unknown = Unknown::all_of(request);
        let of_sources = request.sources.iter().map(|source| &source.collection);
        let names: BTreeSet<&CollectionName> =
            in_scope.iter().chain(request.others).chain(of_sources).collect();
        let mut collections = Vec::with_capacity(names.len());
        for name in names {
            let collection = corpus.collection(name)?;
            let pin = collection.pins.pin();
            let catalogue = collection.catalogue.read();
            let (changed_at, counts) = (catalogue.revision(), catalogue.counts());
            let calibration = *collection.calibration.read();
            let is_in_scope = in_scope.contains(name);
            let mut sources_in_scope = 0;
            if is_in_scope {
                unknown.drop_known(&catalogue);
                let excluded = request.scope.exclude_source.as_ref().filter(|one| one.collection == *name);
                let excluded = excluded.and_then(|one| catalogue.get(&one.id));
                let is_counted = excluded.is_some_and(|entry| entry.is_in_scope(request.scope, *revision));
                sources_in_scope = catalogue.sources_in_scope(request.scope) - u64::from(is_counted);
            }
            drop(catalogue);
            collections.push(ViewedCollection {
                corpus: Arc::clone(corpus),
                collection,
                revision: *revision,
                changed_at,
                sources: counts.sources,
                words: counts.words,
                sources_in_scope,
                calibration,
                _pin: pin,
            });
        }
        warnings.extend(unknown.into_warnings());
        warnings.sort_unstable();
        let mut view =
            Self { revision: *revision, collections, in_scope, unknown: warnings, sources: Vec::new() };
        let found = |name: &SourceName| Ok((name.clone(), view.find(name)?));
        let sources: Result<_, Error> = request.sources.iter().map(found).collect();
        view.sources = sources?;
        Ok(view)
    }

    /// A source, while no change is published.
    fn find(&self, SourceName { collection, id }: &SourceName) -> Result<Arc<Entry>, Error> {
        let viewed = self.collection(collection)?;
        let found = viewed.collection.catalogue.read().get(id).map(Arc::clone);
        found.ok_or_else(|| not_found(&viewed.collection, id))
    }

    /// The scope with all its collections by name.
    pub(crate) fn resolved<'a>(&self, scope: &'a Scope) -> Cow<'a, Scope> {
        if scope.patterns.is_empty() {
            return Cow::Borrowed(scope);
        }
        Cow::Owned(Scope { collections: self.in_scope.clone(), ..scope.clone() })
    }

    /// The names of the request that name nothing; sorted.
    pub(crate) fn unknown(&self) -> &[Warning] {
        &self.unknown
    }

    /// A source that the request names.
    ///
    /// # Errors
    ///
    /// [`Error::SourceNotFound`] if the request does not name it.
    pub(crate) fn source(&self, name: &SourceName) -> Result<&Arc<Entry>, Error> {
        let found = self.sources.iter().find(|(known, _)| known == name);
        let not_found = || Error::SourceNotFound { collection: name.collection.clone(), id: name.id.clone() };
        found.map(|(_, entry)| entry).ok_or_else(not_found)
    }

    /// The revision at which one of its collections last changed.
    pub(crate) fn changed_at(&self) -> u64 {
        self.collections.iter().map(ViewedCollection::changed_at).max().unwrap_or(0)
    }

    /// The collections in scope, in order of their names.
    pub(crate) fn in_scope(&self) -> impl Iterator<Item = &ViewedCollection> {
        self.collections.iter().filter(|one| self.in_scope.contains(one.name()))
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

    /// What is known of chance in it; `None` if it was not calibrated.
    pub(crate) fn calibration(&self) -> Option<Calibration> {
        self.calibration
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
            at_revision
                .filter(|entry| entry.is_in_scope(scope, self.revision) && !self.excludes(entry, scope))
        };
        slots.into_iter().map(|slot| entry(slot).map(Arc::clone)).collect()
    }

    /// The `most` sources in scope that are most similar to a text, and those that are as similar as the last of them.
    pub(crate) fn related(&self, profile: &Profile, most: usize, scope: &Scope) -> Vec<RelatedEntry> {
        let catalogue = self.collection.catalogue.read();
        let in_scope = |slot: Slot| {
            let entry = catalogue.entry_at(slot, self.revision);
            entry.filter(|entry| entry.is_in_scope(scope, self.revision) && !self.excludes(entry, scope))
        };
        let found = self.collection.profiles.most_similar(profile, most, |slot| in_scope(slot).is_some());
        let related = found.into_iter().filter_map(|Found { slot, similarity }| {
            Some(RelatedEntry { entry: Arc::clone(in_scope(slot)?), similarity })
        });
        related.collect()
    }

    /// All sources in scope, in order of their ids. Linear in the collection but for the sort.
    pub(crate) fn all_in_scope(&self, scope: &Scope) -> Vec<Arc<Entry>> {
        let mut there = self.collection.catalogue.read().there_at(scope, self.revision);
        there.retain(|entry| !self.excludes(entry, scope));
        there
    }

    /// Whether a scope excludes this one source of the collection.
    fn excludes(&self, entry: &Entry, scope: &Scope) -> bool {
        let excluded = scope.exclude_source.as_ref();
        excluded.is_some_and(|one| one.id == entry.id && one.collection == *self.name())
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
