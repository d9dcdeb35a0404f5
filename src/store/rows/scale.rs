//! The rows of scales.

use crate::model::{
    Agreement, BandLabel, CollectionNumber, GradedWords, Grades, Scale, ScaleBand, ScaleName, ScaleWeight,
    Timestamp,
};
use crate::store::codec::{Decoder, Encoder};

/// Nanoseconds of a time that is not known.
const NO_TIME: u32 = u32::MAX;

/// A scale and its collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredScale {
    /// The collection.
    pub collection: CollectionNumber,
    /// The scale.
    pub scale: Scale,
}

impl StoredScale {
    /// Its name and its row, for a digest.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.scale.name.as_str().as_bytes(), &[0], &self.encode()].concat()
    }

    pub(in crate::store) fn encode(&self) -> Vec<u8> {
        let scale = &self.scale;
        let mut row = Encoder::default();
        row.u64(scale.revision);
        row.i64(scale.created_at.map_or(0, Timestamp::seconds));
        row.u32(scale.created_at.map_or(NO_TIME, |time| time.nanos()));
        for number in [scale.texts, scale.words.least, scale.words.most] {
            row.u64(number);
        }
        let Grades { least, greatest, mean, step } = scale.grades;
        let (of_scale, of_length) = (scale.agreement, scale.length_agreement);
        for number in [least, greatest, mean, step]
            .into_iter()
            .chain([of_scale, of_length].into_iter().flat_map(|one| [one.kappa, one.low, one.high]))
            .chain([scale.error, scale.error_90, scale.penalty])
        {
            row.f64(number);
        }
        row.u32(scale.measures_version);
        row.text(&scale.language);
        row.u32(count(scale.bands.len()));
        for band in &scale.bands {
            row.f64(band.min_grade);
            row.text(band.label.as_str());
        }
        row.u32(count(scale.weights.len()));
        for ScaleWeight { measure, weight, mean, deviation, least, greatest } in &scale.weights {
            for number in [weight, mean, deviation, least, greatest] {
                row.f64(*number);
            }
            row.text(measure);
        }
        row.bytes
    }

    pub(in crate::store) fn decode(collection: CollectionNumber, name: &str, row: &[u8]) -> Option<Self> {
        let mut row = Decoder::new(row);
        let (revision, seconds, nanos) = (row.u64()?, row.i64()?, row.u32()?);
        let created_at = match nanos {
            NO_TIME => None,
            nanos => Some(Timestamp::new(seconds, i32::try_from(nanos).ok()?).ok()?),
        };
        let texts = row.u64()?;
        let words = GradedWords { least: row.u64()?, most: row.u64()? };
        let grades = Grades { least: row.f64()?, greatest: row.f64()?, mean: row.f64()?, step: row.f64()? };
        let scale = Scale {
            name: ScaleName::new(name).ok()?,
            texts,
            words,
            grades,
            agreement: agreement(&mut row)?,
            length_agreement: agreement(&mut row)?,
            error: row.f64()?,
            error_90: row.f64()?,
            penalty: row.f64()?,
            measures_version: row.u32()?,
            language: row.text()?,
            bands: (0..row.u32()?).map(|_| band(&mut row)).collect::<Option<_>>()?,
            weights: (0..row.u32()?).map(|_| weight(&mut row)).collect::<Option<_>>()?,
            created_at,
            revision,
        };
        row.is_at_end().then_some(Self { collection, scale })
    }
}

fn count(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}

fn agreement(row: &mut Decoder<'_>) -> Option<Agreement> {
    Some(Agreement { kappa: row.f64()?, low: row.f64()?, high: row.f64()? })
}

fn band(row: &mut Decoder<'_>) -> Option<ScaleBand> {
    Some(ScaleBand { min_grade: row.f64()?, label: BandLabel::new(&row.text()?).ok()? })
}

fn weight(row: &mut Decoder<'_>) -> Option<ScaleWeight> {
    let (weight, mean, deviation) = (row.f64()?, row.f64()?, row.f64()?);
    let (least, greatest) = (row.f64()?, row.f64()?);
    Some(ScaleWeight { measure: row.text()?, weight, mean, deviation, least, greatest })
}

#[cfg(test)]
pub(in crate::store) mod tests {
    use super::*;

    pub(in crate::store) fn scale(name: &str) -> Scale {
        let agreement = Agreement { kappa: 0.7, low: 0.6, high: 0.8 };
        let weight = |measure: &str| ScaleWeight {
            measure: measure.to_owned(),
            weight: -0.25,
            mean: 4.5,
            deviation: 0.5,
            least: 1.0,
            greatest: 9.0,
        };
        Scale {
            name: ScaleName::new(name).unwrap(),
            language: "en".to_owned(),
            bands: vec![ScaleBand { label: BandLabel::new("Good").unwrap(), min_grade: 3.0 }],
            texts: 100,
            words: GradedWords { least: 50, most: 900 },
            grades: Grades { least: 1.0, greatest: 5.0, mean: 3.0, step: 0.5 },
            agreement,
            length_agreement: Agreement { kappa: 0.3, ..agreement },
            error: 0.5,
            error_90: 0.9,
            penalty: 0.1,
            measures_version: 1,
            weights: vec![weight("words"), weight("mtld")],
            created_at: Some(Timestamp::new(1_700_000_000, 5).unwrap()),
            revision: 7,
        }
    }

    #[test]
    fn scales_come_back_as_they_were() {
        let number = CollectionNumber(3);
        let bare = Scale { bands: Vec::new(), weights: Vec::new(), created_at: None, ..scale("bare") };
        for scale in [scale("essays"), bare] {
            let stored = StoredScale { collection: number, scale };
            let row = stored.encode();
            assert_eq!(StoredScale::decode(number, stored.scale.name.as_str(), &row), Some(stored.clone()));
            assert_eq!(StoredScale::decode(number, "essays", &row[..row.len() - 1]), None);
            assert_eq!(StoredScale::decode(number, "essays", &[row.as_slice(), &[0]].concat()), None);
            assert_eq!(StoredScale::decode(number, "not a name", &row), None);
        }
    }
}
