//! The caller of a request: role, visible collections, rate limit.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tonic::{Request, Status};

use super::backpressure::rate_limit::RateLimit;
use super::problem::Problem;
use crate::engine::{CollectionName, Error, Visibility};

/// The permissions of a key. Each role includes the roles before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Check and compare texts, and list sources without their texts.
    Check,
    /// Add, delete and read sources.
    Write,
    /// Administer the corpus.
    Admin,
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Check => "check",
            Self::Write => "write",
            Self::Admin => "admin",
        })
    }
}

/// The caller of a request, in the extensions of every request that reaches a handler.
#[derive(Debug, Clone)]
pub struct Caller {
    key: Arc<str>,
    role: Role,
    visible: Visibility,
    rate_limit: Option<Arc<RateLimit>>,
}

impl Caller {
    /// A caller without restrictions: every caller, if no keys are set.
    #[must_use]
    pub fn anyone() -> Self {
        Self { key: "".into(), role: Role::Admin, visible: Visibility::all(), rate_limit: None }
    }

    /// The holder of a key: the key's id, role, visible collections and rate limit.
    #[must_use]
    pub fn holder(key: &str, role: Role, visible: Visibility, rate_limit: Option<Arc<RateLimit>>) -> Self {
        Self { key: key.into(), role, visible, rate_limit }
    }

    /// The id of the key; empty where no keys are set.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Checks that the caller may call the method at `path` now.
    ///
    /// # Errors
    ///
    /// `PERMISSION_DENIED`, or `RESOURCE_EXHAUSTED` if the rate limit is exceeded.
    pub fn admit(&self, path: &str) -> Result<(), Status> {
        self.check_role(path)?;
        self.rate_limit.as_ref().map_or(Ok(()), |limit| limit.take().map_err(Status::from))
    }

    /// True if the caller's key allows the method at `path`.
    pub(crate) fn may_call(&self, path: &str) -> bool {
        self.check_role(path).is_ok()
    }

    fn check_role(&self, path: &str) -> Result<(), Problem> {
        let required = AccessRequirement::of(path);
        let rpc = path.rsplit('/').next().unwrap_or(path);
        if self.role < required.role {
            let (needed, role) = (required.role, self.role);
            return Err(Problem::forbidden(format!(
                "{rpc} needs a key with the role {needed}, but this one has the role {role}"
            )));
        }
        if required.whole_corpus && !self.visible.is_all() {
            return Err(Problem::forbidden(format!(
                "{rpc} needs a key for all collections (*), but this one is for some"
            )));
        }
        Ok(())
    }

    /// The caller of `request`. A request without a `Caller` is denied.
    pub(super) fn of<T>(request: &Request<T>) -> Result<Self, Problem> {
        request.extensions().get().cloned().ok_or_else(Problem::defect)
    }

    /// The collections visible to the caller.
    pub(super) fn visible(&self) -> &Visibility {
        &self.visible
    }

    /// Checks that the caller sees `collection`. An invisible collection is reported as not found.
    pub(super) fn sees(&self, collection: &CollectionName) -> Result<(), Problem> {
        let not_found = || Error::CollectionNotFound(collection.clone()).into();
        self.visible.shows(collection).then_some(()).ok_or_else(not_found)
    }

    /// Checks that the caller sees all `collections`.
    pub(super) fn sees_all<'a>(
        &self,
        collections: impl IntoIterator<Item = &'a CollectionName>,
    ) -> Result<(), Problem> {
        collections.into_iter().try_for_each(|collection| self.sees(collection))
    }

    /// Checks that the caller would see a collection of this name. The result does not depend on whether it exists.
    pub(super) fn may_create(&self, collection: &CollectionName) -> Result<(), Problem> {
        let forbidden = || {
            Problem::forbidden(format!(
                "this key is not for a collection by the name {collection}; use another"
            ))
        };
        self.visible.shows(collection).then_some(()).ok_or_else(forbidden)
    }

    /// Checks that the caller may read texts of sources.
    pub(super) fn may_read_texts(&self) -> Result<(), Problem> {
        let forbidden = || {
            let (needed, role) = (Role::Write, self.role);
            Problem::forbidden(format!(
                "include_text needs a key with the role {needed}, but this one has the role {role}"
            ))
        };
        (self.role >= Role::Write).then_some(()).ok_or_else(forbidden)
    }

    /// Waits until the rate limit admits one more item of a stream.
    pub(super) async fn wait_for_rate_limit(&self) {
        if let Some(limit) = &self.rate_limit {
            limit.wait().await;
        }
    }
}

