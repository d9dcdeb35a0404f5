//! The table that is printed as it is measured.

/// Prints the head.
pub(crate) fn head() {
    row("", "measured", "to reach");
}

/// Prints what was measured, and what is to be reached.
pub(crate) fn row(what: &str, measured: impl AsRef<str>, to_reach: &str) {
    println!("{what:58} {:>26}   {to_reach}", measured.as_ref());
}

/// Prints the head of a part of the table.
pub(crate) fn part(name: &str) {
    println!("\n{name}");
}
