//! Configuration, bootstrap and shutdown.
//!
//! The order of boot: settings and the files that they name, telemetry, listener, engine, serve; that of the end: health,
//! pause, drain, cut, close. Tests call [`run`] with a listener and a shutdown signal of their own; `palimpsest serve`
//! calls [`serve`].

mod access;
mod boot;
mod calls;
mod connections;
mod notify;
mod observe;
mod reflection;
mod reload;
mod serving;
mod settings;
mod shutdown;
mod telemetry;
mod tls;
mod traces;
mod web;

pub use access::{InvalidKey, Key, KeyFile, KeyFileError, Token};
pub use boot::{ServeError, run, serve};
pub use settings::{
    AccessSettings, ConnectionSettings, LogFormat, ServeArgs, Settings, SettingsError, SettingsLayer,
    Storage, TelemetrySettings, TlsSettings, WebSettings, WorkSettings,
};
pub(crate) use tls::pem;

pub use crate::service::{Problem, Role};