/// The permission that a method requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct AccessRequirement {
    role: Role,
    /// True if the method concerns the whole corpus.
    whole_corpus: bool,
}

impl AccessRequirement {
    /// The requirement of the method at `path`. An rpc of this service that is not listed requires everything.
    fn of(path: &str) -> Self {
        let Some(rpc) = path.strip_prefix("/palimpsest.v1.") else {
            // Reflection, and unknown services.
            return Self { role: Role::Check, whole_corpus: false };
        };
        let (role, whole_corpus) = match rpc {
            "DetectionService/Check"
            | "DetectionService/CheckStream"
            | "DetectionService/Compare"
            | "DetectionService/CompareAll"
            | "DocumentService/ExtractText"
            | "RelatedService/ListRelated"
            | "RenderingService/RenderReport"
            | "WritingService/Analyze"
            | "WritingService/CheckGrammar"
            | "WritingService/ListScales"
            | "WritingService/GetScale"
            | "WritingService/ScoreText"
            | "DetectionService/ComparePair"
            | "CorpusService/GetCorpus"
            | "CorpusService/GetCollection"
            | "CorpusService/ListCollections"
            | "CorpusService/GetSource"
            | "CorpusService/ListSources" => (Role::Check, false),
            "CorpusService/CreateCollection"
            | "CorpusService/DeleteCollection"
            | "CorpusService/AddSource"
            | "CorpusService/ImportSources"
            | "CorpusService/UpdateSource"
            | "CorpusService/DeleteSource"
            | "CorpusService/DeleteSources"
            | "WritingService/TrainScale"
            | "WritingService/DeleteScale" => (Role::Write, false),
            "AdminService/ExportSources" => (Role::Admin, false),
            _ => (Role::Admin, true),
        };
        Self { role, whole_corpus }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::time::Duration;

    use prost_reflect::DescriptorPool;

    use super::*;
    use crate::engine::Pattern;
    use crate::proto::FILE_DESCRIPTOR_SET;

    fn holder(role: Role, pattern: &str) -> Caller {
        Caller::holder("k", role, Visibility::of(vec![Pattern::new(pattern).unwrap()]), None)
    }

    #[test]
    fn every_rpc_is_for_the_role_that_it_says() {
        let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap();
        let mut seen = Vec::new();
        for service in pool.services().filter(|service| service.package_name() == "palimpsest.v1") {
            for method in service.methods() {
                let path = format!("/{}/{}", service.full_name(), method.name());
                let least = [Role::Check, Role::Write, Role::Admin]
                    .into_iter()
                    .find(|role| holder(*role, "*").admit(&path).is_ok());
                let some = holder(Role::Admin, "a*").admit(&path).is_ok();
                seen.push(format!("{} {} {some}", method.name(), least.unwrap()));
            }
        }
        seen.sort();
        assert_eq!(
            seen,
            [
                "AddSource write true",
                "Analyze check true",
                "Backup admin false",
                "Check check true",
                "CheckGrammar check true",
                "CheckStream check true",
                "Compare check true",
                "CompareAll check true",
                "ComparePair check true",
                "CreateCollection write true",
                "DeleteCollection write true",
                "DeleteScale write true",
                "DeleteSource write true",
                "DeleteSources write true",
                "ExportSources admin true",
                "ExtractText check true",
                "GetCollection check true",
                "GetCorpus check true",
                "GetScale check true",
                "GetServerInfo admin false",
                "GetSource check true",
                "ImportSources write true",
                "ListCollections check true",
                "ListRelated check true",
                "ListScales check true",
                "ListSources check true",
                "RenderReport check true",
                "ScoreText check true",
                "TrainScale write true",
                "UpdateSource write true",
                "Verify admin false",
            ]
        );
        assert!(holder(Role::Write, "*").admit("/palimpsest.v1.NewService/New").is_err());
    }

    #[tokio::test]
    async fn a_call_over_the_rate_limit_is_refused_with_the_time_to_wait() {
        let rate_limit = Some(Arc::new(RateLimit::new(NonZeroU32::new(2).unwrap())));
        let caller = Caller::holder("k", Role::Check, Visibility::all(), rate_limit);
        let path = "/palimpsest.v1.CorpusService/GetCorpus";
        assert!(caller.admit(path).is_ok() && caller.admit(path).is_ok());
        let refused = caller.admit(path).unwrap_err();
        assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
        assert!(refused.message().contains("max_calls_per_second"), "{refused:?}");
        let began = std::time::Instant::now();
        caller.wait_for_rate_limit().await;
        assert!(began.elapsed() > Duration::from_millis(200), "{:?}", began.elapsed());
    }
}
