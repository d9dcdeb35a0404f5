//! A storage backend that reads a file and keeps writes in memory.
//!
//! When the database is opened after a crash it repairs itself, which takes writes. This backend verifies a folder
//! without changing it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use parking_lot::RwLock;
use redb::StorageBackend;

/// Bytes of a page in memory.
const PAGE_BYTES: usize = 4096;

/// A file, and the pages that were written over it.
#[derive(Debug)]
pub(in crate::store) struct Overlay {
    file: File,
    written: RwLock<Written>,
}

#[derive(Debug)]
struct Written {
    length: u64,
    /// Bytes of the file that are still visible: `set_len` may have cut it off.
    file_length: u64,
    pages: BTreeMap<u64, Box<[u8; PAGE_BYTES]>>,
}

impl Overlay {
    /// An overlay over a file, with nothing written.
    pub(in crate::store) fn over(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        let written = Written { length, file_length: length, pages: BTreeMap::new() };
        Ok(Self { file, written: RwLock::new(written) })
    }

    /// Reads from the file, and zeros past its end.
    fn read_file(&self, written: &Written, offset: u64, out: &mut [u8]) -> io::Result<()> {
        out.fill(0);
        let there = written.file_length.saturating_sub(offset);
        let there = usize::try_from(there).unwrap_or(usize::MAX).min(out.len());
        self.file.read_exact_at(out.get_mut(..there).unwrap_or_default(), offset)
    }
}

/// Splits a range of bytes into pages: the number of each page, the offset in the page, and the part of the range.
fn parts(offset: u64, length: usize) -> impl Iterator<Item = (u64, usize, std::ops::Range<usize>)> {
    let mut done = 0;
    std::iter::from_fn(move || {
        let at = offset + done as u64;
        let within = usize::try_from(at % PAGE_BYTES as u64).unwrap_or(0);
        let count = (PAGE_BYTES - within).min(length - done);
        let range = done..done + count;
        done += count;
        (count > 0).then_some((at / PAGE_BYTES as u64, within, range))
    })
}

impl StorageBackend for Overlay {
    fn len(&self) -> io::Result<u64> {
        Ok(self.written.read().length)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let written = self.written.read();
        if offset.checked_add(out.len() as u64).is_none_or(|end| end > written.length) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.read_file(&written, offset, out)?;
        for (number, within, range) in parts(offset, out.len()) {
            if let Some(page) = written.pages.get(&number)
                && let Some(from) = page.get(within..within + range.len())
                && let Some(to) = out.get_mut(range)
            {
                to.copy_from_slice(from);
            }
        }
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let mut written = self.written.write();
        written.file_length = written.file_length.min(length);
        written.length = length;
        written.pages.retain(|number, _| number * (PAGE_BYTES as u64) < length);
        let within = usize::try_from(length % PAGE_BYTES as u64).unwrap_or(0);
        if let Some(page) = written.pages.get_mut(&(length / PAGE_BYTES as u64)) {
            page.get_mut(within..).unwrap_or_default().fill(0);
        }
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut written = self.written.write();
        for (number, within, range) in parts(offset, data.len()) {
            if !written.pages.contains_key(&number) {
                let mut page = Box::new([0; PAGE_BYTES]);
                self.read_file(&written, number * PAGE_BYTES as u64, page.as_mut_slice())?;
                written.pages.insert(number, page);
            }
            if let Some(page) = written.pages.get_mut(&number)
                && let Some(to) = page.get_mut(within..within + range.len())
                && let Some(from) = data.get(range)
            {
                to.copy_from_slice(from);
            }
        }
        written.length = written.length.max(offset + data.len() as u64);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Step {
        Write(u64, Vec<u8>),
        SetLen(u64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0_u64..20_000, proptest::collection::vec(1_u8.., 1..9_000))
                .prop_map(|(at, bytes)| Step::Write(at, bytes)),
            (0_u64..25_000).prop_map(Step::SetLen),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn it_reads_as_a_file_that_is_written_and_leaves_its_file_alone(
            before in proptest::collection::vec(1_u8.., 0..15_000), steps in proptest::collection::vec(step(), 0..12),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("file");
            std::fs::write(&path, &before).unwrap();
            let overlay = Overlay::over(File::open(&path).unwrap()).unwrap();
            let mut plain = before.clone();
            for step in steps {
                match step {
                    Step::Write(at, bytes) => {
                        let at = usize::try_from(at).unwrap();
                        plain.resize(plain.len().max(at + bytes.len()), 0);
                        plain[at..at + bytes.len()].copy_from_slice(&bytes);
                        overlay.write(at as u64, &bytes).unwrap();
                    }
                    Step::SetLen(length) => {
                        plain.resize(usize::try_from(length).unwrap(), 0);
                        overlay.set_len(length).unwrap();
                    }
                }
                prop_assert_eq!(overlay.len().unwrap(), plain.len() as u64);
                let mut found = vec![0; plain.len()];
                overlay.read(0, &mut found).unwrap();
                prop_assert_eq!(&found, &plain);
                let middle = plain.len() / 3;
                let mut part = vec![0; plain.len() - middle];
                overlay.read(middle as u64, &mut part).unwrap();
                prop_assert_eq!(&part, &plain[middle..]);
                prop_assert!(overlay.read(1, &mut found).is_err() || found.is_empty(), "past the end");
            }
            prop_assert_eq!(std::fs::read(&path).unwrap(), before);
        }
    }
}
