//! PEM files: their contents, or the problem and what to do.

use std::fs;
use std::path::Path;

use tokio_rustls::rustls::pki_types::pem::{Error, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Parses the file at `path`; an error names `setting`, the path and the problem.
pub(crate) fn read<T>(
    setting: &str,
    path: &Path,
    parse: impl FnOnce(&[u8]) -> Result<T, String>,
) -> Result<T, String> {
    let shown = path.display();
    let bytes = fs::read(path).map_err(|cause| {
        format!("{setting} {shown} can't be read: {cause}; name a PEM file that is there")
    })?;
    parse(&bytes).map_err(|problem| format!("{setting} {shown} {problem}"))
}

/// The certificates in a PEM file; at least one.
pub(crate) fn certificates(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(bytes).collect();
    let found = found.map_err(|error| malformed(&error))?;
    if found.is_empty() {
        let problem =
            "holds no certificate in PEM (-----BEGIN CERTIFICATE-----): convert it with `openssl x509`";
        return Err(problem.to_owned());
    }
    Ok(found)
}

/// The first private key in a PEM file.
pub(crate) fn private_key(bytes: &[u8]) -> Result<PrivateKeyDer<'static>, String> {
    const ENCRYPTED: &[u8] = b"-----BEGIN ENCRYPTED PRIVATE KEY-----";
    if bytes.windows(ENCRYPTED.len()).any(|window| window == ENCRYPTED) {
        let problem = "is encrypted with a password, which is not supported: decrypt it with `openssl pkey`";
        return Err(problem.to_owned());
    }
    PrivateKeyDer::from_pem_slice(bytes).map_err(|error| match error {
        Error::NoItemsFound => {
            "holds no private key in PEM (-----BEGIN PRIVATE KEY-----): convert it with `openssl pkey`"
                .to_owned()
        }
        error => malformed(&error),
    })
}

fn malformed(error: &Error) -> String {
    format!("is not well-formed PEM ({error}): copy it again, or make a new one")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_are_named() {
        let begun = b"-----BEGIN CERTIFICATE-----\nAAAA";
        for (bytes, problem) in [
            (&b""[..], "holds no certificate in PEM"),
            (b"\x30\x82", "holds no certificate in PEM"),
            (begun, "is not well-formed PEM"),
        ] {
            let error = certificates(bytes).unwrap_err();
            assert!(error.contains(problem), "{error}");
        }
        let encrypted = b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----";
        for (bytes, problem) in [
            (&b""[..], "holds no private key in PEM"),
            (encrypted, "is encrypted"),
            (b"-----BEGIN PRIVATE KEY-----\nAAAA", "is not well-formed PEM"),
        ] {
            let error = private_key(bytes).unwrap_err();
            assert!(error.contains(problem), "{error}");
        }
    }
}
