//! Segments: appended, read back, cut and damaged.

use super::record::HEADER_BYTES;
use super::*;
use crate::index::Slot;
use crate::store::CollectionNumber;
use crate::store::rows::StoredSegment;
use crate::store::texts::strays::Strays;

fn key(slot: u32) -> SourceKey {
    SourceKey { collection: CollectionNumber(1), slot: Slot::new(slot).unwrap() }
}

fn append(segments: &Segments, texts: &[(u32, &[u8])]) -> Vec<Place> {
    segments.append(texts.iter().map(|(slot, bytes)| (key(*slot), *bytes, 9))).unwrap()
}

/// A folder of texts, and the folder of strays.
struct Folders {
    folder: tempfile::TempDir,
}

impl Folders {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn texts(&self) -> PathBuf {
        self.folder.path().join("texts")
    }

    fn open(&self, texts: &[(u32, Place)], known: &[(u32, u64)]) -> Result<Segments, StoreError> {
        let known =
            known.iter().map(|(number, bytes)| (*number, StoredSegment { bytes: *bytes, dead_since: None }));
        let strays = Strays::new(self.folder.path().join("strays"));
        let places = texts.iter().map(|(slot, place)| (key(*slot), *place));
        let named = NamedSegments::open(&self.texts(), places, false)?;
        named.into_writable(FULL_BYTES, &known.collect(), &strays)
    }

    /// The strays, by name.
    fn strays(&self) -> Vec<(String, Vec<u8>)> {
        let Ok(entries) = fs::read_dir(self.folder.path().join("strays")) else { return Vec::new() };
        let read = |path: PathBuf| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap())
        };
        let mut found: Vec<_> = entries.map(|entry| read(entry.unwrap().path())).collect();
        found.sort();
        found
    }
}

/// A frame as the store makes them.
fn frame(text: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(text, 1).unwrap()
}

#[test]
fn what_rows_refer_to_is_there_when_opened_again_and_what_none_ever_named_is_put_aside() {
    let folders = Folders::new();
    let (one, two, three) = (frame(b"one"), frame(b"two"), frame(b"three"));
    let places = append(&folders.open(&[], &[]).unwrap(), &[(1, &one), (2, &two), (3, &three)]);
    let first = folders.texts().join("00000001.texts");
    let whole = fs::read(&first).unwrap();
    let mut header = whole[..HEADER_BYTES as usize].to_vec();
    header[12] = 7;
    let stray = [header.as_slice(), &whole[HEADER_BYTES as usize..]].concat();
    fs::write(folders.texts().join("00000007.texts"), &stray).unwrap();
    fs::write(folders.texts().join("00000008.texts"), &stray[..20]).unwrap();
    let segments = folders.open(&[(1, places[0]), (2, places[1])], &[]).unwrap();
    for (place, (slot, bytes)) in places.iter().zip([(1, &one), (2, &two)]) {
        assert_eq!(&segments.read(key(slot), *place).unwrap().unwrap().bytes, bytes);
    }
    assert!(segments.read(key(3), places[2]).is_err(), "cut off");
    let tail = whole[places[2].offset as usize..].to_vec();
    let from = places[2].offset;
    let expected =
        [(format!("00000001-from-{from}-0.texts"), tail), ("00000007-from-0-0.texts".to_owned(), stray)];
    assert_eq!(folders.strays(), expected, "and of what holds no whole text nothing is left");
    assert_eq!(fs::read_dir(folders.texts()).unwrap().count(), 1);
    assert_eq!(append(&segments, &[(4, &three)])[0].offset, places[2].offset, "written over");
    assert_eq!(segments.current.lock().highest, 8, "no number is given twice");
}

#[test]
fn what_rows_once_named_is_deleted_and_not_put_aside() {
    let folders = Folders::new();
    let places = append(&folders.open(&[], &[]).unwrap(), &[(1, &frame(b"one")), (2, &frame(b"two"))]);
    let known = [(1, places[1].end()), (2, 99)];
    let segments = folders.open(&[(1, places[0])], &known).unwrap();
    assert_eq!(segments.all()[&1].dead(), places[1].record_bytes());
    assert!(segments.read(key(2), places[1]).unwrap().is_some(), "it is erased when its time comes");
    drop(segments);
    let segments = folders.open(&[], &known).unwrap();
    assert!(segments.all().is_empty());
    assert_eq!((fs::read_dir(folders.texts()).unwrap().count(), folders.strays().len()), (0, 0));
    // An incomplete write is no text.
    let places = append(&segments, &[(3, &frame(b"three"))]);
    let path = folders.texts().join("00000003.texts");
    let mut bytes = fs::read(&path).unwrap();
    let record = bytes[HEADER_BYTES as usize..].to_vec();
    bytes.extend_from_slice(&record[..record.len() - 1]);
    fs::write(&path, &bytes).unwrap();
    folders.open(&[(3, places[0])], &[(3, places[0].end())]).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().len(), places[0].end());
    assert!(folders.strays().is_empty());
}

