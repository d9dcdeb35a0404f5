//! Sources on the same subject as a text, by the stems that weigh most in both.
//!
//! A text is represented by a [`Profile`]: its 64 heaviest stems. The weight of a stem is the logarithm of its count in the text
//! times the surprise of finding it in a text at all, by the general frequencies of all languages together ([`Commonness`]).
//! The similarity of two texts is the cosine of their profiles. It depends on nothing but the two texts: not on other sources, so
//! that it is the same in every scope, reveals nothing of sources that a caller does not see, and does not change when sources
//! come and go. docs/related.md has the measurements behind that.

mod commonness;
mod copies;
mod excerpt;
mod index;
mod key_table;
mod norms;
mod part;
mod profile;
mod segment;
mod words;

pub use self::commonness::Commonness;
pub use self::copies::NearCopies;
pub use self::excerpt::most_related;
pub use self::index::{Found, Index};
pub use self::profile::{Key, Profile, SharedTerm, Term};
pub use self::words::Words;
