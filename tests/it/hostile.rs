//! Hostile clients: what each tried, what it cost the server, and what a good client saw meanwhile.
//!
//! The table of docs/operations.md comes from `cargo test --release --test it hostile -- --nocapture --test-threads 1`.

mod wire;
