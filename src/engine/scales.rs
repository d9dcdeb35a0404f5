//! Scales: trained on graded texts, stored in a collection.

use std::sync::Arc;

use super::Engine;
use crate::corpus::{Change, Error, Outcome, ScaleDeleted, TextRole, check_bytes, wait};
use crate::model::{CollectionName, Limits, RequestKey, Scale, ScaleName, Stop};
use crate::writing::measures::{CountId, Measures};
use crate::writing::scales::{self, GradedText, Plan, Score, ScoreRefusal, TrainingRefusal};

/// The reason for which a scale was not trained or a text not scored.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScaleError {
    /// The graded texts give no scale.
    #[error(transparent)]
    Training(#[from] TrainingRefusal),
    /// The text has no place on the scale.
    #[error(transparent)]
    Score(#[from] ScoreRefusal),
    /// Anything else.
    #[error(transparent)]
    Engine(#[from] Error),
}

impl Engine {
    /// Trains a scale on graded texts and stores it in a collection, durably. Equal sets of graded texts give equal scales.
    ///
    /// Linear in the texts, on all cores.
    ///
    /// # Errors
    ///
    /// [`ScaleError::Training`] if there are fewer than 100 different texts, if all grades are equal, or if the scale would be no
    /// better than the number of words; [`Error::CollectionNotFound`], [`Error::ScaleExists`], [`Error::TooManyScales`],
    /// [`Error::Store`].
    pub fn train_scale(
        &self,
        collection: &CollectionName,
        plan: Plan,
        texts: &[GradedText],
        replace: bool,
        stop: &Stop,
    ) -> Result<Arc<Scale>, ScaleError> {
        let scale = self.fit_scale(collection, plan, texts, replace, stop)?;
        Ok(wait(|done| self.submit_scale(collection, scale, replace, None, done))?)
    }

    /// Trains a scale without storing it, if the collection has room for it.
    ///
    /// # Errors
    ///
    /// As [`Self::train_scale`].
    pub fn fit_scale(
        &self,
        collection: &CollectionName,
        plan: Plan,
        texts: &[GradedText],
        replace: bool,
        stop: &Stop,
    ) -> Result<Scale, ScaleError> {
        self.corpus.admit_scale(collection, &plan.name, replace)?;
        fit(self.limits(), plan, texts, stop)
    }

    /// Stores a scale without waiting, as [`Self::submit`].
    pub fn submit_scale(
        &self,
        collection: &CollectionName,
        scale: Scale,
        replace: bool,
        request: Option<RequestKey>,
        done: impl FnOnce(Result<Arc<Scale>, Error>) + Send + 'static,
    ) {
        let change = Change::PutScale { collection: collection.clone(), scale: Box::new(scale), replace };
        self.submit_change(change, request, Outcome::into_scale, done);
    }

    /// A scale of a collection.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::ScaleNotFound`].
    pub fn scale(&self, collection: &CollectionName, name: &ScaleName) -> Result<Arc<Scale>, Error> {
        self.corpus.scale(collection, name)
    }

    /// The scales of a collection, in order of their names; 100 at most.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`].
    pub fn scales(&self, collection: &CollectionName) -> Result<Vec<Arc<Scale>>, Error> {
        self.corpus.scales(collection)
    }

    /// Deletes a scale, and waits until that is durable. A scale that is not there is no error.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::Store`].
    pub fn delete_scale(&self, collection: &CollectionName, name: &ScaleName) -> Result<ScaleDeleted, Error> {
        wait(|done| self.submit_scale_deletion(collection, name, None, done))
    }

    /// Deletes a scale without waiting, as [`Self::submit`].
    pub fn submit_scale_deletion(
        &self,
        collection: &CollectionName,
        name: &ScaleName,
        request: Option<RequestKey>,
        done: impl FnOnce(Result<ScaleDeleted, Error>) + Send + 'static,
    ) {
        let change = Change::DeleteScale { collection: collection.clone(), name: name.clone() };
        self.submit_change(change, request, Outcome::into_scale_deleted, done);
    }

    /// Places a text on a scale of a collection. Linear in the text.
    ///
    /// # Errors
    ///
    /// [`ScaleError::Score`] if the text has no words, or is in another language than the scale; [`Error::CollectionNotFound`],
    /// [`Error::ScaleNotFound`], [`Error::TooManyBytes`], [`Error::TooManyWords`].
    pub fn score_text(
        &self,
        collection: &CollectionName,
        name: &ScaleName,
        text: &str,
    ) -> Result<Score, ScaleError> {
        self.score_on(&*self.corpus.scale(collection, name)?, text)
    }

    /// Places a text on a scale. Linear in the text.
    ///
    /// # Errors
    ///
    /// [`ScaleError::Score`], [`Error::TooManyBytes`], [`Error::TooManyWords`].
    pub fn score_on(&self, scale: &Scale, text: &str) -> Result<Score, ScaleError> {
        score_on(self.limits(), scale, text)
    }
}

/// Trains a scale on texts within the limits.
pub(super) fn fit(
    limits: &Limits,
    plan: Plan,
    texts: &[GradedText],
    stop: &Stop,
) -> Result<Scale, ScaleError> {
    for (place, text) in texts.iter().enumerate() {
        check_size(limits, &text.text, TextRole::Graded(place))?;
    }
    Ok(scales::train(plan, texts, stop)?)
}

/// Places a text within the limits on a scale.
pub(super) fn score_on(limits: &Limits, scale: &Scale, text: &str) -> Result<Score, ScaleError> {
    check_size(limits, text, TextRole::Submission)?;
    Ok(scales::score(scale, text)?)
}

/// Checks the bytes and the words of a text.
fn check_size(limits: &Limits, text: &str, role: TextRole) -> Result<(), Error> {
    check_bytes(limits, text, role)?;
    let max_text_words = limits.max_text_words;
    // Few bytes are few words.
    if text.len() <= max_text_words {
        return Ok(());
    }
    match Measures::of(text).count(CountId::Words).map_or(0, |words| words as usize) {
        words if words > max_text_words => Err(Error::TooManyWords { role, words, max_text_words }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::writing::scales::tests::{graded, plan};

    #[test]
    fn scales_are_durable_in_backups_and_go_with_their_collection() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        let open = |path: &std::path::Path| Engine::open(path, Limits::default(), 0, &mut |_| {}).unwrap();
        let engine = open(&path);
        let collection = CollectionName::new("class").unwrap();
        engine.create_collection(&collection, crate::model::FingerprintSettings::default()).unwrap();
        let default = CollectionName::default();
        let texts = graded(120);
        let scale = engine.train_scale(&collection, plan("style"), &texts, false, &Stop::never()).unwrap();
        assert!(scale.created_at.is_some() && scale.revision == 2, "{scale:?}");
        engine.train_scale(&default, plan("style"), &texts, false, &Stop::never()).unwrap();
        engine.train_scale(&default, plan("other"), &texts, false, &Stop::never()).unwrap();
        let again = engine.train_scale(&default, plan("other"), &texts, false, &Stop::never());
        assert!(matches!(again, Err(ScaleError::Engine(Error::ScaleExists { .. }))), "{again:?}");
        let replaced = engine.train_scale(&default, plan("other"), &texts, true, &Stop::never()).unwrap();
        let before = engine.score_text(&collection, &scale.name, &texts[3].text).unwrap();
        let mut backup = Vec::new();
        engine.backup(&mut backup).unwrap();
        drop(engine);

        let engine = open(&path);
        assert_eq!(engine.scale(&collection, &scale.name).unwrap(), scale);
        assert_eq!(engine.scale(&default, &replaced.name).unwrap(), replaced);
        assert_eq!(engine.score_text(&collection, &scale.name, &texts[3].text).unwrap(), before);
        engine.delete_collection(&collection).unwrap();
        assert!(engine.delete_scale(&default, &replaced.name).unwrap().was_there);
        assert!(!engine.delete_scale(&default, &replaced.name).unwrap().was_there);
        drop(engine);
        let engine = open(&path);
        engine.create_collection(&collection, crate::model::FingerprintSettings::default()).unwrap();
        assert!(engine.scales(&collection).unwrap().is_empty());
        let names = |engine: &Engine| -> Vec<String> {
            engine.scales(&default).unwrap().iter().map(|scale| scale.name.to_string()).collect()
        };
        assert_eq!(names(&engine), ["style"]);
        drop(engine);

        let file = folder.path().join("backup");
        std::fs::write(&file, backup).unwrap();
        let restored = Engine::restore(&file, &folder.path().join("restored")).unwrap();
        assert_eq!(restored.scales, 3);
        let engine = open(&folder.path().join("restored"));
        assert_eq!(names(&engine), ["other", "style"]);
        assert_eq!(engine.scale(&collection, &scale.name).unwrap(), scale);
    }

    #[test]
    fn a_collection_has_room_for_so_many_scales() {
        let engine = Engine::in_memory().unwrap();
        let default = CollectionName::default();
        let scale = engine.fit_scale(&default, plan("s"), &graded(100), false, &Stop::never()).unwrap();
        let put = |number: usize, replace| {
            let name = format!("s{number}").parse().unwrap();
            let scale = Scale { name, ..scale.clone() };
            wait(|done| engine.submit_scale(&default, scale, replace, None, done))
        };
        (0..Scale::MAX_PER_COLLECTION).for_each(|number| drop(put(number, false).unwrap()));
        assert!(matches!(put(Scale::MAX_PER_COLLECTION, false), Err(Error::TooManyScales { .. })));
        assert!(put(0, true).is_ok(), "a replacement needs no room");
    }
}
