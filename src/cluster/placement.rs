//! Where sources are: the partition of each, and the replica group of each partition.

use std::fmt;
use std::str::FromStr;

use xxhash_rust::xxh3::xxh3_64;

use crate::model::{CollectionName, SourceId};

/// The number of partitions of a corpus, and of the replica groups that they are dealt out to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Placement {
    /// Partitions of the corpus; fixed for its life.
    pub(crate) partitions: u16,
    /// Replica groups.
    pub(crate) groups: u16,
}

impl Placement {
    /// The largest number of partitions of a corpus.
    pub(crate) const MOST_PARTITIONS: u16 = 1024;

    /// The partition of a source. It is stored by position: the rule must never change.
    pub(crate) fn partition_of(self, collection: &CollectionName, id: &SourceId) -> u16 {
        let partitions = u64::from(self.partitions.max(1));
        u16::try_from(hash_of(collection, id) % partitions).unwrap_or(0)
    }

    /// The replica group of a partition.
    pub(crate) fn group_of(self, partition: u16) -> u16 {
        partition % self.groups.max(1)
    }

    /// The partitions of a replica group, in order.
    pub(crate) fn of_group(self, group: u16) -> Vec<u16> {
        (0..self.partitions).filter(|partition| self.group_of(*partition) == group).collect()
    }
}

/// A replica group: nodes that hold the same partitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReplicaGroup {
    /// Its place among all, from 0 on.
    pub(crate) index: u16,
    /// All replica groups.
    pub(crate) groups: u16,
}

impl ReplicaGroup {
    /// The one replica group of a cluster in which every node holds all partitions.
    pub(crate) const WHOLE: Self = Self { index: 0, groups: 1 };

    /// The number of all replica groups.
    #[must_use]
    pub fn groups(self) -> u16 {
        self.groups
    }
}

impl fmt::Display for ReplicaGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index + 1, self.groups)
    }
}

/// The hash of the name of a source. It is stored by position: the rule must never change.
pub(crate) fn hash_of(collection: &CollectionName, id: &SourceId) -> u64 {
    // No name has a zero byte.
    xxh3_64(&[collection.as_str().as_bytes(), &[0], id.as_str().as_bytes()].concat())
}

/// A text that names no replica group.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{given:?} is no replica group; write its number and how many there are, such as 1/3, with at most {}",
    Placement::MOST_PARTITIONS
)]
pub struct InvalidReplicaGroup {
    given: String,
}

impl FromStr for ReplicaGroup {
    type Err = InvalidReplicaGroup;

    fn from_str(text: &str) -> Result<Self, InvalidReplicaGroup> {
        let parsed = text.split_once('/').and_then(|(number, groups)| {
            let (number, groups) = (number.parse::<u16>().ok()?, groups.parse::<u16>().ok()?);
            let is_valid = (1..=groups).contains(&number) && groups <= Placement::MOST_PARTITIONS;
            is_valid.then(|| Self { index: number - 1, groups })
        });
        parsed.ok_or_else(|| InvalidReplicaGroup { given: text.to_owned() })
    }
}

impl TryFrom<String> for ReplicaGroup {
    type Error = InvalidReplicaGroup;

    fn try_from(text: String) -> Result<Self, InvalidReplicaGroup> {
        text.parse()
    }
}

impl From<ReplicaGroup> for String {
    fn from(group: ReplicaGroup) -> Self {
        group.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_partition_is_in_one_group() {
        let placement = Placement { partitions: 16, groups: 3 };
        let mut all: Vec<u16> = (0..3).flat_map(|group| placement.of_group(group)).collect();
        all.sort_unstable();
        assert_eq!(all, (0..16).collect::<Vec<_>>());
        assert_eq!(placement.of_group(1), [1, 4, 7, 10, 13]);
    }

    /// Sources stay in their partitions for the life of a corpus.
    #[test]
    fn the_partition_of_a_source_never_changes() {
        let placement = Placement { partitions: 16, groups: 1 };
        let of = |collection: &str, id: &str| {
            placement.partition_of(&CollectionName::new(collection).unwrap(), &SourceId::new(id).unwrap())
        };
        let found = ["a", "b", "essay 17"].map(|id| of("default", id));
        assert_eq!((found, of("essays", "a")), ([2, 12, 8], 14));
    }

    #[test]
    fn sources_spread_over_all_partitions() {
        let placement = Placement { partitions: 16, groups: 1 };
        let mut counts = [0_u32; 16];
        for number in 0..16_000 {
            let id = SourceId::new(&format!("s{number}")).unwrap();
            counts[usize::from(placement.partition_of(&CollectionName::default(), &id))] += 1;
        }
        assert!(counts.iter().all(|count| (850..1150).contains(count)), "{counts:?}");
    }

    #[test]
    fn replica_groups_are_read_as_they_are_written() {
        for text in ["1/1", "1/3", "3/3", "16/16"] {
            assert_eq!(text.parse::<ReplicaGroup>().unwrap().to_string(), text);
        }
        for text in ["", "1", "0/3", "4/3", "1/", "/3", "a/b", "1/3/5", "1/2000"] {
            assert!(text.parse::<ReplicaGroup>().is_err(), "{text}");
        }
    }
}
