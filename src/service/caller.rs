//! Who calls, what they may do, and what they may see.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use serde::{Deserialize, Serialize};
use tonic::{Request, Status};

use super::problem::Problem;
use crate::engine::{CollectionName, Error, Visibility};

/// What a key allows. Each role may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Check and compare, and see what there is, without texts.
    Check,
    /// Add and delete, and read texts.
    Write,
    /// Look after the corpus.
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

/// Who calls. Every request that reaches a handler has one among its extensions.
#[derive(Debug, Clone)]
pub struct Caller {
    key: Arc<str>,
    role: Role,
    visible: Visibility,
    pace: Option<Arc<Pace>>,
}

impl Caller {
    /// Anybody at all, who may do everything: what every caller is where no keys are set.
    #[must_use]
    pub fn anyone() -> Self {
        Self { key: "".into(), role: Role::Admin, visible: Visibility::all(), pace: None }
    }

    /// The holder of a key, by its id, who may do so much with so many collections, and so often.
    #[must_use]
    pub fn holder(key: &str, role: Role, visible: Visibility, pace: Option<Arc<Pace>>) -> Self {
        Self { key: key.into(), role, visible, pace }
    }

    /// The id of the key; empty where no keys are set.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether they may make a call, by its path, now.
    ///
    /// # Errors
    ///
    /// `PERMISSION_DENIED`, or `RESOURCE_EXHAUSTED` when they call too often.
    pub fn admit(&self, path: &str) -> Result<(), Status> {
        let need = Need::of(path);
        let rpc = path.rsplit('/').next().unwrap_or(path);
        if self.role < need.role {
            let (needed, role) = (need.role, self.role);
            return Err(Problem::forbidden(format!(
                "{rpc} needs a key with the role {needed}, but this one has the role {role}"
            ))
            .into());
        }
        if need.whole_corpus && !self.visible.is_all() {
            return Err(Problem::forbidden(format!(
                "{rpc} needs a key for all collections (*), but this one is for some"
            ))
            .into());
        }
        self.pace.as_ref().map_or(Ok(()), |pace| pace.step().map_err(Status::from))
    }

    /// Who sent a request. A request of which that was not found out is let do nothing.
    pub(super) fn of<T>(request: &Request<T>) -> Result<Self, Problem> {
        request.extensions().get().cloned().ok_or_else(Problem::defect)
    }

    /// The collections that they may see.
    pub(super) fn visible(&self) -> &Visibility {
        &self.visible
    }

    /// What they may not see is not there for them.
    pub(super) fn sees(&self, collection: &CollectionName) -> Result<(), Problem> {
        let not_found = || Error::CollectionNotFound(collection.clone()).into();
        self.visible.shows(collection).then_some(()).ok_or_else(not_found)
    }

    /// As [`Self::sees`], for all of them.
    pub(super) fn sees_all<'a>(
        &self,
        collections: impl IntoIterator<Item = &'a CollectionName>,
    ) -> Result<(), Problem> {
        collections.into_iter().try_for_each(|collection| self.sees(collection))
    }

    /// Whether a collection by this name would be among those that they may see. Whether there is one already makes
    /// no difference to the answer.
    pub(super) fn may_create(&self, collection: &CollectionName) -> Result<(), Problem> {
        let forbidden = || {
            Problem::forbidden(format!(
                "this key is not for a collection by the name {collection}; use another"
            ))
        };
        self.visible.shows(collection).then_some(()).ok_or_else(forbidden)
    }

    /// Whether they may read texts of sources.
    pub(super) fn may_read_texts(&self) -> Result<(), Problem> {
        let forbidden = || {
            let (needed, role) = (Role::Write, self.role);
            Problem::forbidden(format!(
                "include_text needs a key with the role {needed}, but this one has the role {role}"
            ))
        };
        (self.role >= Role::Write).then_some(()).ok_or_else(forbidden)
    }

    /// Waits until they may send one more item of a stream.
    pub(super) async fn wait_for_turn(&self) {
        if let Some(pace) = &self.pace {
            while let Err(too_soon) = pace.try_step() {
                tokio::time::sleep(too_soon).await;
            }
        }
    }
}

