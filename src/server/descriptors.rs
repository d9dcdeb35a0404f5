//! The descriptors of the services, and the methods in them.

use prost_reflect::{DescriptorError, DescriptorPool, MethodDescriptor};

use crate::proto;

/// The descriptors of all services that are served.
pub(super) const DESCRIPTORS: [&[u8]; 3] = [
    proto::FILE_DESCRIPTOR_SET,
    tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
    tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET,
];

/// The methods of all services in encoded descriptor sets.
///
/// # Errors
///
/// [`DescriptorError`] if a set is malformed, which is a defect.
pub(super) fn methods(descriptor_sets: &[&[u8]]) -> Result<Vec<MethodDescriptor>, DescriptorError> {
    let mut pool = DescriptorPool::new();
    for set in descriptor_sets {
        pool.decode_file_descriptor_set(*set)?;
    }
    Ok(pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()).collect())
}

/// The path of a method in HTTP requests.
pub(super) fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}
