//! The plain map: every 8-gram to the sources that hold it.

use std::collections::{BTreeMap, HashMap};

use super::{Found, System};
use crate::Failure;
use crate::grams::Grams;

/// Number of 8-grams that a source must share to be found; with one, any common phrase counts.
const MIN_SHARED: usize = 2;

/// With the default hasher of the standard library.
#[derive(Default)]
pub(super) struct AllGrams(HashMap<u64, Vec<u32>>);

impl System for AllGrams {
    fn add(&mut self, number: u32, text: &str) -> Result<(), Failure> {
        for hash in Grams::of(text).hashes {
            let sources = self.0.entry(hash).or_default();
            if sources.last() != Some(&number) {
                sources.push(number);
            }
        }
        Ok(())
    }

    fn check(&self, text: &str) -> Result<Vec<Found>, Failure> {
        let grams = Grams::of(text);
        let mut shared: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (hash, place) in grams.hashes.iter().zip(0..) {
            for source in self.0.get(hash).into_iter().flatten() {
                shared.entry(*source).or_default().push(place);
            }
        }
        let enough = shared.into_iter().filter(|(_, places)| places.len() >= MIN_SHARED);
        Ok(enough.map(|(source, places)| Found { source, spans: grams.spans(&places) }).collect())
    }

    fn gives_spans(&self) -> bool {
        true
    }
}
