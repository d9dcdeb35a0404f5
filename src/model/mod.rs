//! The vocabulary that all modules share: names, keys, settings, limits. It depends on no other module.

mod calibration;
mod keys;
mod limits;
mod names;
mod profile;
mod scale;
mod scope;
mod seed;
mod setters;
mod settings;
mod source;
mod stop;
mod visibility;
mod warning;

pub use calibration::Calibration;
pub use keys::{CollectionNumber, Slot, SourceKey};
pub use limits::Limits;
pub use names::{CollectionName, Group, InvalidValue, Label, Labels, RequestId, RequestKey, SourceId, Title};
pub use profile::{Key, Profile, Term};
pub use scale::{Agreement, BandLabel, GradedWords, Grades, Scale, ScaleBand, ScaleName, ScaleWeight};
pub use scope::{Scope, SourceName};
pub use seed::CorpusSeed;
pub(crate) use setters::setters;
pub use settings::{FingerprintSettings, KgramLength, OutOfRange, WindowSize};
pub(crate) use source::Details;
pub use source::{
    IfExists, InvalidPages, Metadata, MetadataEntry, MetadataKey, MetadataValue, NewSource, PageKind,
    PageRange, PageStart, Pages, SourceFilter, SourceRecord, SourceUpdate, TimeRange, Timestamp, Uri,
};
pub use stop::{Stop, StopReason};
pub use visibility::{Pattern, Visibility};
pub use warning::{WarnedField, Warning, WarningKind, Warnings};
