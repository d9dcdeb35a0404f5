//! The integration tests: one binary, real gRPC to a real server on a free port, and properties claimed for all
//! inputs.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    clippy::expect_used,
    clippy::format_collect,
    clippy::indexing_slicing,
    clippy::items_after_statements,
    clippy::panic,
    clippy::unnecessary_wraps,
    clippy::unwrap_used,
    clippy::similar_names,
    clippy::too_many_lines,
    clippy::type_complexity,
    missing_docs,
    unreachable_pub,
    reason = "tests fail loudly where it matters, and a table of cases may be long"
)]

mod access;
mod admin;
mod adversaries;
mod altered;
mod analyze;
mod architecture;
mod attribution;
mod bounded;
mod certificates;
mod cli;
mod cluster;
mod commonplace;
mod connections;
mod corpus;
mod covered;
mod crash;
mod detection;
mod docs;
mod documents;
mod durable;
mod errors;
mod exclusions;
mod files;
mod golden;
mod grammar;
mod harness;
mod health;
mod hostile;
mod idempotency;
mod interrupted;
mod library;
mod lifecycle;
mod limits;
mod malformed;
mod many_collections;
mod memory;
mod mixed;
mod mutated_documents;
mod no_leaks;
mod no_leaks_writing;
mod observe;
mod office;
mod one_state;
mod pages;
mod pairs;
mod process;
mod properties;
mod raw;
mod related;
mod rendering;
mod room;
mod running;
mod scales;
mod scales_limits;
mod scoping;
mod scripts;
mod shutdown;
mod signals;
mod soak;
mod sources;
mod stopping;
mod stored;
mod streams;
mod telling;
mod tls;
mod upgrade;
mod watched;
mod web;
mod words;
mod worksheets;
