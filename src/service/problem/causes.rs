//! The problems of the engine's errors.

use super::reason::Reason;
use super::{Problem, Violation};
use crate::engine::{BackupError, Error, ScaleError, ScoreRefusal, StoreError, TextRole, TrainingRefusal};
use crate::matching::StopReason;

/// An invalid text is `INVALID_ARGUMENT`; a text that is too large is `OUT_OF_RANGE`, since trying again won't help; a corpus that is
/// full is `RESOURCE_EXHAUSTED`.
impl From<Error> for Problem {
    #[expect(clippy::too_many_lines, reason = "a table with a row for each error")]
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::NoWords { role } => {
                let description = "has no words; send a text with letters or digits in it";
                Self::invalid_because(Reason::NoWords, vec![in_text(role, description)])
            }
            Error::TooFewWords { role, words, kgram_tokens } => {
                let problem = Self::invalid_because(Reason::TooFewWords, vec![in_text(role, &message)]);
                problem.with("words", words).with("min_words", kgram_tokens)
            }
            Error::TooManyBytes { bytes, max_text_bytes, .. } => Self::new(Reason::TextTooLarge, message)
                .with_limit("max_text_bytes", max_text_bytes)
                .with("bytes", bytes),
            Error::TooManyNormalisedBytes { max_normalised_bytes, .. } => {
                Self::new(Reason::TextTooLarge, message)
                    .with_limit("max_normalised_bytes", max_normalised_bytes)
            }
            Error::TooManyWords { words, max_text_words, .. } => Self::new(Reason::TextTooLarge, message)
                .with_limit("max_text_words", max_text_words)
                .with("words", words),
            Error::CollectionNotFound(name) => {
                Self::new(Reason::CollectionNotFound, message).with("collection", name)
            }
            Error::CollectionExists(name) => {
                Self::new(Reason::CollectionExists, message).with("collection", name)
            }
            Error::SourceNotFound { collection, id } => {
                Self::new(Reason::SourceNotFound, message).with("collection", collection).with("id", id)
            }
            Error::SourceExists { collection, id } => {
                Self::new(Reason::SourceExists, message).with("collection", collection).with("id", id)
            }
            Error::ScaleNotFound { collection, name } => {
                Self::new(Reason::ScaleNotFound, message).with("collection", collection).with("scale", name)
            }
            Error::ScaleExists { collection, name } => {
                Self::new(Reason::ScaleExists, message).with("collection", collection).with("scale", name)
            }
            Error::TooManyScales { max_scales } => {
                Self::new(Reason::CollectionFull, message).with_limit("max_scales", max_scales)
            }
            Error::TooManyCollections { max_collections } => {
                Self::new(Reason::CorpusFull, message).with_limit("max_collections", max_collections)
            }
            Error::TooManySources { max_sources } => Self::new(Reason::CollectionFull, message)
                .with_limit("max_sources_per_collection", max_sources),
            Error::TooManyCollectionBytes { max_collection_bytes, .. } => {
                Self::new(Reason::CollectionFull, message)
                    .with_limit("max_collection_bytes", max_collection_bytes)
            }
            Error::RequestIdTaken { .. } => {
                let description = "was used for another request; use a new id for each request".to_owned();
                let violation = Violation { field: "request_id".to_owned(), description };
                Self::invalid_because(Reason::RequestIdReused, vec![violation])
            }
            Error::OwnBoilerplate { place, .. } => {
                let field = format!("options.exclusions.boilerplate_collections[{place}]");
                let description =
                    "is the compared collection itself, which would exclude everything; leave it out"
                        .to_owned();
                Self::invalid(vec![Violation { field, description }])
            }
            Error::TooManyCollectionsInScope { max_collections } => {
                let description = format!(
                    "has more than {max_collections} collections, as many as it may; name fewer, by longer prefixes"
                );
                let violation = Violation { field: "scope".to_owned(), description };
                Self::invalid(vec![violation]).with_limit("collections", max_collections)
            }
            Error::SamePair { .. } => {
                let description = "is the submission itself; name another source".to_owned();
                Self::invalid(vec![Violation { field: "source".to_owned(), description }])
            }
            Error::Stopped(reason) => reason.into(),
            Error::Store(error) => Self::new(reason_of(&error), message),
            Error::AlreadyApplied { .. } | Error::LogInterrupted { .. } => {
                Self::new(Reason::OutOfOrder, message)
            }
            Error::Unreachable { .. } => Self::new(Reason::Unreachable, message),
            Error::TooMuchToGather { max_bytes, .. } => {
                Self::new(Reason::CollectionTooLarge, message).with_limit("max_bytes", max_bytes)
            }
            Error::NoThread(_)
            | Error::NoRandomness(_)
            | Error::Internal { .. }
            | Error::InternalElsewhere { .. } => Self::new(Reason::Defect, message),
        }
    }
}

