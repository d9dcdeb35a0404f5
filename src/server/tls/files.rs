//! From PEM files to a TLS configuration; all problems are reported at once.

use std::sync::Arc;
use std::time::SystemTime;

use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::rustls::{Error, RootCertStore, ServerConfig};

use super::pem;
use super::validity::Validity;
use crate::server::settings::TlsSettings;

/// The server's certificate and its intermediate certificates.
type Chain = Vec<CertificateDer<'static>>;

/// Reads the files, and returns the TLS configuration, which offers no protocol by ALPN; or all problems.
pub(super) fn read(files: &TlsSettings) -> Result<ServerConfig, Vec<String>> {
    let TlsSettings { certificate, private_key, client_ca } = files;
    let (now, provider) = (SystemTime::now(), Arc::new(ring::default_provider()));
    let mut problems = Vec::new();
    let mut collected = Problems(&mut problems);
    let chain = collected.ok(pem::read("tls_certificate", certificate, |bytes| own_chain(bytes, now)));
    let key = collected.ok(pem::read("tls_private_key", private_key, pem::private_key));
    let pair = chain.zip(key).and_then(|(chain, key)| collected.ok(certified(chain, key, files, &provider)));
    let clients = client_ca.as_ref().and_then(|path| {
        collected.ok(pem::read("tls_client_ca", path, |bytes| client_verifier(bytes, &provider, now)))
    });
    let Some(pair) = pair.filter(|_| problems.is_empty()) else { return Err(problems) };
    config(pair, clients, provider).map_err(|error| vec![format!("TLS can't be set up: {error}")])
}

/// Collects problems.
struct Problems<'a>(&'a mut Vec<String>);

impl Problems<'_> {
    /// Returns the value, or notes the problem.
    fn ok<T>(&mut self, result: Result<T, String>) -> Option<T> {
        result.map_err(|problem| self.0.push(problem)).ok()
    }
}

fn config(
    pair: CertifiedKey,
    clients: Option<Arc<dyn ClientCertVerifier>>,
    provider: Arc<CryptoProvider>,
) -> Result<ServerConfig, Error> {
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(clients) => builder.with_client_cert_verifier(clients),
    };
    Ok(builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(pair))))
}

fn own_chain(bytes: &[u8], now: SystemTime) -> Result<Chain, String> {
    let chain = pem::certificates(bytes)?;
    for (number, certificate) in (1..).zip(&chain) {
        let valid = Validity::of(certificate).and_then(|validity| validity.check(now));
        valid.map_err(|problem| format!("{problem} (certificate {number} of {})", chain.len()))?;
    }
    Ok(chain)
}

/// Checks that the key belongs to the certificate.
fn certified(
    chain: Chain,
    key: PrivateKeyDer<'static>,
    files: &TlsSettings,
    provider: &CryptoProvider,
) -> Result<CertifiedKey, String> {
    let (certificate, private_key) = (files.certificate.display(), files.private_key.display());
    CertifiedKey::from_der(chain, key, provider).map_err(|error| match error {
        Error::InconsistentKeys(_) => format!(
            "tls_private_key {private_key} does not belong to tls_certificate {certificate}: name the key that the \
             certificate was made for; in the file of certificates, the server's own comes first"
        ),
        error => format!(
            "tls_private_key {private_key} can't be used with tls_certificate {certificate} ({error}): make an \
             ECDSA (P-256 or P-384), Ed25519 or RSA key"
        ),
    })
}

/// Verifier of client certificates. CA certificates that are not valid now are skipped.
fn client_verifier(
    bytes: &[u8],
    provider: &Arc<CryptoProvider>,
    now: SystemTime,
) -> Result<Arc<dyn ClientCertVerifier>, String> {
    let (mut roots, mut unusable) = (RootCertStore::empty(), Vec::new());
    for (number, certificate) in (1..).zip(pem::certificates(bytes)?) {
        let valid = Validity::of(&certificate).and_then(|validity| validity.check(now));
        let added =
            valid.and_then(|()| roots.add(certificate).map_err(|error| format!("can't be used: {error}")));
        if let Err(problem) = added {
            unusable.push(format!("certificate {number} {problem}"));
        }
    }
    if roots.is_empty() {
        return Err(format!(
            "holds no usable certificate of a client CA: {}; name a valid one",
            unusable.join("; ")
        ));
    }
    for problem in unusable {
        tracing::warn!(problem, "a certificate in tls_client_ca is skipped");
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider)).build();
    verifier
        .map(|verifier| verifier as Arc<dyn ClientCertVerifier>)
        .map_err(|error| format!("can't be used: {error}"))
}
