//! Measures of the sources of collections.

pub(super) mod percentiles;
