//! Linux: Landlock, seccomp, and the death of the parent.

use std::collections::BTreeMap;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    RulesetStatus, Scope,
};
use rustix::process::{
    DumpableBehavior, Resource, Signal, set_dumpable_behavior, set_parent_process_death_signal,
};
use seccompiler::{
    BackendError, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

use super::Coverage;

/// Memory that can be written, which is what an allocator takes. The address space is no measure of it: allocators reserve
/// more than they use.
pub(super) const MEMORY: Resource = Resource::Data;

/// The newest version of Landlock whose restrictions are asked for.
const NEWEST: ABI = ABI::V6;

/// Limits that only Linux has. Descriptors that are open stay so; no more can be opened.
pub(super) fn more_limits() -> Vec<(Resource, u64)> {
    vec![(Resource::Nofile, 0), (Resource::Memlock, 0), (Resource::Msgqueue, 0)]
}

/// Ends this process with its parent. Forbids other processes of its user to look into it.
pub(super) fn leave_with_parent() -> bool {
    set_parent_process_death_signal(Some(Signal::KILL)).is_ok()
        && set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok()
}

/// Has the system end this process before others when memory runs out, if it can.
pub(in crate::contained) fn be_ended_first() {
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
}

/// Forbids this thread, and those that it starts, to open files, to use the network, and to reach other processes.
pub(in crate::contained) fn close_files() -> Coverage {
    let ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))
        .and_then(|ruleset| ruleset.handle_access(AccessNet::from_all(NEWEST)))
        .and_then(|ruleset| ruleset.scope(Scope::from_all(NEWEST)))
        .and_then(Ruleset::create)
        .and_then(landlock::RulesetCreated::restrict_self);
    match ruleset.map(|status| status.ruleset) {
        Ok(RulesetStatus::FullyEnforced) => Coverage::Full,
        Ok(RulesetStatus::PartiallyEnforced) => Coverage::Part,
        Ok(RulesetStatus::NotEnforced) | Err(_) => Coverage::None,
    }
}

/// Refuses all system calls of all threads but those that reading, allocating and ending need. Returns whether the kernel
/// does so.
pub(in crate::contained) fn restrict_calls() -> bool {
    let Ok(arch) = std::env::consts::ARCH.try_into() else { return false };
    let filter = rules().and_then(|rules| {
        let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
        SeccompFilter::new(rules, refused, SeccompAction::Allow, arch)?.try_into()
    });
    filter.is_ok_and(|filter: seccompiler::BpfProgram| seccompiler::apply_filter_all_threads(&filter).is_ok())
}

/// System calls that are allowed with any arguments.
const FREE: [libc::c_long; 21] = [
    libc::SYS_brk,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_gettimeofday,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_restart_syscall,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_sigaltstack,
];

/// The rules by system call; no rules allow it with any arguments.
///
/// Descriptors that this process inherited can't be closed without `unsafe`. They are of no use: only standard input and
/// output are read and written, and no file is mapped.
fn rules() -> Result<BTreeMap<i64, Vec<SeccompRule>>, BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = FREE.iter().map(|call| (*call, Vec::new())).collect();
    let is_descriptor = |number: u64| rule(&[equal(0, number)]);
    rules.insert(libc::SYS_read, vec![is_descriptor(0)?]);
    rules.insert(libc::SYS_write, vec![is_descriptor(0)?, is_descriptor(1)?, is_descriptor(2)?]);
    let not_executable = masked(2, libc::PROT_EXEC, 0);
    let private_memory = masked(3, libc::MAP_ANONYMOUS | libc::MAP_SHARED, libc::MAP_ANONYMOUS);
    rules.insert(libc::SYS_mmap, vec![rule(&[not_executable, private_memory])?]);
    rules.insert(libc::SYS_mprotect, vec![rule(&[not_executable])?]);
    // To abort.
    let own_pid = u64::from(std::process::id());
    rules.insert(libc::SYS_tgkill, vec![rule(&[equal(0, own_pid)])?]);
    Ok(rules)
}

/// A condition on an argument of a system call.
#[derive(Clone, Copy)]
struct Condition {
    argument: u8,
    mask: Option<u64>,
    value: u64,
}

fn equal(argument: u8, value: u64) -> Condition {
    Condition { argument, mask: None, value }
}

fn masked(argument: u8, mask: libc::c_int, value: libc::c_int) -> Condition {
    let bits = |flags: libc::c_int| u64::from(flags.unsigned_abs());
    Condition { argument, mask: Some(bits(mask)), value: bits(value) }
}

/// A rule that all conditions hold.
fn rule(conditions: &[Condition]) -> Result<SeccompRule, BackendError> {
    let conditions = conditions.iter().map(|condition| {
        let operator = condition.mask.map_or(SeccompCmpOp::Eq, SeccompCmpOp::MaskedEq);
        SeccompCondition::new(condition.argument, SeccompCmpArgLen::Dword, operator, condition.value)
    });
    SeccompRule::new(conditions.collect::<Result<_, _>>()?)
}
