//! The rows of sources.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{
    Group, Label, Labels, Metadata, MetadataEntry, MetadataKey, MetadataValue, PageKind, PageStart, Pages,
    Profile, SourceId, SourceKey, SourceRecord, Term, Timestamp, Title, Uri,
};
use crate::store::codec::{Decoder, Encoder};
use crate::store::segments::Place;

/// The most words, bytes and fingerprints of one text: positions are 32 bits wide.
const MOST_IN_TEXT: u64 = u32::MAX as u64;

/// The nanoseconds of a time that is not known.
const NO_TIME: u32 = u32::MAX;

/// The row of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSource {
    /// Its collection and slot.
    pub key: SourceKey,
    /// Everything known of it but its text.
    pub record: SourceRecord,
    /// The heaviest stems of its text; `None` if they are not known, or stay as they are.
    pub profile: Option<Profile>,
}

/// The kind of pages that a profile follows where there are none.
const NO_PAGES: u8 = 0;

/// The row of a source, with the place of its text.
pub(in crate::store) fn encode_source(
    record: &SourceRecord,
    profile: Option<&Profile>,
    place: Place,
) -> Vec<u8> {
    let mut row = Encoder::default();
    row.bytes.extend_from_slice(&place.encode());
    encode_record(record, &mut row);
    if let Some(profile) = profile {
        if record.pages.is_none() {
            row.u8(NO_PAGES);
        }
        encode_profile(profile, &mut row);
    }
    row.bytes
}

fn encode_profile(profile: &Profile, row: &mut Encoder) {
    row.u8(u8::try_from(profile.terms().len()).unwrap_or(u8::MAX));
    for Term { key, weight } in profile.terms() {
        row.u32(*key);
        row.u8(*weight);
    }
}

/// The profile that ends a row, which format 5 added.
fn decode_profile(row: &mut Decoder<'_>) -> Option<Profile> {
    let count = row.u8()?;
    let terms: Option<Vec<Term>> =
        (0..count).map(|_| Some(Term { key: row.u32()?, weight: row.u8()? })).collect();
    Profile::checked(terms?)
}

/// Appends a record to a row.
pub(in crate::store) fn encode_record(record: &SourceRecord, row: &mut Encoder) {
    let SourceRecord {
        id,
        title,
        group,
        labels,
        uri,
        submitted_at,
        metadata,
        pages,
        created_at,
        updated_at,
        words,
        text_bytes,
        fingerprints,
        added,
        changed,
        words_digest,
        content_digest,
    } = record;
    for number in [added, words, text_bytes, fingerprints] {
        row.u64(*number);
    }
    row.u128(*words_digest);
    row.u128(*content_digest);
    for text in [id.as_str(), title.as_str(), group.as_str()] {
        row.text(text);
    }
    let labels = labels.as_slice();
    row.u8(u8::try_from(labels.len()).unwrap_or(u8::MAX));
    labels.iter().take(usize::from(u8::MAX)).for_each(|label| row.text(label.as_str()));
    row.u64(*changed);
    row.text(uri.as_str());
    for time in [submitted_at, created_at, updated_at] {
        encode_time(*time, row);
    }
    let entries = metadata.as_slice();
    row.u8(u8::try_from(entries.len()).unwrap_or(u8::MAX));
    for MetadataEntry { key, value } in entries.iter().take(usize::from(u8::MAX)) {
        row.text(key.as_str());
        row.text(value.as_str());
    }
    if let Some(pages) = pages {
        encode_pages(pages, row);
    }
}

fn encode_pages(pages: &Pages, row: &mut Encoder) {
    row.u8(match pages.kind() {
        PageKind::Page => 1,
        PageKind::Slide => 2,
        PageKind::Chapter => 3,
    });
    row.u32(pages.count());
    let starts = pages.starts();
    row.u32(u32::try_from(starts.len()).unwrap_or(u32::MAX));
    for PageStart { offset, number, label } in starts {
        row.u32(offset);
        row.u32(number);
        row.text(&label);
    }
}

fn encode_time(time: Option<Timestamp>, row: &mut Encoder) {
    row.i64(time.map_or(0, Timestamp::seconds));
    row.u32(time.map_or(NO_TIME, Timestamp::nanos));
}

/// Reads the record that ends a row.
pub(in crate::store) fn decode_record(row: &mut Decoder<'_>) -> Option<SourceRecord> {
    decode_fields(row).filter(|_| row.is_at_end())
}

