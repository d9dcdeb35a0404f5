//! The heaviest stems of a text.

/// A stem, or a pair of characters in a script without spaces, as a hash under the seed of the corpus.
pub type Key = u32;

/// A stem of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct Term {
    /// The stem.
    pub key: Key,
    /// Its weight, in parts of the heaviest one's: 1 to 255.
    pub weight: u8,
}

/// The heaviest stems of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// Sorted by key, each once.
    terms: Box<[Term]>,
}

impl Profile {
    /// Stems of a profile, at most.
    pub const MAX_TERMS: usize = 64;

    /// The profile with these stems; `None` if they are too many, out of order or without weight.
    #[must_use]
    pub fn checked(terms: Vec<Term>) -> Option<Self> {
        let is_sorted = terms.is_sorted_by(|a, b| a.key < b.key);
        let is_good = is_sorted && terms.len() <= Self::MAX_TERMS && terms.iter().all(|term| term.weight > 0);
        is_good.then(|| Self { terms: terms.into() })
    }

    /// Whether it has a stem.
    #[must_use]
    pub fn has(&self, key: Key) -> bool {
        self.terms.binary_search_by_key(&key, |term| term.key).is_ok()
    }

    /// Its stems, sorted by key.
    #[must_use]
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }
}

/// As a sequence of its stems.
#[cfg(feature = "server")]
impl serde::Serialize for Profile {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.terms.serialize(serializer)
    }
}

/// Stems of another node are checked again.
#[cfg(feature = "server")]
impl<'de> serde::Deserialize<'de> for Profile {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let terms = Vec::deserialize(deserializer)?;
        let problem = "the stems of a profile are too many, out of order or without weight";
        Self::checked(terms).ok_or_else(|| serde::de::Error::custom(problem))
    }
}
