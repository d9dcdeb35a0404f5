//! The kinds of the methods: unary or streaming.

use std::collections::BTreeMap;

use prost_reflect::{DescriptorError, DescriptorPool, MethodDescriptor};

use crate::proto;

/// The kind of a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One request, one response.
    Unary,
    /// Several requests, several responses, or both.
    Stream,
}

/// The methods in the descriptors of the server, by path.
#[derive(Debug)]
pub(super) struct Kinds(BTreeMap<String, Shape>);

/// The shape of a method, from its descriptor.
#[derive(Debug, Clone, Copy)]
struct Shape {
    kind: Kind,
    /// True if a call has exactly one request.
    takes_one: bool,
}

impl Kinds {
    pub(super) fn new() -> Result<Self, DescriptorError> {
        let mut pool = DescriptorPool::new();
        pool.decode_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)?;
        let methods = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>());
        Ok(Self(methods.map(|method| (path(&method), shape(&method))).collect()))
    }

    /// The kind of a method by its path. Unknown methods count as streams, which have the fewest limits.
    pub(super) fn of(&self, path: &str) -> Kind {
        self.0.get(path).map_or(Kind::Stream, |shape| shape.kind)
    }

    /// True if a call of the method must have exactly one request.
    pub(super) fn takes_one(&self, path: &str) -> bool {
        self.0.get(path).is_some_and(|shape| shape.takes_one)
    }
}

fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

fn shape(method: &MethodDescriptor) -> Shape {
    let takes_one = !method.is_client_streaming();
    let kind = if takes_one && !method.is_server_streaming() { Kind::Unary } else { Kind::Stream };
    Shape { kind, takes_one }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_those_of_the_protos() {
        let kinds = Kinds::new().unwrap();
        for (path, kind) in [
            ("/palimpsest.v1.DetectionService/Check", Kind::Unary),
            ("/palimpsest.v1.DetectionService/CheckStream", Kind::Stream),
            ("/palimpsest.v1.DetectionService/CompareAll", Kind::Stream),
            ("/palimpsest.v1.CorpusService/AddSource", Kind::Unary),
            ("/grpc.health.v1.Health/Check", Kind::Unary),
            ("/grpc.health.v1.Health/Watch", Kind::Stream),
            ("/nobody.Knows/This", Kind::Stream),
        ] {
            assert_eq!(kinds.of(path), kind, "{path}");
        }
        assert!(kinds.takes_one("/palimpsest.v1.DetectionService/CompareAll"));
        assert!(!kinds.takes_one("/palimpsest.v1.DetectionService/CheckStream"));
        assert!(!kinds.takes_one("/nobody.Knows/This"));
    }
}