/// Reads a record, which a profile may follow.
fn decode_fields(row: &mut Decoder<'_>) -> Option<SourceRecord> {
    let (added, words, text_bytes, fingerprints) = (row.u64()?, row.u64()?, row.u64()?, row.u64()?);
    let (words_digest, content_digest) = (row.u128()?, row.u128()?);
    let id = SourceId::new(&row.text()?).ok()?;
    let (title, group) = (Title::new(&row.text()?).ok()?, Group::new(&row.text()?).ok()?);
    let count = row.u8()?;
    let labels: Option<Vec<Label>> = (0..count).map(|_| Label::new(&row.text()?).ok()).collect();
    let labels = Labels::new(labels?).ok()?;
    // Formats 1 and 2 end here.
    let later = if row.is_at_end() { Later::none(added) } else { Later::decode(row)? };
    let Later { changed, uri, submitted_at, created_at, updated_at, metadata } = later;
    // Format 3 ends here, and so does a record without pages.
    let pages = if row.is_at_end() { None } else { decode_pages(row, text_bytes)? };
    let record = SourceRecord {
        id,
        title,
        group,
        labels,
        uri,
        submitted_at,
        metadata,
        pages,
        created_at,
        updated_at,
        words,
        text_bytes,
        fingerprints,
        added,
        changed,
        words_digest,
        content_digest,
    };
    let is_text = [words, text_bytes, fingerprints].into_iter().all(|count| count <= MOST_IN_TEXT);
    (is_text && added <= changed).then_some(record)
}

/// The pages of a source, which format 4 added.
#[expect(clippy::option_option, reason = "the outer one: whether the row is well formed")]
fn decode_pages(row: &mut Decoder<'_>, text_bytes: u64) -> Option<Option<Arc<Pages>>> {
    let kind = match row.u8()? {
        // A profile follows.
        NO_PAGES => return (!row.is_at_end()).then_some(None),
        1 => PageKind::Page,
        2 => PageKind::Slide,
        3 => PageKind::Chapter,
        _ => return None,
    };
    let (count, known) = (row.u32()?, row.u32()?);
    let start = |row: &mut Decoder<'_>| {
        Some(PageStart { offset: row.u32()?, number: row.u32()?, label: row.text()?.into() })
    };
    let starts: Option<Vec<PageStart>> = (0..known).map(|_| start(row)).collect();
    Some(Some(Arc::new(Pages::checked(kind, count, starts?, text_bytes).ok()?)))
}

/// The fields that format 3 added.
struct Later {
    changed: u64,
    uri: Uri,
    submitted_at: Option<Timestamp>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    metadata: Metadata,
}

impl Later {
    fn none(added: u64) -> Self {
        Self {
            changed: added,
            uri: Uri::default(),
            submitted_at: None,
            created_at: None,
            updated_at: None,
            metadata: Metadata::default(),
        }
    }

    fn decode(row: &mut Decoder<'_>) -> Option<Self> {
        let (changed, uri) = (row.u64()?, Uri::new(&row.text()?).ok()?);
        let [submitted_at, created_at, updated_at] =
            [decode_time(row)?, decode_time(row)?, decode_time(row)?];
        let count = row.u8()?;
        let entry = |row: &mut Decoder<'_>| {
            Some((MetadataKey::new(&row.text()?).ok()?, MetadataValue::new(&row.text()?).ok()?))
        };
        let entries: Option<BTreeMap<_, _>> = (0..count).map(|_| entry(row)).collect();
        let metadata = Metadata::new(entries?).ok()?;
        Some(Self { changed, uri, submitted_at, created_at, updated_at, metadata })
    }
}

/// A time in a row.
#[expect(clippy::option_option, reason = "the outer one: whether the row is well formed")]
fn decode_time(row: &mut Decoder<'_>) -> Option<Option<Timestamp>> {
    let (seconds, nanos) = (row.i64()?, row.u32()?);
    if nanos == NO_TIME {
        return Some(None);
    }
    Some(Some(Timestamp::new(seconds, i32::try_from(nanos).ok()?).ok()?))
}

impl StoredSource {
    pub(in crate::store) fn encode(&self, place: Place) -> Vec<u8> {
        encode_source(&self.record, self.profile.as_ref(), place)
    }

    pub(in crate::store) fn decode(key: SourceKey, row: &[u8]) -> Option<(Self, Place)> {
        let mut row = Decoder::new(row);
        let place = Place::decode(row.take(Place::BYTES)?)?;
        let record = decode_fields(&mut row)?;
        // Format 4 ends here.
        let profile = if row.is_at_end() { None } else { Some(decode_profile(&mut row)?) };
        row.is_at_end().then_some((Self { key, record, profile }, place))
    }

    /// The row of the source with the place of its text in an older row, and with the profile there if it has none of its own.
    pub(in crate::store) fn with_place_of(&self, row: &[u8]) -> Option<Vec<u8>> {
        let (old, place) = Self::decode(self.key, row)?;
        Some(encode_source(&self.record, self.profile.as_ref().or(old.profile.as_ref()), place))
    }

    /// The same row with another place for its text.
    pub(in crate::store) fn moved(row: &[u8], place: Place) -> Option<Vec<u8>> {
        let mut moved = row.to_vec();
        moved.get_mut(..Place::BYTES)?.copy_from_slice(&place.encode());
        Some(moved)
    }
}

