//! Counts, shares and sizes as people write them.

use crate::proto::Share;

/// A count with its thousands apart: `10,000`.
pub(in crate::cli) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with what it counts: `1 source`, `10,000 sources`.
pub(in crate::cli) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// A size: `999 bytes`, `1.5 MB`.
pub(in crate::cli) fn bytes(count: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let size = count as f64;
    match count {
        0..1000 => counted(count, "byte", "bytes"),
        1000..1_000_000 => format!("{:.1} kB", size / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", size / 1e6),
        _ => format!("{:.2} GB", size / 1e9),
    }
}

/// A share in percent, to one decimal. Only nothing is 0.0 %, and only all is 100.0 %, whatever rounding
/// says.
pub(in crate::cli) fn percent(share: &Share) -> String {
    let Share { words, of_words, percent } = *share;
    if words == 0 || words == of_words {
        return format!("{percent:.1} %");
    }
    format!("{:.1} %", percent.clamp(0.1, 99.9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        for (count, expected) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(number(count), expected);
        }
        assert_eq!(
            (bytes(1), bytes(999), bytes(1500)),
            ("1 byte".into(), "999 bytes".into(), "1.5 kB".into())
        );
        assert_eq!((bytes(422_000_000), bytes(2_500_000_000)), ("422.0 MB".into(), "2.50 GB".into()));
    }

    #[test]
    fn rounding_never_says_nothing_or_all() {
        for (words, of_words, percent_exact, expected) in [
            (0, 9, 0.0, "0.0 %"),
            (1, 100_000, 0.001, "0.1 %"),
            (375, 1000, 37.5, "37.5 %"),
            (99_999, 100_000, 99.999, "99.9 %"),
            (9, 9, 100.0, "100.0 %"),
            (0, 0, 0.0, "0.0 %"),
        ] {
            assert_eq!(percent(&Share { words, of_words, percent: percent_exact }), expected);
        }
    }
}
