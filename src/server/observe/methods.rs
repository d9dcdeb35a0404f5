//! Counters of calls by method and status. Unknown methods share one entry, so that callers can't make the table grow.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use prost_reflect::{DescriptorError, MethodDescriptor};
use tonic::Code;

use crate::engine::{Histogram, TIME_BOUNDS};
use crate::server::descriptors::{self, path};

/// The names of the status codes, indexed by number, as gRPC for Go spells them.
pub(super) const CODES: [&str; 17] = [
    "OK",
    "Canceled",
    "Unknown",
    "InvalidArgument",
    "DeadlineExceeded",
    "NotFound",
    "AlreadyExists",
    "PermissionDenied",
    "ResourceExhausted",
    "FailedPrecondition",
    "Aborted",
    "OutOfRange",
    "Unimplemented",
    "Internal",
    "Unavailable",
    "DataLoss",
    "Unauthenticated",
];

/// The name of a status code.
pub(super) fn code_name(code: Code) -> &'static str {
    CODES.get(code as usize).copied().unwrap_or("Unknown")
}

/// The methods of the server, each with its counters.
#[derive(Debug)]
pub(in crate::server) struct MethodTable {
    /// By path.
    methods: BTreeMap<String, Arc<Method>>,
    /// The entry for unknown methods.
    unknown: Arc<Method>,
}

/// A method and its counters.
#[derive(Debug)]
pub(super) struct Method {
    pub(super) service: String,
    pub(super) name: String,
    /// `unary`, `client_stream`, `server_stream` or `bidi_stream`.
    pub(super) kind: &'static str,
    pub(super) started: AtomicU64,
    /// By status code.
    pub(super) handled: [AtomicU64; CODES.len()],
    pub(super) microseconds: Histogram,
    pub(super) received: AtomicU64,
    pub(super) sent: AtomicU64,
}

impl MethodTable {
    /// The methods in encoded descriptor sets.
    ///
    /// # Errors
    ///
    /// [`DescriptorError`] if a set is malformed, which is a defect.
    pub(in crate::server) fn new(descriptor_sets: &[&[u8]]) -> Result<Self, DescriptorError> {
        let all = descriptors::methods(descriptor_sets)?;
        let methods = all.iter().map(|method| (path(method), Arc::new(Method::from_descriptor(method))));
        Ok(Self { methods: methods.collect(), unknown: Arc::new(Method::new("unknown", "unknown", "unary")) })
    }

    /// The method with `path`.
    pub(super) fn method(&self, path: &str) -> Arc<Method> {
        Arc::clone(self.methods.get(path).unwrap_or(&self.unknown))
    }

    /// All methods in order of their paths; the entry for unknown methods comes last.
    pub(super) fn all(&self) -> impl Iterator<Item = &Method> {
        self.methods.values().chain([&self.unknown]).map(|method| &**method)
    }
}

impl Method {
    fn from_descriptor(method: &MethodDescriptor) -> Self {
        let kind = match (method.is_client_streaming(), method.is_server_streaming()) {
            (false, false) => "unary",
            (true, false) => "client_stream",
            (false, true) => "server_stream",
            (true, true) => "bidi_stream",
        };
        Self::new(method.parent_service().full_name(), method.name(), kind)
    }

    fn new(service: &str, name: &str, kind: &'static str) -> Self {
        Self {
            service: service.to_owned(),
            name: name.to_owned(),
            kind,
            started: AtomicU64::new(0),
            handled: [const { AtomicU64::new(0) }; CODES.len()],
            microseconds: Histogram::new(TIME_BOUNDS),
            received: AtomicU64::new(0),
            sent: AtomicU64::new(0),
        }
    }

    /// True for methods of health and reflection.
    pub(super) fn is_infrastructure(&self) -> bool {
        self.service.starts_with("grpc.")
    }

    /// Counts a call that ended.
    pub(super) fn ended(&self, code: Code, began: Instant) {
        if let Some(count) = self.handled.get(code as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.microseconds.record_since(began);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_known_by_their_paths_and_the_rest_is_one() {
        let calls = MethodTable::new(&[crate::proto::FILE_DESCRIPTOR_SET]).unwrap();
        let kind = |path: &str| {
            let method = calls.method(path);
            format!("{} {} {}", method.service, method.name, method.kind)
        };
        assert_eq!(
            kind("/palimpsest.v1.DetectionService/CheckStream"),
            "palimpsest.v1.DetectionService CheckStream bidi_stream"
        );
        assert_eq!(kind("/grpc.health.v1.Health/Watch"), "grpc.health.v1.Health Watch server_stream");
        for path in ["", "/", "/palimpsest.v1.DetectionService/Chekc", "/x/Check"] {
            assert_eq!(kind(path), "unknown unknown unary");
        }
    }

    #[test]
    fn codes_have_the_names_of_their_numbers() {
        for (number, name) in (0..).zip(CODES) {
            assert_eq!(code_name(Code::from_i32(number)), name);
        }
        assert_eq!(code_name(Code::Unauthenticated), "Unauthenticated");
    }
}
