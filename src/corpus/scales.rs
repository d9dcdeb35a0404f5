//! The scales of a collection.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::RwLock;

use super::error::Error;
use super::state::Corpus;
use crate::model::{CollectionName, Scale, ScaleName};

/// The scales of a collection, by name.
#[derive(Debug, Default)]
pub(super) struct Scales(RwLock<BTreeMap<ScaleName, Arc<Scale>>>);

impl Scales {
    pub(super) fn get(&self, name: &ScaleName) -> Option<Arc<Scale>> {
        self.0.read().get(name).map(Arc::clone)
    }

    fn list(&self) -> Vec<Arc<Scale>> {
        self.0.read().values().map(Arc::clone).collect()
    }

    /// Checks that there is room for a scale of this name.
    pub(super) fn admit(
        &self,
        collection: &CollectionName,
        name: &ScaleName,
        replace: bool,
    ) -> Result<(), Error> {
        let scales = self.0.read();
        if scales.contains_key(name) {
            let exists = || Error::ScaleExists { collection: collection.clone(), name: name.clone() };
            return if replace { Ok(()) } else { Err(exists()) };
        }
        let max_scales = Scale::MAX_PER_COLLECTION;
        if scales.len() < max_scales { Ok(()) } else { Err(Error::TooManyScales { max_scales }) }
    }

    pub(super) fn put(&self, scale: Scale) -> Arc<Scale> {
        let scale = Arc::new(scale);
        self.0.write().insert(scale.name.clone(), Arc::clone(&scale));
        scale
    }

    pub(super) fn remove(&self, name: &ScaleName) {
        self.0.write().remove(name);
    }
}

impl Corpus {
    /// A scale of a collection.
    pub(crate) fn scale(&self, collection: &CollectionName, name: &ScaleName) -> Result<Arc<Scale>, Error> {
        let scale = self.collection(collection)?.scales.get(name);
        scale.ok_or_else(|| Error::ScaleNotFound { collection: collection.clone(), name: name.clone() })
    }

    /// The scales of a collection, in order of their names.
    pub(crate) fn scales(&self, collection: &CollectionName) -> Result<Vec<Arc<Scale>>, Error> {
        Ok(self.collection(collection)?.scales.list())
    }

    /// Checks that a scale of this name can be stored.
    pub(crate) fn admit_scale(
        &self,
        collection: &CollectionName,
        name: &ScaleName,
        replace: bool,
    ) -> Result<(), Error> {
        self.collection(collection)?.scales.admit(collection, name, replace)
    }
}