#[cfg(test)]
pub(in crate::store) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{CollectionNumber, Slot};

    pub(in crate::store) fn record(id: &str, counts: [u64; 3]) -> SourceRecord {
        let [words, text_bytes, fingerprints] = counts;
        let of_id = SourceRecord::of_id(SourceId::new(id).unwrap());
        SourceRecord { words, text_bytes, fingerprints, added: 1, changed: 1, ..of_id }
    }

    proptest! {
        #[test]
        fn rows_come_back_as_they_were(
            collection: u32, slot in 0..Slot::COUNT, id in "[^\\p{Cc}]{1,100}",
            labels in proptest::collection::vec("[^\\p{Cc}]{1,30}", 0..64),
            added in 0..u64::MAX, digest: u128, seconds in -62_135_596_800..253_402_300_800_i64,
            nanos in 0..1_000_000_000, is_known: bool, segment: u32, offset: u32, page_count in 0..20_u32,
        ) {
            let key = SourceKey { collection: CollectionNumber(collection), slot: Slot::new(slot).unwrap() };
            prop_assert_eq!(SourceKey::from_u64(key.to_u64()), Some(key));
            let metadata = labels.iter().enumerate().map(|(number, value)| {
                (MetadataKey::new(&format!("key-{number}")).unwrap(), MetadataValue::new(value).unwrap())
            });
            let metadata = Metadata::new(metadata.collect()).unwrap();
            let time = Timestamp::new(seconds, nanos).ok().filter(|_| is_known);
            let start = |number: u32| PageStart { offset: number * 3, number: number + 1, label: id.clone().into() };
            let starts = (0..page_count.min(offset / 3)).map(start).collect();
            let pages = Pages::checked(PageKind::Chapter, 30, starts, u64::from(offset)).ok().map(Arc::new);
            let labels = labels.iter().map(|label| Label::new(label).unwrap()).collect();
            let record = SourceRecord {
                title: Title::new(&id).unwrap(), group: Group::new(&id).unwrap(), labels: Labels::new(labels).unwrap(),
                uri: Uri::new(&id).unwrap(), submitted_at: time, metadata, pages, created_at: Some(Timestamp::now()),
                updated_at: time, added, changed: added + 1, words_digest: digest, content_digest: !digest, ..record(&id, [7, u64::from(offset), 9])
            };
            let terms = (0..=page_count).map(|key| Term { key, weight: 255 }).collect();
            let profile = is_known.then(|| Profile::checked(terms).unwrap());
            let source = StoredSource { key, record, profile };
            let place = Place { segment, offset, stored_bytes: 5 };
            let row = source.encode(place);
            prop_assert_eq!(StoredSource::decode(key, &row), Some((source.clone(), place)));
            prop_assert_eq!(StoredSource::decode(key, &row[..row.len() - 1]), None);
            let elsewhere = Place { segment: !segment, offset: 0, stored_bytes: 1 };
            prop_assert_eq!(StoredSource::decode(key, &StoredSource::moved(&row, elsewhere).unwrap()), Some((source, elsewhere)));
        }
    }

    #[test]
    fn counts_that_no_text_has_are_refused() {
        let key = SourceKey { collection: CollectionNumber(1), slot: Slot::FIRST };
        let place = Place { segment: 1, offset: 16, stored_bytes: 5 };
        let row = |counts| {
            let source = StoredSource { key, record: record("a", counts), profile: None };
            StoredSource::decode(key, &source.encode(place))
        };
        assert!(row([MOST_IN_TEXT, MOST_IN_TEXT, MOST_IN_TEXT]).is_some());
        // Two such sources would overflow the corpus's totals.
        for source in [row([MOST_IN_TEXT + 1, 9, 9]), row([9, u64::MAX, 9]), row([9, 9, 1 << 40])] {
            assert_eq!(source, None);
        }
    }

    #[test]
    fn a_row_that_is_rewritten_keeps_its_profile() {
        let key = SourceKey { collection: CollectionNumber(1), slot: Slot::FIRST };
        let place = Place { segment: 1, offset: 16, stored_bytes: 5 };
        let profile = |weight| Profile::checked(vec![Term { key: 7, weight }]);
        let source = |id, profile| StoredSource { key, record: record(id, [7, 8, 9]), profile };
        for (old, new, kept) in [
            (None, None, None),
            (profile(1), None, profile(1)),
            (None, profile(2), profile(2)),
            (profile(1), profile(2), profile(2)),
        ] {
            let row = source("b", new).with_place_of(&source("a", old).encode(place)).unwrap();
            assert_eq!(StoredSource::decode(key, &row), Some((source("b", kept), place)));
        }
    }

    #[test]
    fn a_row_of_format_2_has_no_times_and_no_metadata() {
        let key = SourceKey { collection: CollectionNumber(1), slot: Slot::FIRST };
        let place = Place { segment: 1, offset: 16, stored_bytes: 5 };
        let source = StoredSource { key, record: record("a", [7, 8, 9]), profile: None };
        let row = source.encode(place);
        // The revision, three times of 12 bytes, and no address and entries.
        let older = &row[..row.len() - (8 + 2 + 3 * 12 + 1)];
        assert_eq!(StoredSource::decode(key, older), Some((source, place)));
    }
}
