//! Encrypted connections, and explanations of failed ones.

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

/// Time limit for the first bytes of a server. All known HTTP/2 servers send them at once.
const FIRST_BYTES_TIMEOUT: Duration = Duration::from_secs(2);

/// Default port of https:// addresses.
const HTTPS_PORT: u16 = 443;

/// A connection that tonic can use.
pub(super) type Encrypted = TokioIo<BufReader<TlsStream<TcpStream>>>;

/// Connects to the server at `address`, which must present a certificate for `name`.
///
/// With TLS 1.3, a server refuses the client's certificate after the client's handshake has ended. Waiting for the
/// server's first bytes turns that refusal into an error of the connection, with its reason.
pub(super) async fn connect(
    address: Uri,
    name: ServerName<'static>,
    config: Arc<ClientConfig>,
) -> io::Result<Encrypted> {
    let host = address.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let socket = TcpStream::connect((host, address.port_u16().unwrap_or(HTTPS_PORT))).await?;
    socket.set_nodelay(true)?;
    let mut stream = BufReader::new(TlsConnector::from(config).connect(name, socket).await?);
    match timeout(FIRST_BYTES_TIMEOUT, stream.fill_buf()).await {
        Ok(Ok([])) => Err(io::ErrorKind::UnexpectedEof.into()),
        Ok(Err(error)) => Err(error),
        Ok(Ok(_)) | Err(_) => Ok(TokioIo::new(stream)),
    }
}

/// The TLS problem behind `error`, if there is one, and the next step.
pub(super) fn explain(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    use CertificateError as Bad;
    Some(match in_rustls(error)? {
        rustls::Error::InvalidCertificate(Bad::UnknownIssuer | Bad::BadSignature) => {
            "no trusted authority signed its certificate; name its authority with --tls-ca".to_owned()
        }
        error @ rustls::Error::InvalidCertificate(
            Bad::NotValidForName | Bad::NotValidForNameContext { .. },
        ) => {
            format!("{error}; if it is the right server, give the name in its certificate with --tls-name")
        }
        error @ rustls::Error::InvalidCertificate(Bad::Expired | Bad::ExpiredContext { .. }) => {
            format!("its certificate has expired ({error}); renew it")
        }
        rustls::Error::InvalidMessage(_) => {
            "it does not speak TLS there; use http:// for a connection without TLS".to_owned()
        }
        rustls::Error::AlertReceived(alert) => refusal(*alert),
        error => error.to_string(),
    })
}

/// The meaning of a TLS alert from the server.
fn refusal(alert: AlertDescription) -> String {
    use AlertDescription as Alert;
    match alert {
        Alert::CertificateRequired => {
            "it asks for a client certificate; name one with --tls-cert and --tls-key".to_owned()
        }
        Alert::NoApplicationProtocol => "it does not speak gRPC there; check the address".to_owned(),
        Alert::UnknownCA
        | Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateRevoked
        | Alert::CertificateExpired
        | Alert::CertificateUnknown
        | Alert::DecryptError
        | Alert::AccessDenied => {
            format!("it rejected the client certificate ({alert:?}); name another with --tls-cert")
        }
        alert => format!("it ended the handshake ({alert:?}); see its log"),
    }
}

/// The TLS error among the causes of an error.
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
