//! TLS: the certificates of the server, reloaded when their files change.

mod files;
pub(crate) mod pem;
mod validity;

use std::sync::Arc;

use parking_lot::RwLock;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_util::sync::CancellationToken;

use super::reload::FileWatcher;
use super::settings::TlsSettings;

/// The current certificates.
#[derive(Debug)]
pub(super) struct Certificates {
    current: Arc<RwLock<Arc<ServerConfig>>>,
    /// The protocols that handshakes offer by ALPN.
    protocols: Vec<Vec<u8>>,
}

impl Certificates {
    /// Reads the files, and reloads them when they change, until `stop` is cancelled. New handshakes use the newest valid
    /// certificates; invalid files are logged, and the previous certificates stay in force.
    ///
    /// # Errors
    ///
    /// All problems of the files, each with what to do.
    pub(super) fn watched(
        files: &TlsSettings,
        protocols: &[&str],
        stop: CancellationToken,
    ) -> Result<Arc<Self>, Vec<String>> {
        let watch = FileWatcher::new(files.paths());
        let current = Arc::new(RwLock::new(Arc::new(files::read(files)?)));
        let certificates = Arc::new(Self { current, protocols: names(protocols) });
        let (reloaded, files) = (Arc::clone(&certificates), files.clone());
        tokio::spawn(watch.run(stop, move || reloaded.reload(files::read(&files))));
        Ok(certificates)
    }

    /// The same certificates, for a listener that offers other protocols.
    pub(super) fn with_protocols(&self, protocols: &[&str]) -> Arc<Self> {
        Arc::new(Self { current: Arc::clone(&self.current), protocols: names(protocols) })
    }

    fn reload(&self, read: Result<ServerConfig, Vec<String>>) {
        match read {
            Ok(config) => {
                *self.current.write() = Arc::new(config);
                tracing::info!("new certificates are in force");
            }
            Err(problems) => {
                let problems = problems.join("; ");
                tracing::warn!(problems, "the new certificates are not used, and the old ones stay in force");
            }
        }
    }

    /// The acceptor for the next handshake.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let mut config = ServerConfig::clone(&self.current.read());
        config.alpn_protocols.clone_from(&self.protocols);
        TlsAcceptor::from(Arc::new(config))
    }
}

fn names(protocols: &[&str]) -> Vec<Vec<u8>> {
    protocols.iter().map(|name| name.as_bytes().to_vec()).collect()
}

/// All problems of the files.
pub(super) fn problems(files: &TlsSettings) -> Vec<String> {
    files::read(files).err().unwrap_or_default()
}
