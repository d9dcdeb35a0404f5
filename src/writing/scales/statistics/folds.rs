//! Folds of cross-validation.

/// The number of folds.
pub(crate) const FOLDS: usize = 5;

/// An essay as its fold is chosen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dealt {
    /// Its grade.
    pub(crate) grade: f64,
    /// A digest of its text: what decides the order among essays of one grade.
    pub(crate) digest: u128,
}

/// The fold of each essay. Essays are sorted by grade and dealt out in turn, so that each fold has its share of
/// each grade, and the folds do not depend on the order of the essays. Copies of a text are in one fold, so that no text is
/// predicted by a model that has seen it.
pub(crate) fn deal(essays: &[Dealt]) -> Vec<usize> {
    let mut order: Vec<(usize, Dealt)> = essays.iter().copied().enumerate().collect();
    order.sort_by_key(|(_, essay)| essay.digest);
    // All copies of a text take the place of the lowest grade among them.
    let mut copies: Vec<Vec<(usize, Dealt)>> = Vec::new();
    for one in order {
        match copies.last_mut() {
            Some(last) if last.first().is_some_and(|(_, essay)| essay.digest == one.1.digest) => {
                last.push(one)
            }
            _ => copies.push(vec![one]),
        }
    }
    let lowest = |copies: &Vec<(usize, Dealt)>| {
        copies.iter().map(|(_, essay)| essay.grade).fold(f64::INFINITY, f64::min)
    };
    copies.sort_by(|a, b| lowest(a).total_cmp(&lowest(b)));
    let mut folds = vec![0; essays.len()];
    for (turn, copies) in copies.iter().enumerate() {
        for (index, _) in copies {
            if let Some(fold) = folds.get_mut(*index) {
                *fold = turn % FOLDS;
            }
        }
    }
    folds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn essays() -> Vec<Dealt> {
        (0..103u128).map(|i| Dealt { grade: (i % 4) as f64, digest: i * 7919 % 1009 }).collect()
    }

    #[test]
    fn each_fold_has_its_share_of_each_grade() {
        let essays = essays();
        let folds = deal(&essays);
        for fold in 0..FOLDS {
            for grade in 0..4 {
                let share = essays
                    .iter()
                    .zip(&folds)
                    .filter(|(e, f)| **f == fold && e.grade == f64::from(grade))
                    .count();
                assert!((4..=7).contains(&share), "{share} of grade {grade} in fold {fold}");
            }
        }
    }

    #[test]
    fn the_order_of_essays_does_not_matter() {
        let mut reversed = essays();
        reversed.reverse();
        let mut folds = deal(&reversed);
        folds.reverse();
        assert_eq!(folds, deal(&essays()));
    }

    #[test]
    fn copies_are_in_one_fold() {
        let essays: Vec<Dealt> =
            (0..50u128).map(|i| Dealt { grade: (i % 9) as f64, digest: i % 10 }).collect();
        let folds = deal(&essays);
        for (i, fold) in folds.iter().enumerate() {
            assert_eq!(*fold, folds[i % 10]);
        }
    }
}
