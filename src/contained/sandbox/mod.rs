//! What a child gives up before it sees its input.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

use std::fmt;

use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};

#[cfg(target_os = "linux")]
use self::linux as system;
#[cfg(not(target_os = "linux"))]
use self::other as system;

pub(super) use self::system::{be_ended_first, close_files, restrict_calls};

/// What a child may take of the system.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resources {
    pub(super) memory_bytes: u64,
    pub(super) cpu_seconds: u64,
}

/// What restricts a child on this system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protections {
    /// Limits on memory, processor time, files and processes are set.
    pub resources: bool,
    /// Files and the network are out of reach by Landlock.
    pub landlock: Coverage,
    /// All system calls but those on a list are refused by seccomp.
    pub seccomp: bool,
}

/// How much of a restriction the kernel has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Coverage {
    /// All of it.
    Full,
    /// Some of it: the kernel is older than the restriction's newest part.
    Part,
    /// None.
    None,
}

impl Protections {
    /// The restrictions that are missing, for people; empty if none is.
    #[must_use]
    pub fn missing(&self) -> String {
        let Self { resources, landlock, seccomp } = *self;
        let mut missing = Vec::new();
        if !resources {
            missing.push("limits on resources");
        }
        match landlock {
            Coverage::Full => {}
            Coverage::Part => missing.push("a part of Landlock"),
            Coverage::None => missing.push("Landlock"),
        }
        if !seccomp {
            missing.push("seccomp");
        }
        missing.join(", ")
    }

    /// Whether neither files nor the network are within a child's reach.
    #[must_use]
    pub fn are_closed(&self) -> bool {
        self.resources && (self.seccomp || self.landlock == Coverage::Full)
    }
}

impl fmt::Display for Protections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let missing = self.missing();
        if missing.is_empty() { f.write_str("all") } else { write!(f, "all but {missing}") }
    }
}

/// Protections, from whether each could be put into force.
pub(super) fn protections(resources: bool, landlock: Coverage, seccomp: bool) -> Protections {
    Protections { resources, landlock, seccomp }
}

/// Limits what this process may take, for good. Returns whether all limits are set.
pub(super) fn limit_resources(resources: Resources) -> bool {
    let Resources { memory_bytes, cpu_seconds } = resources;
    let mut limits = vec![
        (Resource::Cpu, cpu_seconds),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        (system::MEMORY, memory_bytes),
    ];
    limits.extend(system::more_limits());
    let set = limits.into_iter().map(|(resource, most)| set_limit(resource, most)).filter(|set| !set).count();
    system::leave_with_parent() && set == 0
}

fn set_limit(resource: Resource, most: u64) -> bool {
    setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).is_ok()
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
