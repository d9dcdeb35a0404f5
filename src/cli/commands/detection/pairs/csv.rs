//! Pairs as CSV.

use std::io::Write;

use crate::cli::error::CliError;
use crate::cli::output;
use crate::proto;

const HEADER: [&str; 14] = [
    "first_id",
    "first_title",
    "first_group",
    "first_words",
    "first_of_words",
    "first_percent",
    "second_id",
    "second_title",
    "second_group",
    "second_words",
    "second_of_words",
    "second_percent",
    "passages",
    "cluster",
];

/// Writes a header and a record for each pair.
pub(super) fn write(out: &mut dyn Write, pairs: &[proto::SourcePair]) -> Result<(), CliError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    let written = writer
        .write_record(HEADER)
        .and_then(|()| pairs.iter().try_for_each(|pair| writer.write_record(fields(pair))));
    written.map_err(output::csv::failure)?;
    Ok(writer.flush()?)
}

fn fields(pair: &proto::SourcePair) -> impl Iterator<Item = String> {
    let proto::SourcePair { first, second, passages, cluster, .. } = pair.clone();
    let sides = [first, second].into_iter().flat_map(|side| {
        let proto::PairedSource { id, title, group, covered, .. } = side.unwrap_or_default();
        let proto::Share { words, of_words, percent } = covered.unwrap_or_default();
        [id, title, group, words.to_string(), of_words.to_string(), percent.to_string()]
    });
    sides.chain([passages.to_string(), cluster.to_string()])
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    /// Output whose reader has closed the pipe.
    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_has_gone_away_is_told_as_that_however_much_there_is_to_write() {
        for count in [0, 1, 10_000] {
            let pairs = vec![proto::SourcePair::default(); count];
            let error = write(&mut Closed, &pairs).unwrap_err();
            let CliError::Write(cause) = error else { panic!("{error}") };
            assert_eq!(cause.kind(), io::ErrorKind::BrokenPipe, "{count} pairs");
        }
    }

    #[test]
    fn quotes_what_needs_it() {
        let covered = Some(proto::Share { words: 1, of_words: 3, percent: 100.0 / 3.0 });
        let side = |id: &str, title: &str| {
            Some(proto::PairedSource { id: id.into(), title: title.into(), covered, ..Default::default() })
        };
        let (first, second) = (side("a,b", "said \"no\""), side("c", "naïve"));
        let mut out = Vec::new();
        write(
            &mut out,
            &[proto::SourcePair { first, second, passages: 2, cluster: 1, ..Default::default() }],
        )
        .unwrap();
        let out = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = out.split("\r\n").collect();
        assert_eq!(lines[0].split(',').count(), HEADER.len());
        let record = r#""a,b","said ""no""",,1,3,33.333333333333336,c,naïve,,1,3,33.333333333333336,2,1"#;
        assert_eq!(lines[1..], [record, ""]);
    }
}
