//! TLS: the certificates that connections are encrypted with, read again when their files change.

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

/// The certificates in force.
#[derive(Debug)]
pub(super) struct Certificates {
    in_force: RwLock<Arc<ServerConfig>>,
}

impl Certificates {
    /// Reads the files, and reads them again when they change, until `stop` is cancelled. New handshakes are done
    /// with the newest certificates that are good; of bad ones the log says why, and the old ones stay in force.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the files, each with what to do.
    pub(super) fn watched(
        files: &TlsSettings,
        protocols: &[&str],
        stop: CancellationToken,
    ) -> Result<Arc<Self>, Vec<String>> {
        let watch = FileWatcher::new(files.paths());
        let protocols: Vec<Vec<u8>> = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        let in_force = RwLock::new(Arc::new(files::read(files, &protocols)?));
        let certificates = Arc::new(Self { in_force });
        let (reloaded, files) = (Arc::clone(&certificates), files.clone());
        tokio::spawn(watch.run(stop, move || reloaded.reload(files::read(&files, &protocols))));
        Ok(certificates)
    }

    fn reload(&self, read: Result<ServerConfig, Vec<String>>) {
        match read {
            Ok(config) => {
                *self.in_force.write() = Arc::new(config);
                tracing::info!("new certificates are in force");
            }
            Err(problems) => {
                let problems = problems.join("; ");
                tracing::warn!(problems, "the new certificates are not used, and the old ones stay in force");
            }
        }
    }

    /// What does the next handshake.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.in_force.read()))
    }
}

/// Everything that is wrong with the files.
pub(super) fn problems(files: &TlsSettings) -> Vec<String> {
    files::read(files, &[]).err().unwrap_or_default()
}
