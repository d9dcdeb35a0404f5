//! Configuration, bootstrap and shutdown.
//!
//! The order of boot: settings, telemetry, engine, listener, serve, drain. Tests call [`run`] with a
//! listener and a shutdown signal of their own; `palimpsest serve` calls [`serve`].

mod boot;
mod notify;
#[allow(dead_code, reason = "the keys and the certificates, which come next, are reloaded by it")]
mod reload;
mod settings;
mod telemetry;

pub use boot::{ServeError, run, serve};
pub use settings::{
    AccessSettings, ConnectionSettings, LogFormat, ServeArgs, Settings, SettingsError, SettingsLayer,
    Storage, TelemetrySettings, TlsSettings, WebSettings, WorkSettings,
};
