//! Requests about scales.

use super::Fields;
use super::detection::Submission;
use crate::engine::{BandLabel, CollectionName, GradedText, Scale, ScaleBand, ScaleName, ScalePlan};
use crate::proto;
use crate::service::problem::Problem;

/// The largest number of graded texts of a scale.
pub(in crate::service) const MAX_TEXTS: usize = 20_000;

/// The largest number of bytes of graded texts of a scale.
pub(in crate::service) const MAX_TEXTS_BYTES: usize = 64 << 20;

/// A scale to train, without most of its texts.
pub(in crate::service) struct Training {
    pub(in crate::service) collection: CollectionName,
    pub(in crate::service) plan: ScalePlan,
    pub(in crate::service) replace: bool,
}

/// The name of a scale and its collection.
#[derive(Debug, Clone)]
pub(in crate::service) struct ScaleOf {
    pub(in crate::service) collection: CollectionName,
    pub(in crate::service) name: ScaleName,
}

/// A text to score.
pub(in crate::service) struct Scoring {
    pub(in crate::service) scale: ScaleOf,
    pub(in crate::service) subject: Submission,
}

/// The first message of a training, whose texts are left in it.
pub(in crate::service) fn training(request: &proto::TrainScaleRequest) -> Result<Training, Problem> {
    let mut fields = Fields::default();
    let collection = fields.collection("collection", &request.collection);
    let name = fields.scale_name(&request.scale);
    let bands = fields.bands(&request.bands);
    let training = name.map(|name| Training {
        collection,
        plan: ScalePlan { name, bands, created_at: None },
        replace: request.replace,
    });
    fields.all_of(training)
}

/// The texts of a later message, which states nothing else.
pub(in crate::service) fn more(request: proto::TrainScaleRequest) -> Result<Vec<proto::GradedText>, Problem> {
    let proto::TrainScaleRequest { collection, scale, bands, replace, texts } = request;
    let mut fields = Fields::default();
    for (field, is_set) in [
        ("collection", !collection.is_empty()),
        ("scale", !scale.is_empty()),
        ("bands", !bands.is_empty()),
        ("replace", replace),
    ] {
        if is_set {
            fields.invalid(field, "is set in a later message; set it in the first one");
        }
    }
    fields.done(texts)
}

/// The texts of a message, after `before` ones.
pub(in crate::service) fn graded(
    texts: Vec<proto::GradedText>,
    before: usize,
) -> Result<Vec<GradedText>, Problem> {
    let mut fields = Fields::default();
    for (place, text) in texts.iter().enumerate() {
        let number = before + place;
        if text.text.is_empty() {
            fields.invalid(format!("texts[{number}].text"), "is empty; leave the text out");
        }
        if !text.grade.is_finite() || text.grade.abs() > 1e9 {
            let grade = text.grade;
            fields.invalid(
                format!("texts[{number}].grade"),
                format!(
                    "is {grade}, but must be from -1e9 to 1e9; send a number within, or leave the text out"
                ),
            );
        }
    }
    let parsed = texts.into_iter().map(|text| GradedText { text: text.text, grade: text.grade }).collect();
    fields.done(parsed)
}

/// The name of a scale.
pub(in crate::service) fn scale_of(collection: &str, name: &str) -> Result<ScaleOf, Problem> {
    let mut fields = Fields::default();
    let collection = fields.collection("collection", collection);
    let name = fields.scale_name(name);
    fields.all_of(name.map(|name| ScaleOf { collection, name }))
}

pub(in crate::service) fn scoring(request: proto::ScoreTextRequest) -> Result<Scoring, Problem> {
    let proto::ScoreTextRequest { collection, scale, text, source, document } = request;
    let mut fields = Fields::default();
    let collection = fields.collection("collection", &collection);
    let name = fields.scale_name(&scale);
    let subject = fields.one_submission(text, source, document);
    fields.all_of(name.map(|name| Scoring { scale: ScaleOf { collection, name }, subject }))
}

impl Fields {
    fn scale_name(&mut self, name: &str) -> Option<ScaleName> {
        self.get("scale", ScaleName::new(name).map(Some))
    }

    fn bands(&mut self, bands: &[proto::ScaleBand]) -> Vec<ScaleBand> {
        let most = Scale::MAX_BANDS;
        if bands.len() > most {
            self.invalid(
                "bands",
                format!("has {} entries, but may have {most} at most; join bands", bands.len()),
            );
            return Vec::new();
        }
        let mut parsed: Vec<ScaleBand> = Vec::new();
        for (place, band) in bands.iter().enumerate() {
            let label = self.get(format!("bands[{place}].label"), BandLabel::new(&band.label).map(Some));
            let min_grade = band.min_grade;
            if !min_grade.is_finite() || min_grade.abs() > 1e9 {
                let description =
                    format!("is {min_grade}, but must be from -1e9 to 1e9; send a number within");
                self.invalid(format!("bands[{place}].min_grade"), description);
            }
            if parsed.last().is_some_and(|last| last.min_grade >= min_grade) {
                let description = "is not above that of the band before; list the bands in rising order";
                self.invalid(format!("bands[{place}].min_grade"), description);
            }
            if parsed.iter().any(|other| Some(&other.label) == label.as_ref()) {
                self.invalid(
                    format!("bands[{place}].label"),
                    "is that of a band before; give each band its own",
                );
            }
            parsed.extend(label.map(|label| ScaleBand { label, min_grade }));
        }
        parsed
    }

    /// What was parsed. Where something is missing, a violation says why.
    fn all_of<T>(self, parsed: Option<T>) -> Result<T, Problem> {
        self.done(parsed)?.ok_or_else(Problem::defect)
    }
}
