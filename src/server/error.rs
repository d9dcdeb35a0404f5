//! The errors of `palimpsest serve`.

use std::net::SocketAddr;

use opentelemetry_otlp::ExporterBuildError;
use prost_reflect::DescriptorError;

use super::settings::SettingsError;
use crate::engine;

/// The reason why the server did not start, or did not end cleanly.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The settings are invalid.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Another program listens on the address.
    #[error("another program listens on {0} already: end it, or choose another address with --listen")]
    InUse(SocketAddr),
    /// The certificates can't be used; each problem names a file, and what to do.
    #[error("the files for TLS can't be used:\n  {}", .0.join("\n  "))]
    Certificates(Vec<String>),
    /// Listening on the address failed.
    #[error("can't listen on {address}: {cause}; choose another address with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The error of the system.
        cause: std::io::Error,
    },
    /// Listening on the address for the web page failed.
    #[error("can't listen on {address} for the web page: {cause}; choose another address with --web-listen")]
    WebListen {
        /// The address.
        address: SocketAddr,
        /// The error of the system.
        cause: std::io::Error,
    },
    /// The corpus could not be opened.
    #[error(transparent)]
    Engine(#[from] engine::Error),
    /// The server could not become a node of its cluster.
    #[error("can't take part in the cluster: {0}")]
    Cluster(String),
    /// The threads for the backend's work could not be started.
    #[error("can't start the worker threads: {0}; raise the limit of threads, or lower --worker-threads")]
    Workers(#[from] rayon::ThreadPoolBuildError),
    /// Another operation of the system failed.
    #[error("can't start the server: {0}")]
    System(#[from] std::io::Error),
    /// Server reflection could not be set up.
    #[error("can't set up server reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The descriptors of the services are malformed, which is a defect.
    #[error("can't read the descriptors of the services: {0}")]
    Descriptors(#[from] DescriptorError),
    /// Listening on the address for metrics failed.
    #[error("can't listen on {address} for metrics: {cause}; choose another address with --metrics-listen")]
    MetricsListen {
        /// The address.
        address: SocketAddr,
        /// The error of the system.
        cause: std::io::Error,
    },
    /// The endpoint for traces is invalid.
    #[error("can't send traces: {0}; choose another --otlp-endpoint, such as http://127.0.0.1:4317")]
    Traces(#[from] ExporterBuildError),
}
