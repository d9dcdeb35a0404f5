//! The table, printed row by row.

/// Prints the header.
pub(crate) fn head() {
    row("", "measured", "to reach");
}

/// Prints a measurement and its goal.
pub(crate) fn row(what: &str, measured: impl AsRef<str>, to_reach: &str) {
    println!("{what:58} {:>26}   {to_reach}", measured.as_ref());
}

/// Prints the header of a part of the table.
pub(crate) fn part(name: &str) {
    println!("\n{name}");
}
