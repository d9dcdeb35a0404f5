//! Configuration, bootstrap and shutdown.
//!
//! The order of boot: settings, telemetry, engine, listener, serve, drain. Tests call [`run`] with a
//! listener and a shutdown signal of their own; `palimpsest serve` calls [`serve`].

mod access;
mod boot;
mod calls;
mod notify;
mod observe;
mod reload;
mod settings;
mod telemetry;
mod traces;
mod web;

pub use access::{InvalidKey, Key, KeyFile, KeyFileError, Token};
pub use boot::{ServeError, check, run, serve};
pub use settings::{
    AccessSettings, ConnectionSettings, LogFormat, ServeArgs, Settings, SettingsError, SettingsLayer,
    Storage, TelemetrySettings, TlsSettings, WebSettings, WorkSettings,
};
