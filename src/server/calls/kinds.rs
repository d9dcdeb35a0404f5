//! The kinds of the methods: unary or streaming.

use std::collections::BTreeMap;

use prost_reflect::{DescriptorError, MethodDescriptor};

use crate::proto;
use crate::server::descriptors::{self, path};

/// The kind of a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MethodKind {
    /// One request, one response.
    Unary,
    /// Several requests, several responses, or both.
    Stream,
}

/// The methods in the descriptors of the server, by path.
#[derive(Debug)]
pub(super) struct MethodKinds(BTreeMap<String, MethodShape>);

/// The shape of a method, from its descriptor.
#[derive(Debug, Clone, Copy)]
struct MethodShape {
    kind: MethodKind,
    /// True if a call has exactly one request.
    takes_one: bool,
}

impl MethodKinds {
    pub(super) fn new() -> Result<Self, DescriptorError> {
        let methods = descriptors::methods(&[proto::FILE_DESCRIPTOR_SET])?;
        Ok(Self(methods.iter().map(|method| (path(method), shape(method))).collect()))
    }

    /// The kind of a method by its path. Unknown methods count as streams, which have the fewest limits.
    pub(super) fn of(&self, path: &str) -> MethodKind {
        self.0.get(path).map_or(MethodKind::Stream, |shape| shape.kind)
    }

    /// True if a call of the method must have exactly one request.
    pub(super) fn takes_one(&self, path: &str) -> bool {
        self.0.get(path).is_some_and(|shape| shape.takes_one)
    }
}

fn shape(method: &MethodDescriptor) -> MethodShape {
    let takes_one = !method.is_client_streaming();
    let kind =
        if takes_one && !method.is_server_streaming() { MethodKind::Unary } else { MethodKind::Stream };
    MethodShape { kind, takes_one }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_those_of_the_protos() {
        let kinds = MethodKinds::new().unwrap();
        for (path, kind) in [
            ("/palimpsest.v1.DetectionService/Check", MethodKind::Unary),
            ("/palimpsest.v1.DetectionService/CheckStream", MethodKind::Stream),
            ("/palimpsest.v1.DetectionService/CompareAll", MethodKind::Stream),
            ("/palimpsest.v1.CorpusService/AddSource", MethodKind::Unary),
            ("/grpc.health.v1.Health/Check", MethodKind::Unary),
            ("/grpc.health.v1.Health/Watch", MethodKind::Stream),
            ("/nobody.Knows/This", MethodKind::Stream),
        ] {
            assert_eq!(kinds.of(path), kind, "{path}");
        }
        assert!(kinds.takes_one("/palimpsest.v1.DetectionService/CompareAll"));
        assert!(!kinds.takes_one("/palimpsest.v1.DetectionService/CheckStream"));
        assert!(!kinds.takes_one("/nobody.Knows/This"));
    }
}