/// What a call needs of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Need {
    role: Role,
    /// Whether it tells of all collections at once.
    whole_corpus: bool,
}

impl Need {
    /// What a call needs, by its path. An rpc of ours that nobody thought of here needs everything.
    fn of(path: &str) -> Self {
        let Some(rpc) = path.strip_prefix("/palimpsest.v1.") else {
            // Reflection, and what is not there.
            return Self { role: Role::Check, whole_corpus: false };
        };
        let (role, whole_corpus) = match rpc {
            "DetectionService/Check"
            | "DetectionService/CheckStream"
            | "DetectionService/Compare"
            | "DetectionService/CompareAll"
            | "CorpusService/GetCorpus"
            | "CorpusService/GetCollection"
            | "CorpusService/ListCollections"
            | "CorpusService/GetSource"
            | "CorpusService/ListSources" => (Role::Check, false),
            "CorpusService/CreateCollection"
            | "CorpusService/DeleteCollection"
            | "CorpusService/AddSource"
            | "CorpusService/ImportSources"
            | "CorpusService/DeleteSource" => (Role::Write, false),
            "AdminService/ExportSources" => (Role::Admin, false),
            _ => (Role::Admin, true),
        };
        Self { role, whole_corpus }
    }
}

/// How often the holder of a key may call: so many calls, and items of streams, a second (the generic cell rate
/// algorithm, as governor has it), of which a second's worth may come at once.
#[derive(Debug)]
pub struct Pace {
    limiter: DefaultDirectRateLimiter,
    per_second: NonZeroU32,
}

impl Pace {
    /// So many a second.
    #[must_use]
    pub fn new(per_second: NonZeroU32) -> Self {
        Self { limiter: RateLimiter::direct(Quota::per_second(per_second)), per_second }
    }

    /// Takes a step, or tells how long to wait before it may be tried again.
    fn try_step(&self) -> Result<(), Duration> {
        let now = DefaultClock::default().now();
        self.limiter.check().map_err(|too_soon| too_soon.wait_time_from(now))
    }

    fn step(&self) -> Result<(), Problem> {
        self.try_step().map_err(|wait| Problem::too_often(self.per_second.get(), wait))
    }
}

#[cfg(test)]
mod tests {
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
                "Backup admin false",
                "Check check true",
                "CheckStream check true",
                "Compare check true",
                "CompareAll check true",
                "CreateCollection write true",
                "DeleteCollection write true",
                "DeleteSource write true",
                "ExportSources admin true",
                "GetCollection check true",
                "GetCorpus check true",
                "GetServerInfo admin false",
                "GetSource check true",
                "ImportSources write true",
                "ListCollections check true",
                "ListSources check true",
                "Verify admin false",
            ]
        );
        assert!(holder(Role::Write, "*").admit("/palimpsest.v1.NewService/New").is_err());
    }

    #[tokio::test]
    async fn who_calls_too_often_is_told_when_to_call_again() {
        let pace = Some(Arc::new(Pace::new(NonZeroU32::new(2).unwrap())));
        let caller = Caller::holder("k", Role::Check, Visibility::all(), pace);
        let path = "/palimpsest.v1.CorpusService/GetCorpus";
        assert!(caller.admit(path).is_ok() && caller.admit(path).is_ok());
        let refused = caller.admit(path).unwrap_err();
        assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
        assert!(refused.message().contains("max_calls_per_second"), "{refused:?}");
        let began = std::time::Instant::now();
        caller.wait_for_turn().await;
        assert!(began.elapsed() > Duration::from_millis(200), "{:?}", began.elapsed());
    }
}
