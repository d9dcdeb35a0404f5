//! Which calls are streams.

use std::collections::BTreeMap;

use prost_reflect::{DescriptorError, DescriptorPool, MethodDescriptor};

use crate::proto;

/// Whether a call has one request and one response, or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One request, one response.
    Unary,
    /// Many of one, or of both.
    Stream,
}

/// The kinds of the calls that the server describes, by path.
#[derive(Debug)]
pub(super) struct Kinds(BTreeMap<String, Kind>);

impl Kinds {
    pub(super) fn new() -> Result<Self, DescriptorError> {
        let mut pool = DescriptorPool::new();
        pool.decode_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)?;
        let methods = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>());
        Ok(Self(methods.map(|method| (path(&method), kind(&method))).collect()))
    }

    /// The kind of a call; of one that is not known, the kind that is bound the least.
    pub(super) fn of(&self, path: &str) -> Kind {
        self.0.get(path).copied().unwrap_or(Kind::Stream)
    }
}

fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

fn kind(method: &MethodDescriptor) -> Kind {
    if method.is_client_streaming() || method.is_server_streaming() { Kind::Stream } else { Kind::Unary }
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
    }
}
