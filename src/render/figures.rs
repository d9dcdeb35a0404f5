//! Counts and shares for people.

use indicatif::HumanCount;

use crate::proto::Share;

/// A count with thousands separators: `10,000`.
#[must_use]
pub fn number(count: u64) -> String {
    HumanCount(count).to_string()
}

/// A count with its noun: `1 source`, `10,000 sources`.
#[must_use]
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// A share in percent with one decimal. Rounding never shows a share above 0 as 0.0 %, or one below 1 as 100.0 %. A share
/// of no words has no percentage.
#[must_use]
pub fn percent(share: &Share) -> String {
    let Share { words, of_words, percent } = *share;
    if of_words == 0 {
        return "–".to_owned();
    }
    if words == 0 || words == of_words {
        return format!("{percent:.1} %");
    }
    format!("{:.1} %", percent.clamp(0.1, 99.9))
}

/// How often chance produces passages of which this many are expected: `in about 3 of 10 checks`.
#[must_use]
pub fn by_chance(expected: f64) -> String {
    const LEAST: f64 = 0.001;
    if expected >= 0.95 {
        let times = expected.round();
        return if times < 2.0 {
            "about once in each check".to_owned()
        } else {
            format!("about {times} times in each check")
        };
    }
    if expected < 0.95 * LEAST {
        return "in fewer than 1 of 1,000 checks".to_owned();
    }
    let of = [10.0, 100.0, 1000.0].into_iter().find(|of| expected * of >= 0.95).unwrap_or(1000.0);
    let checks = if of < 1000.0 { format!("{of}") } else { "1,000".to_owned() };
    format!("in about {} of {checks} checks", (expected * of).round())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        for (count, expected) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(number(count), expected);
        }
    }

    #[test]
    fn expected_numbers_are_checks() {
        for (expected, words) in [
            (12.0, "about 12 times in each check"),
            (1.2, "about once in each check"),
            (0.3, "in about 3 of 10 checks"),
            (0.098, "in about 1 of 10 checks"),
            (0.05, "in about 5 of 100 checks"),
            (0.0096, "in about 1 of 100 checks"),
            (0.004, "in about 4 of 1,000 checks"),
            (0.0003, "in fewer than 1 of 1,000 checks"),
            (0.0, "in fewer than 1 of 1,000 checks"),
        ] {
            assert_eq!(by_chance(expected), words);
        }
    }

    #[test]
    fn rounding_never_says_nothing_or_all() {
        for (words, of_words, percent_exact, expected) in [
            (0, 9, 0.0, "0.0 %"),
            (1, 100_000, 0.001, "0.1 %"),
            (375, 1000, 37.5, "37.5 %"),
            (99_999, 100_000, 99.999, "99.9 %"),
            (9, 9, 100.0, "100.0 %"),
            (0, 0, 0.0, "–"),
        ] {
            assert_eq!(percent(&Share { words, of_words, percent: percent_exact }), expected);
        }
    }
}