/// A set of graded texts without a scale is `INVALID_ARGUMENT` if the texts are too few or not valid, and `FAILED_PRECONDITION` if
/// their grades follow the length alone.
impl From<ScaleError> for Problem {
    fn from(error: ScaleError) -> Self {
        let message = error.to_string();
        match error {
            ScaleError::Engine(error) => error.into(),
            ScaleError::Training(refusal) => Self::of_training(&refusal, message),
            ScaleError::Score(ScoreRefusal::NoWords) => Error::NoWords { role: TextRole::Submission }.into(),
            ScaleError::Score(_) => Self::new(Reason::ScaleNotApplicable, message),
        }
    }
}

impl Problem {
    fn of_training(refusal: &TrainingRefusal, message: String) -> Self {
        let texts = |reason, description: &str| {
            let violation = Violation { field: "texts".to_owned(), description: description.to_owned() };
            Self::invalid_because(reason, vec![violation])
        };
        match refusal {
            TrainingRefusal::NoWords { place } => {
                let description = "has no words; leave it out".to_owned();
                let violation = Violation { field: format!("texts[{place}].text"), description };
                Self::invalid_because(Reason::NoWords, vec![violation])
            }
            TrainingRefusal::TooFewTexts { texts: count, min_texts } => {
                let description = format!(
                    "has {count} different texts, but a scale needs {min_texts} at least; send more graded texts"
                );
                texts(Reason::InvalidField, &description).with("texts", count).with("min_texts", min_texts)
            }
            TrainingRefusal::OneGrade { grade } => {
                let description = format!(
                    "all have the grade {grade}, but a scale needs different ones; send texts with other grades"
                );
                texts(Reason::InvalidField, &description)
            }
            TrainingRefusal::NoBetterThanLength { agreement, length_agreement } => {
                Self::new(Reason::ScaleNoBetterThanLength, message)
                    .with("kappa", format!("{:.4}", agreement.kappa))
                    .with("length_kappa", format!("{:.4}", length_agreement.kappa))
            }
            TrainingRefusal::Stopped(reason) => (*reason).into(),
            _ => texts(Reason::InvalidField, &message),
        }
    }

    /// A training with more texts, or more bytes of texts, than it may have: `sent` so far.
    pub(in crate::service) fn too_many_texts(limit: &'static str, value: usize, sent: usize) -> Self {
        let what = if limit == "max_scale_bytes" { "bytes of texts" } else { "texts" };
        let message = format!(
            "`texts` has {sent} {what} or more, but a scale may have {value} ({limit}); send a random part of the texts"
        );
        Self::new(Reason::TextTooLarge, message).with_limit(limit, value)
    }
}

/// The violation of the field that holds a text.
fn in_text(role: TextRole, description: &str) -> Violation {
    let field = match role {
        TextRole::Submission => "text".to_owned(),
        TextRole::Source => "source.text".to_owned(),
        TextRole::Compared(place) => format!("sources[{place}].text"),
        TextRole::Graded(place) => format!("texts[{place}].text"),
        TextRole::Boilerplate(place) => format!("options.exclusions.boilerplate_texts[{place}]"),
    };
    Violation { field, description: description.to_owned() }
}

impl From<BackupError> for Problem {
    fn from(error: BackupError) -> Self {
        let message = error.to_string();
        let reason = match error {
            BackupError::Store(error) => reason_of(&error),
            BackupError::Write(_) => Reason::Cancelled,
            BackupError::InMemory => Reason::InMemory,
            BackupError::InCluster => Reason::NotInCluster,
        };
        Self::new(reason, message)
    }
}

/// The reason of a failed store operation.
fn reason_of(error: &StoreError) -> Reason {
    match error {
        StoreError::Full { .. } => Reason::DiskFull,
        StoreError::Damaged { .. } => Reason::DataDamaged,
        StoreError::Exists { .. } => Reason::FileExists,
        StoreError::Missing { .. } => Reason::FileNotFound,
        _ => Reason::StoreFailed,
    }
}

impl From<StopReason> for Problem {
    fn from(stop: StopReason) -> Self {
        let reason = match stop {
            StopReason::DeadlinePassed => Reason::DeadlinePassed,
            StopReason::CalledOff => Reason::Cancelled,
        };
        Self::new(reason, stop.to_string())
    }
}
