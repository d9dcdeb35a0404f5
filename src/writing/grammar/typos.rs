//! How far a word is from another one.

/// Letters of the longest words that are compared.
const MAX_LETTERS: usize = 40;

/// The changes that make one word of the other: letters that are replaced, inserted, removed, or swapped with their neighbour
/// (Damerau 1964; optimal string alignment). `None` for words that are too long to be compared.
pub(super) fn distance(a: &str, b: &str) -> Option<usize> {
    let [a, b]: [Vec<char>; 2] = [a, b].map(|word| word.chars().flat_map(char::to_lowercase).collect());
    if a.len().max(b.len()) > MAX_LETTERS {
        return None;
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], place: usize| row.get(place).copied().unwrap_or(usize::MAX / 2);
            let mut least =
                (at(&last, j) + usize::from(x != y)).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let is_swap = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if is_swap {
                least = least.min(at(&before_last, j - 1) + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.last().copied()
}

/// Whether `word` is `right` with a slip of the pen: neighbours are swapped, or a letter is doubled, or one of two is missing.
pub(super) fn is_slip(word: &str, right: &str) -> bool {
    let [mut a, mut b]: [Vec<char>; 2] = [word, right].map(|word| word.to_lowercase().chars().collect());
    if distance(word, right) != Some(1) {
        return false;
    }
    if a.len() == b.len() {
        a.sort_unstable();
        b.sort_unstable();
        return a == b;
    }
    a.dedup();
    b.dedup();
    a == b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_counted() {
        let cases = [
            ("", "", 0),
            ("teh", "the", 1),
            ("recieve", "receive", 1),
            ("kitten", "sitting", 3),
            ("ab", "", 2),
        ];
        for (a, b, changes) in cases {
            assert_eq!((distance(a, b), distance(b, a)), (Some(changes), Some(changes)), "{a} {b}");
        }
        assert_eq!(distance(&"a".repeat(41), "a"), None);
    }

    #[test]
    fn slips_are_swapped_and_doubled_letters() {
        assert!(
            is_slip("Amercian", "American") && is_slip("adress", "address") && is_slip("untill", "until")
        );
        assert!(!is_slip("Bart", "Bert") && !is_slip("same", "same") && !is_slip("Smyth", "Smith"));
    }
}
