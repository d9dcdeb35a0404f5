//! Calibration: what a collection's own sources say of chance.

use super::Engine;
use super::detection::request;
use crate::corpus::{Change, Error, Outcome, View, wait};
use crate::detection::Exclusions;
use crate::model::{Calibration, CollectionName, Scope, Stop};

impl Engine {
    /// Calibrates a collection and stores the result, durably; `None` if it has fewer than
    /// [`Calibration::LEAST_SOURCES`] sources, for which the default is better. From the revision of the calibration
    /// on, reports state numbers expected by chance that fit this collection.
    ///
    /// A thousand of its sources are checked for runs: a second or so.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::Stopped`], [`Error::Store`].
    pub fn calibrate(&self, collection: &CollectionName, stop: &Stop) -> Result<Option<Calibration>, Error> {
        let scope = Scope::of([collection.clone()]);
        let view = View::new(&self.corpus, &request(&scope, &Exclusions::none(), &[]))?;
        let Some(calibration) = self.detector.calibrate(view.collection(collection)?, &view, stop)? else {
            return Ok(None);
        };
        drop(view);
        let change = Change::Calibrate { collection: collection.clone(), calibration };
        wait(|done| self.submit_change(change, None, Outcome::into_calibrated, done)).map(Some)
    }

    /// The collections that are due for a [calibration](Self::calibrate): large ones that have none, or that have outgrown it.
    /// Linear in the collections.
    #[must_use]
    pub fn due_for_calibration(&self) -> Vec<CollectionName> {
        self.corpus.due_for_calibration()
    }
}
