//! Sizes for people.

use indicatif::DecimalBytes;

pub(in crate::cli) use crate::render::{by_chance, counted, number, percent};

/// A size: `999 B`, `1.50 MB`.
pub(in crate::cli) fn bytes(count: u64) -> String {
    DecimalBytes(count).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (count, expected) in [
            (1, "1 B"),
            (999, "999 B"),
            (1500, "1.50 kB"),
            (422_000_000, "422.00 MB"),
            (2_500_000_000, "2.50 GB"),
        ] {
            assert_eq!(bytes(count), expected);
        }
    }
}
