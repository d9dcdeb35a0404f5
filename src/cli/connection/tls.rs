//! TLS arguments of the command line: trusted authorities and the client certificate.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, Error, RootCertStore};

use crate::cli::error::CliError;
use crate::server::pem;

/// The TLS files and names for https:// addresses.
// Not with clap's `env`: given to `serve`, which has TLS options of its own, these are an error rather than ignored.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct TlsArgs {
    #[arg(id = "tls-ca", long = "tls-ca", global = true, value_name = "FILE", help_heading = "Server")]
    #[arg(
        help = "A PEM file of authorities that may sign the server's certificate [default: the system's] [env: PALIMPSEST_TLS_CA]"
    )]
    authorities: Option<PathBuf>,
    #[arg(id = "tls-cert", long = "tls-cert", global = true, value_name = "FILE", help_heading = "Server")]
    #[arg(
        help = "A PEM file with the client certificate, for a server that asks for one [env: PALIMPSEST_TLS_CERT]"
    )]
    certificate: Option<PathBuf>,
    #[arg(id = "tls-key", long = "tls-key", global = true, value_name = "FILE", help_heading = "Server")]
    #[arg(help = "A PEM file with the private key of the client certificate [env: PALIMPSEST_TLS_KEY]")]
    key: Option<PathBuf>,
    #[arg(id = "tls-name", long = "tls-name", global = true, value_name = "NAME", help_heading = "Server")]
    #[arg(
        help = "The name in the server's certificate, if the address has another [env: PALIMPSEST_TLS_NAME]"
    )]
    name: Option<String>,
}

impl TlsArgs {
    /// Whether any of them is given.
    pub(super) fn is_given(&self) -> bool {
        let Self { authorities, certificate, key, name } = self;
        authorities.is_some() || certificate.is_some() || key.is_some() || name.is_some()
    }

    /// These arguments, completed from the environment.
    pub(super) fn or_environment(&self) -> Self {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let file = |flag: &Option<PathBuf>, name| flag.clone().or_else(|| variable(name).map(PathBuf::from));
        let name = || variable("PALIMPSEST_TLS_NAME").and_then(|name| name.into_string().ok());
        Self {
            authorities: file(&self.authorities, "PALIMPSEST_TLS_CA"),
            certificate: file(&self.certificate, "PALIMPSEST_TLS_CERT"),
            key: file(&self.key, "PALIMPSEST_TLS_KEY"),
            name: self.name.clone().or_else(name),
        }
    }

    /// The name that the certificate of a server at `host` must have.
    pub(super) fn name(&self, host: &str) -> Result<ServerName<'static>, CliError> {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let name = self.name.as_deref().unwrap_or(host);
        ServerName::try_from(name.to_owned()).map_err(|_| {
            CliError::BadTls(format!(
                "{name:?} can't be a name in a certificate; give the name with --tls-name"
            ))
        })
    }

    /// The TLS configuration, with the contents of the files.
    pub(super) fn config(&self) -> Result<Arc<ClientConfig>, CliError> {
        let unusable = |error: Error| {
            CliError::BadTls(format!("TLS can't be used: {error}; check --tls-cert and --tls-key"))
        };
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.map_err(unusable)?.with_root_certificates(self.trusted()?);
        let mut config = match (&self.certificate, &self.key) {
            (None, None) => builder.with_no_client_auth(),
            (Some(certificate), Some(key)) => {
                let chain = read("--tls-cert", certificate, pem::certificates)?;
                let key = read("--tls-key", key, pem::private_key)?;
                builder.with_client_auth_cert(chain, key).map_err(|error| match error {
                    Error::InconsistentKeys(_) => CliError::BadTls(
                        "--tls-key does not belong to --tls-cert; name the key of that certificate"
                            .to_owned(),
                    ),
                    error => unusable(error),
                })?
            }
            _ => return Err(CliError::Usage("--tls-cert and --tls-key belong together; name both files")),
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Arc::new(config))
    }

    /// The authorities that may sign a server's certificate.
    fn trusted(&self) -> Result<RootCertStore, CliError> {
        let mut roots = RootCertStore::empty();
        let found = match &self.authorities {
            Some(path) => read("--tls-ca", path, pem::certificates)?,
            None => rustls_native_certs::load_native_certs().certs,
        };
        if roots.add_parsable_certificates(found).0 == 0 {
            return Err(CliError::BadTls(match &self.authorities {
                Some(path) => format!(
                    "--tls-ca {} has no usable certificate; name a PEM file of authorities",
                    path.display()
                ),
                None => "the system has no trusted authorities; name the server's authority with --tls-ca"
                    .to_owned(),
            }));
        }
        Ok(roots)
    }
}

fn read<T>(option: &str, path: &Path, parse: impl FnOnce(&[u8]) -> Result<T, String>) -> Result<T, CliError> {
    pem::read(option, path, parse).map_err(CliError::BadTls)
}
