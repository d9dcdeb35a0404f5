//! An encrypted connection, and what it means when there is none.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, AlertDescription, CertificateError, ClientConfig};
use tonic::transport::Uri;

/// How long to wait for a server to speak first. All that we know do at once.
const FIRST_WORDS: Duration = Duration::from_secs(2);

/// The port of https:// where an address names none.
const HTTPS_PORT: u16 = 443;

/// A connection that tonic can use.
pub(super) type Encrypted = TokioIo<BufReader<TlsStream<TcpStream>>>;

/// Connects to the server at `address`, which must show a certificate for `name`.
///
/// With TLS 1.3 a server refuses the client's certificate when the handshake is over for the client. So its
/// first words are waited for: what it says against the client is then an error of the connection, with its reason.
pub(super) async fn encrypted(
    address: Uri,
    name: ServerName<'static>,
    config: Arc<ClientConfig>,
) -> io::Result<Encrypted> {
    let host = address.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let socket = TcpStream::connect((host, address.port_u16().unwrap_or(HTTPS_PORT))).await?;
    socket.set_nodelay(true)?;
    let mut stream = BufReader::new(TlsConnector::from(config).connect(name, socket).await?);
    match timeout(FIRST_WORDS, stream.fill_buf()).await {
        Ok(Ok([])) => Err(io::ErrorKind::UnexpectedEof.into()),
        Ok(Err(error)) => Err(error),
        Ok(Ok(_)) | Err(_) => Ok(TokioIo::new(stream)),
    }
}

/// What went wrong with TLS, if that is what `error` came of, and what to do.
pub(super) fn explain(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    use CertificateError as Bad;
    Some(match in_rustls(error)? {
        rustls::Error::InvalidCertificate(Bad::UnknownIssuer | Bad::BadSignature) => {
            "nobody who is trusted here vouches for its certificate; name who does with --tls-ca".to_owned()
        }
        error @ rustls::Error::InvalidCertificate(
            Bad::NotValidForName | Bad::NotValidForNameContext { .. },
        ) => {
            format!("{error}; if it is the server that you mean, say its name with --tls-name")
        }
        error @ rustls::Error::InvalidCertificate(Bad::Expired | Bad::ExpiredContext { .. }) => {
            format!("its certificate has expired ({error}); have it renewed")
        }
        rustls::Error::InvalidMessage(_) => {
            "it does not speak TLS there; write http:// if that is what you mean".to_owned()
        }
        rustls::Error::AlertReceived(alert) => refusal(*alert),
        error => error.to_string(),
    })
}

/// What the server's alert means.
fn refusal(alert: AlertDescription) -> String {
    use AlertDescription as Alert;
    match alert {
        Alert::CertificateRequired => {
            "it asks for a certificate; show one with --tls-cert and --tls-key".to_owned()
        }
        Alert::NoApplicationProtocol => "it does not speak gRPC there".to_owned(),
        Alert::UnknownCA
        | Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateRevoked
        | Alert::CertificateExpired
        | Alert::CertificateUnknown
        | Alert::DecryptError
        | Alert::AccessDenied => {
            format!(
                "it does not take the certificate that was shown ({alert:?}); show another with --tls-cert"
            )
        }
        alert => format!("it broke off the handshake ({alert:?}); see its log"),
    }
}

/// What TLS said, if an error came of that.
fn in_rustls<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let found = wrapped.and_then(|error| error.downcast_ref()).or_else(|| error.downcast_ref());
        if found.is_some() {
            return found;
        }
        next = error.source();
    }
    None
}
