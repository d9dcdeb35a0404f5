//! Lexical diversity over sequences of types, each a number below the number of types. All are linear in the words, but for sorting.

/// The words of a window of the moving-average type-token ratio (Covington & McFall 2010).
const WINDOW: usize = 50;
/// The words drawn for HD-D (McCarthy & Jarvis 2007).
pub(super) const DRAWN: u32 = 42;
/// The type-token ratio at which a factor of MTLD ends (McCarthy & Jarvis 2010).
const FACTOR_END: f64 = 0.72;

/// Sums over all windows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct WindowSums {
    /// Types.
    pub(super) types: f64,
    /// Words.
    pub(super) words: f64,
}

/// The types in all windows of 50 words; `None` if there is no such window.
pub(super) fn moving_types(words: &[u32], occurrences: &[u32]) -> Option<WindowSums> {
    let mut within = vec![0_u32; occurrences.len()];
    let (mut types, mut sum, mut windows) = (0_u32, 0.0, 0.0);
    for (at, &word) in words.iter().enumerate() {
        if let Some(slot) = within.get_mut(word as usize) {
            types += u32::from(*slot == 0);
            *slot += 1;
        }
        let left = at.checked_sub(WINDOW).and_then(|at| words.get(at));
        if let Some(slot) = left.and_then(|&left| within.get_mut(left as usize)) {
            *slot -= 1;
            types -= u32::from(*slot == 0);
        }
        if at + 1 >= WINDOW {
            sum += f64::from(types);
            windows += 1.0;
        }
    }
    (windows > 0.0).then_some(WindowSums { types: sum, words: windows * 50.0 })
}

/// Sequences of three words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Triples {
    /// Different ones.
    pub(super) different: f64,
    /// All.
    pub(super) all: f64,
}

/// The sequences of three words; `None` if there are none.
pub(super) fn triples(words: &[u32]) -> Option<Triples> {
    let mut sorted: Vec<&[u32]> = words.windows(3).collect();
    sorted.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "a number of words is below 2^53")]
    let count = |number: usize| number as f64;
    let all = count(sorted.len());
    sorted.dedup();
    (all > 0.0).then_some(Triples { different: count(sorted.len()), all })
}

/// The types that 42 words drawn without replacement are expected to have; `None` in a text of fewer words.
pub(super) fn expected_types(occurrences: &[u32]) -> Option<f64> {
    let words: u32 = occurrences.iter().fold(0, |sum, &times| sum.saturating_add(times));
    if words < DRAWN {
        return None;
    }
    let mut sorted = occurrences.to_vec();
    sorted.sort_unstable();
    let equal = sorted.chunk_by(|a, b| a == b);
    let types = equal.map(|types| {
        let times = types.first().copied().unwrap_or_default();
        let number = u32::try_from(types.len()).unwrap_or(u32::MAX);
        f64::from(number) * (1.0 - none_drawn(words, times))
    });
    Some(types.sum())
}

/// The probability that none of `times` words is among those drawn from `words`.
fn none_drawn(words: u32, times: u32) -> f64 {
    let others = words - times;
    (0..DRAWN)
        .fold(1.0, |none, drawn| none * f64::from(others.saturating_sub(drawn)) / f64::from(words - drawn))
}

/// The factors of MTLD in a sequence of words of `types` types, the last one in part; 0 if no word is repeated.
pub(super) fn factors(words: impl Iterator<Item = u32>, types: usize) -> f64 {
    // The factor in which each type occurred last.
    let mut last = vec![0_u32; types];
    let mut factor = 1_u32;
    let (mut seen, mut length) = (0_u32, 0_u32);
    for word in words {
        length += 1;
        if let Some(slot) = last.get_mut(word as usize) {
            seen += u32::from(*slot != factor);
            *slot = factor;
        }
        if f64::from(seen) / f64::from(length) <= FACTOR_END {
            factor += 1;
            (seen, length) = (0, 0);
        }
    }
    let whole = f64::from(factor - 1);
    if length == 0 {
        return whole;
    }
    whole + (1.0 - f64::from(seen) / f64::from(length)) / (1.0 - FACTOR_END)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_counted_one_by_one() {
        let words: Vec<u32> = (0..120).map(|at| at * 7 % 31 % 23).collect();
        let naive: f64 = words
            .windows(WINDOW)
            .map(|window| window.iter().collect::<std::collections::BTreeSet<_>>().len() as f64)
            .sum();
        assert_eq!(moving_types(&words, &[0; 31]), Some(WindowSums { types: naive, words: 71.0 * 50.0 }));
        assert_eq!(moving_types(&words[..49], &[0; 31]), None);
    }

    #[test]
    fn triples_are_sequences() {
        assert_eq!(triples(&[1, 2, 1, 2, 1]), Some(Triples { different: 2.0, all: 3.0 }));
        assert_eq!(triples(&[1, 2]), None);
    }

    #[test]
    fn words_that_are_drawn_have_types() {
        // One type, drawn always; then 42 words of 42 types.
        assert_eq!(expected_types(&[100]), Some(1.0));
        assert_eq!(expected_types(&[1; 42]), Some(42.0));
        assert_eq!(expected_types(&[1; 41]), None);
        // Two types of 42 words each: none of one has the probability of drawing all of the other.
        let value = expected_types(&[42, 42]).unwrap();
        assert!((value - 2.0).abs() < 1e-9, "{value}");
    }

    #[test]
    fn factors_end_at_the_ratio() {
        // Ten words of two types: the ratio falls to 2/3 at the third word of each factor.
        let words = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1];
        let expected = 3.0;
        assert_eq!(factors(words.into_iter(), 2), expected);
        assert_eq!(factors([0, 1, 2, 3].into_iter(), 4), 0.0);
    }
}
