//! Sources that hang together: connected components, by a union-find (Tarjan 1975).

use std::cmp::Reverse;

/// A partition of the sources, by their places.
#[derive(Debug)]
pub(super) struct Clusters {
    /// The way to a cluster's root; a root is its own parent.
    parents: Vec<u32>,
    /// How many a root has below it, itself included.
    sizes: Vec<u32>,
}

impl Clusters {
    /// Each on its own.
    pub(super) fn new(sources: usize) -> Self {
        Self { parents: (0..).take(sources).collect(), sizes: vec![1; sources] }
    }

    /// Joins the clusters of two. In practice constant time.
    pub(super) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return;
        }
        let (small, large) = if self.size(a) < self.size(b) { (a, b) } else { (b, a) };
        let together = self.size(a) + self.size(b);
        if let (Some(parent), Some(size)) =
            (self.parents.get_mut(small as usize), self.sizes.get_mut(large as usize))
        {
            *parent = large;
            *size = together;
        }
    }

    /// The clusters of more than one, each in order: the largest first, of equals the one whose first place is
    /// first.
    pub(super) fn into_lists(mut self) -> Vec<Vec<u32>> {
        let count = u32::try_from(self.parents.len()).unwrap_or(u32::MAX);
        let mut by_root: Vec<(u32, u32)> = Vec::new();
        for place in 0..count {
            let root = self.root(place);
            if self.size(root) > 1 {
                by_root.push((root, place));
            }
        }
        by_root.sort_unstable();
        let lists = by_root.chunk_by(|a, b| a.0 == b.0);
        let mut lists: Vec<Vec<u32>> =
            lists.map(|list| list.iter().map(|(_, place)| *place).collect()).collect();
        lists.sort_unstable_by_key(|list| (Reverse(list.len()), list.first().copied()));
        lists
    }

    /// Halves the way as it goes.
    fn root(&mut self, mut place: u32) -> u32 {
        loop {
            let parent = self.parent(place);
            if parent == place {
                return place;
            }
            let above = self.parent(parent);
            if let Some(parent) = self.parents.get_mut(place as usize) {
                *parent = above;
            }
            place = above;
        }
    }

    fn parent(&self, place: u32) -> u32 {
        self.parents.get(place as usize).copied().unwrap_or(place)
    }

    fn size(&self, root: u32) -> u32 {
        self.sizes.get(root as usize).copied().unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn largest_first_then_by_the_first_place() {
        let mut clusters = Clusters::new(9);
        for (a, b) in [(8, 6), (1, 7), (2, 3), (3, 4), (7, 1), (5, 5)] {
            clusters.join(a, b);
        }
        assert_eq!(clusters.into_lists(), [vec![2, 3, 4], vec![1, 7], vec![6, 8]]);
    }

    proptest! {
        #[test]
        fn are_the_connected_components(edges in proptest::collection::vec((0_u32..30, 0_u32..30), 0..40)) {
            let mut clusters = Clusters::new(30);
            // The naive way: relabel everything at each edge.
            let mut labels: Vec<u32> = (0..30).collect();
            for (a, b) in edges {
                clusters.join(a, b);
                let (from, to) = (labels[a as usize], labels[b as usize]);
                labels.iter_mut().filter(|label| **label == from).for_each(|label| *label = to);
            }
            let lists = clusters.into_lists();
            for list in &lists {
                let label = labels[list[0] as usize];
                let expected: Vec<u32> = (0..30).filter(|place| labels[*place as usize] == label).collect();
                prop_assert_eq!(list, &expected);
            }
            let in_none = (0..30_usize).filter(|place| !lists.iter().flatten().any(|one| *one as usize == *place));
            for place in in_none {
                prop_assert_eq!(labels.iter().filter(|label| **label == labels[place]).count(), 1);
            }
        }
    }
}
