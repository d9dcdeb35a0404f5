//! Why an archive, or an entry, was not read.

use zip::result::ZipError;

use crate::documents::{Failure, Format};

/// Why an archive, or an entry, was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It breaks the rules of its format, or is cut off.
    #[error("the zip archive is damaged: {0}")]
    Damaged(String),
    /// It can't be read without a password.
    #[error("the zip archive is encrypted; save it without a password")]
    Encrypted,
    /// It is past a limit.
    #[error("the zip archive has more than {limit} {quantity}")]
    TooMuch {
        /// The limit.
        limit: u64,
        /// What is limited.
        quantity: &'static str,
    },
}

impl Problem {
    /// The failure of a document of this format.
    pub(in crate::documents) fn of(self, format: Format) -> Failure {
        match self {
            Self::Damaged(problem) => Failure::Damaged { format, problem },
            Self::Encrypted => Failure::Encrypted { format },
            Self::TooMuch { limit, quantity } => Failure::Limit { limit, quantity: quantity.to_owned() },
        }
    }

    pub(super) fn of_directory(error: &ZipError) -> Self {
        Self::Damaged(format!("its list of entries can't be read ({error}); it is probably cut off"))
    }

    pub(super) fn of_entry(name: &str, error: &ZipError) -> Self {
        match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Self::Encrypted,
            error => Self::Damaged(format!("{name}: {error}")),
        }
    }
}
