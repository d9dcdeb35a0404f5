//! Tests over small documents that are written here.
