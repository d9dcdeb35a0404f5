//! The summary at the end of an import.

use std::io::{self, Write};
use std::time::Duration;

use super::ledger::{Duplicate, Failure, Ledger};
use crate::cli::render::{bytes, counted, number, printable};

/// Writes the counts, the speed, and the failures with their reasons.
pub(super) fn write(
    out: &mut dyn Write,
    ledger: &Ledger,
    elapsed: Duration,
    collection: &str,
) -> io::Result<()> {
    let replaced = match ledger.replaced {
        0 => String::new(),
        replaced => format!(", replacing {}", number(replaced)),
    };
    let (added, failed) = (counted(ledger.added, "source", "sources"), number(ledger.failed));
    writeln!(out, "Added {added} to collection {}{replaced}; {failed} failed.", printable(collection))?;
    if ledger.unchanged > 0 {
        let sources = counted(ledger.unchanged, "source", "sources");
        writeln!(out, "Skipped {sources} that were there already, identical in every byte.")?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = ledger.text_bytes as f64 / 1e6 / elapsed.as_secs_f64().max(1e-9);
    let (text, seconds) = (bytes(ledger.text_bytes), elapsed.as_secs_f64());
    writeln!(out, "{text} of text in {seconds:.2} s: {rate:.1} MB/s.")?;
    duplicates(out, ledger)?;
    ledger.skipped.lines().iter().try_for_each(|line| writeln!(out, "{}", printable(line)))?;
    if ledger.unanswered() > 0 {
        let sources = counted(ledger.unanswered(), "source", "sources");
        writeln!(
            out,
            "Sent, but not answered: {sources}, which may be in the corpus or not; run the command again."
        )?;
    }
    failures(out, ledger)
}

fn duplicates(out: &mut dyn Write, ledger: &Ledger) -> io::Result<()> {
    if ledger.duplicates == 0 {
        return Ok(());
    }
    let pair = |pair: &Duplicate| format!("{} of {}", pair.id, pair.of);
    let pairs: Vec<String> = ledger.named_duplicates.iter().map(pair).collect();
    let more = if ledger.duplicates > pairs.len() as u64 { ", ..." } else { "" };
    let (count, named) = (number(ledger.duplicates), printable(&pairs.join(", ")));
    writeln!(out, "Among them are {count} exact duplicates of other sources ({named}{more}).")
}

fn failures(out: &mut dyn Write, ledger: &Ledger) -> io::Result<()> {
    if ledger.failed == 0 {
        return Ok(());
    }
    writeln!(out, "Failed:")?;
    for Failure { place, problem } in &ledger.failures {
        writeln!(out, "  {}: {}", printable(&place.to_string()), printable(problem))?;
    }
    if !ledger.other_failures.is_empty() {
        writeln!(out, "And others:")?;
    }
    for (reason, count) in &ledger.other_failures {
        writeln!(out, "  {} more: {}", number(*count), printable(reason))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::progress::Progress;
    use super::*;
    use crate::cli::input::{Found, InputError, Item, Place};

    #[test]
    fn twenty_failures_are_listed_and_the_rest_counted_by_reason() {
        let (mut ledger, progress) = (Ledger::default(), Progress::over(&[]));
        for number in 0..23 {
            let place = Place::file(Path::new(&format!("f{number}.txt")));
            let error = if number == 22 { InputError::Folder } else { InputError::Empty };
            assert!(
                ledger
                    .admit(Item { place, input_bytes: 1, found: Found::Unreadable(error) }, &progress)
                    .is_none()
            );
        }
        let mut out = Vec::new();
        write(&mut out, &ledger, Duration::from_secs(1), "default").unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(out.starts_with("Added 0 sources to collection default; 23 failed.\n"), "{out}");
        assert!(out.contains("  f19.txt: is empty: there is nothing to check\n"), "{out}");
        let tail = "And others:\n  1 more: cannot be read\n  2 more: empty\n";
        assert!(out.ends_with(tail), "{out}");
    }
}
