//! Settings, boot and shutdown of the server, and the layers around the services.
//!
//! The order of boot: settings and the files that they name, telemetry, listener, engine, serve; the order of shutdown: health,
//! pause, drain, cut, close. Tests call [`run`] with a listener and a shutdown signal of their own; `palimpsest serve`
//! calls [`serve`].

mod access;
mod boot;
mod calibration;
mod calls;
mod connections;
mod descriptors;
mod error;
mod grpc;
mod notify;
mod observe;
mod pages;
mod reflection;
mod reload;
mod serving;
mod settings;
mod shutdown;
mod tls;
mod web;

pub use access::{BearerToken, InvalidKey, Key, KeyFile, KeyFileError, NewKey};
pub use boot::{run, serve};
pub use error::ServeError;
pub(crate) use settings::LogArgs;
pub use settings::{
    AccessSettings, BadAddress, ClusterSettings, ConnectionSettings, DocumentSettings,
    GrammarCheckerSettings, GrammarSettings, InvalidReplicaGroup, LanguageToolServer, LogFormat, Reads,
    ReplicaGroup, ServeArgs, Settings, SettingsError, SettingsLayer, Storage, TelemetrySettings, TlsSettings,
    WebSettings, WorkSettings, nearest_name,
};
pub(crate) use tls::pem;

pub use crate::service::{Problem, Role};
