//! The option that names the encoding of files.

use clap::Args;
use encoding_rs::Encoding;

use crate::cli::input;

/// The encoding of the texts.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(in crate::cli) struct EncodingArgs {
    /// The encoding of texts and HTML that are read, such as windows-1252 or utf-16; a byte order mark overrides it [default: as the content says]
    #[arg(long, value_name = "NAME", value_parser = input::parse_encoding)]
    encoding: Option<&'static Encoding>,
}

impl EncodingArgs {
    /// The encoding; found by the content if none.
    pub(in crate::cli) fn encoding(self) -> Option<&'static Encoding> {
        self.encoding
    }
}
