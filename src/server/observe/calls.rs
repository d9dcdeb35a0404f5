//! How many calls there were of each method, and how they ended. Only methods that the server has are told
//! apart, so that no caller makes the tables grow.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use prost_reflect::{DescriptorError, DescriptorPool, MethodDescriptor};
use tonic::Code;

use crate::engine::{Histogram, TIME_BOUNDS};

/// The names of the status codes, by their numbers, as Go's gRPC spells them.
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

/// All methods, with what is counted of each.
#[derive(Debug)]
pub(in crate::server) struct Calls {
    /// By path.
    methods: BTreeMap<String, Arc<Method>>,
    /// What is called and isn't there.
    unknown: Arc<Method>,
}

/// A method, and what is counted of it.
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

impl Calls {
    /// The methods of all services in these encoded sets of descriptors.
    ///
    /// # Errors
    ///
    /// When they are no descriptors, which those that are generated are.
    pub(in crate::server) fn of(descriptors: &[&[u8]]) -> Result<Self, DescriptorError> {
        let mut pool = DescriptorPool::new();
        for set in descriptors {
            pool.decode_file_descriptor_set(*set)?;
        }
        let all = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>());
        let methods = all.map(|method| {
            let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
            (path, Arc::new(Method::of(&method)))
        });
        Ok(Self { methods: methods.collect(), unknown: Arc::new(Method::new("unknown", "unknown", "unary")) })
    }

    /// The method with a path.
    pub(super) fn method(&self, path: &str) -> Arc<Method> {
        Arc::clone(self.methods.get(path).unwrap_or(&self.unknown))
    }

    /// All methods, in order of their paths, and last what isn't there.
    pub(super) fn all(&self) -> impl Iterator<Item = &Method> {
        self.methods.values().chain([&self.unknown]).map(|method| &**method)
    }
}

impl Method {
    fn of(method: &MethodDescriptor) -> Self {
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

    /// Whether whoever calls it only asks whether the server is well, or what it offers.
    pub(super) fn is_about_the_server(&self) -> bool {
        self.service.starts_with("grpc.")
    }

    /// A call of it ended.
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
        let calls = Calls::of(&[crate::proto::FILE_DESCRIPTOR_SET]).unwrap();
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
