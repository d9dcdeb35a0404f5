//! Documents: what is read of them, and that they can do no harm.

mod formats;
