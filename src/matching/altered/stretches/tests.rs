//! Tests of covered stretches.
