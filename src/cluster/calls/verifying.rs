//! Verification: one node of each replica group verifies all that it holds, on its disk.

use std::ops::ControlFlow;

use super::super::asking::asker::Coming;
use super::super::asking::messages::{
    Question, Recency, Reply, Request, VerifiedPart, VerifyFrom, VerifyPart, encode,
};
use super::super::asking::serving::answer;
use super::super::log::LogId;
use super::super::member::{Member, blocking};
use super::super::placement::ReplicaGroup;
use super::super::reading::mismatch;
use crate::engine::{Defect, Error, Verified};
use crate::model::Stop;

/// The node that verifies for its group.
struct Verifier {
    name: String,
    is_here: bool,
}

impl Member {
    /// Verifies what one node of each replica group holds: this node for its own, a ready one of each other. A defect names its node.
    ///
    /// # Errors
    ///
    /// [`Error::Unreachable`] if a group has no ready node, or its node falls silent; [`Error::Stopped`]. What a node can't
    /// read is a finding.
    pub(in crate::cluster) fn verify_all(
        &self,
        stop: &Stop,
        each: &mut dyn FnMut(Verified) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        let mut verified = Verified { of_sources: self.totals(stop)?.sources, ..Verified::default() };
        for group in self.groups() {
            let node = self.verifier(group)?;
            let partitions = self.holding.placement.of_group(group.index).into_iter().map(Some);
            for partition in std::iter::once(None).chain(partitions) {
                let (mut from, mut found) = (Some(VerifyFrom::Begin), 0);
                while let Some(next) = from {
                    let part = VerifyPart { partition, from: next, found };
                    let VerifiedPart { sources, findings, next } = self.verify_part(&node, part, stop)?;
                    from = next;
                    found += findings.len() as u64;
                    verified.sources += sources;
                    let named = |defect| of_node(&node.name, partition, defect);
                    verified.findings = findings.into_iter().map(named).collect();
                    if each(verified.clone()).is_break() {
                        return Ok(());
                    }
                }
            }
        }
        verified.findings.clear();
        verified.is_complete = true;
        // Nothing is left to be stopped.
        let _ = each(verified);
        Ok(())
    }

    /// The node that verifies for a group: this one for its own, whether it is ready or not.
    fn verifier(&self, group: ReplicaGroup) -> Result<Verifier, Error> {
        if group == self.holding.group {
            return Ok(Verifier { name: self.name.clone(), is_here: true });
        }
        let none = || Error::Unreachable { what: format!("no node of replica group {group} is ready") };
        let name = self.asker.peers.ready(group).into_iter().next().ok_or_else(none)?;
        Ok(Verifier { name, is_here: false })
    }

    /// Has a part verified. A corpus that can't be read is a finding.
    fn verify_part(&self, by: &Verifier, part: VerifyPart, stop: &Stop) -> Result<VerifiedPart, Error> {
        match self.ask_to_verify(by, Question::Verify(part), stop) {
            Ok(Reply::Verified(verified)) => Ok(verified),
            Ok(_) => Err(mismatch()),
            Err(Error::Store(error)) => {
                let problem = format!("it can't be verified: {error}");
                let defect = Defect { collection: String::new(), source_id: String::new(), problem };
                Ok(VerifiedPart { sources: 0, findings: vec![defect], next: None })
            }
            Err(error) => Err(error),
        }
    }

    /// Asks the one node that verifies. Another would have another disk.
    fn ask_to_verify(&self, by: &Verifier, question: Question, stop: &Stop) -> Result<Reply, Error> {
        if by.is_here {
            return blocking(|| answer(&self.holding, question, stop));
        }
        // It verifies what it holds, recent or not.
        let request = encode(&Request::Ask(Recency::default(), question))?;
        let (asker, node) = (self.asker.clone(), by.name.clone());
        let coming = Coming::begin(&self.runtime, async move { asker.of_node(&node, request).await });
        blocking(|| coming.wait(stop))
    }
}

/// A defect of a node.
fn of_node(node: &str, partition: Option<u16>, defect: Defect) -> Defect {
    let log = partition.map_or(LogId::Meta, LogId::Partition);
    Defect { problem: format!("node {node}, {log}: {}", defect.problem), ..defect }
}