#[test]
fn nothing_is_changed_when_a_segment_is_missing_or_too_short() {
    let folders = Folders::new();
    let segments = folders.open(&[], &[]).unwrap();
    let mut places = append(&segments, &[(1, &frame(b"one")), (2, &frame(b"two"))]);
    segments.current.lock().number = 0;
    places.extend(append(&segments, &[(3, &frame(b"three"))]));
    drop(segments);
    let second = folders.texts().join("00000002.texts");
    let whole = fs::read(&second).unwrap();
    for cut in [0, 1, 16, whole.len() - 1] {
        fs::write(&second, &whole[..cut]).unwrap();
        fs::write(folders.texts().join("00000009.texts"), &whole).unwrap();
        let refused = folders.open(&[(1, places[0]), (3, places[2])], &[]).unwrap_err();
        assert!(matches!(refused, StoreError::Damaged { .. }), "{refused}");
        assert!(fs::metadata(folders.texts().join("00000001.texts")).unwrap().len() >= places[1].end());
        assert!(folders.texts().join("00000009.texts").exists() && folders.strays().is_empty());
    }
    fs::remove_file(&second).unwrap();
    assert!(folders.open(&[(1, places[0]), (3, places[2])], &[]).is_err());
}

#[test]
fn a_segment_that_is_taken_away_takes_no_more_texts() {
    let folders = Folders::new();
    let segments = folders.open(&[], &[]).unwrap();
    append(&segments, &[(1, &frame(b"one"))]);
    assert!(segments.check_files().is_empty());
    let path = folders.texts().join("00000001.texts");
    let aside = folders.folder.path().join("aside");
    fs::rename(&path, &aside).unwrap();
    let refused = segments.append([(key(2), frame(b"two").as_slice(), 3)].into_iter()).unwrap_err();
    assert!(matches!(refused, StoreError::Lost { .. }), "{refused}");
    assert_eq!(segments.check_files(), [refused]);
    fs::rename(&aside, &path).unwrap();
    append(&segments, &[(2, &frame(b"two"))]);
}

#[test]
fn what_is_not_what_was_written_is_noticed() {
    let folders = Folders::new();
    let segments = folders.open(&[], &[]).unwrap();
    let place = append(&segments, &[(1, b"a text"), (2, b"a text")])[0];
    assert!(segments.read(key(2), place).is_err(), "of another source");
    let path = folders.texts().join("00000001.texts");
    let good = fs::read(&path).unwrap();
    for at in u64::from(place.offset)..place.end() {
        let mut bad = good.clone();
        bad[at as usize] ^= 4;
        fs::write(&path, bad).unwrap();
        let error = segments.read(key(1), place).unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    }
    fs::write(&path, &good[..good.len() - 1]).unwrap();
    let last = Place { offset: u32::try_from(place.end()).unwrap(), ..place };
    assert!(folders.open(&[(1, place), (2, last)], &[]).is_err());
}

#[test]
fn a_text_keeps_its_segment_while_its_commit_is_not_decided() {
    let folders = Folders::new();
    let segments = folders.open(&[], &[]).unwrap();
    let place = append(&segments, &[(1, b"of a commit in doubt")])[0];
    segments.begin_emptying(|_| true);
    append(&segments, &[(2, b"another")]);
    segments.begin_emptying(|_| true);
    assert_eq!(segments.read(key(1), place).unwrap().unwrap().bytes, b"of a commit in doubt");
    segments.release(place);
    assert!(segments.read(key(1), place).unwrap().is_some(), "it is written to");
}

#[test]
fn a_segment_that_nobody_refers_to_is_deleted_once_it_is_not_written_to() {
    let folders = Folders::new();
    let segments = folders.open(&[], &[]).unwrap();
    let first = append(&segments, &[(1, b"one"), (2, b"two")]);
    segments.current.lock().number = 0;
    let second = append(&segments, &[(3, b"three")]);
    assert_eq!(second[0].segment, 2);
    segments.release(first[0]);
    assert_eq!(segments.begin_emptying(|number| number == 1), [1]);
    let held = segments.all();
    segments.release(first[1]);
    assert!(segments.read(key(2), first[1]).unwrap().is_none());
    assert_eq!(held[&1].read(key(2), first[1]).unwrap().bytes, b"two", "a holder of the segment can read it");
    assert!(!folders.texts().join("00000001.texts").exists());
}
