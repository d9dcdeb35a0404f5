//! Calls that need more of the corpus than a search does: each gathers what it needs from the nodes, and goes on as one engine.

mod comparing;
mod gathered;
mod related;
mod verifying;

use std::collections::BTreeMap;

use super::asking::messages::{Question, Reply};
use super::asking::serving::answer;
use super::member::{Member, blocking};
use super::placement::ReplicaGroup;
use super::reading::mismatch;
use crate::engine::{Error, SourceText};
use crate::model::{SourceName, Stop};

impl Member {
    /// Sources with their texts, in their order; `None` for those that are not there. A node of each replica group that has any of
    /// them is asked once, all at the same time. The caller bounds the bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Unreachable`], [`Error::Store`], [`Error::Stopped`].
    fn texts(&self, names: &[SourceName], stop: &Stop) -> Result<Vec<Option<SourceText>>, Error> {
        let placement = self.holding.placement;
        let mut by_group: BTreeMap<ReplicaGroup, (Vec<usize>, Vec<SourceName>)> = BTreeMap::new();
        for (place, name) in names.iter().enumerate() {
            let index = placement.group_of(placement.partition_of(&name.collection, &name.id));
            let group = ReplicaGroup { index, groups: placement.groups };
            let (places, of_group) = by_group.entry(group).or_default();
            places.push(place);
            of_group.push(name.clone());
        }
        let recency = self.recency();
        let mut coming = Vec::new();
        let mut here = None;
        for (group, (places, of_group)) in by_group {
            let question = Question::Texts(of_group);
            if self.is_here(group) {
                here = Some((places, question));
            } else {
                coming.push((places, self.asker.begin_question(group, recency.clone(), question)?));
            }
        }
        let mut found: Vec<Option<SourceText>> = names.iter().map(|_| None).collect();
        let mut take = |places: Vec<usize>, reply: Reply| {
            let Reply::Texts(of_group) = reply else { return Err(mismatch()) };
            for (place, of_group) in places.into_iter().zip(of_group) {
                if let (Some(slot), Some((entry, text))) = (found.get_mut(place), of_group) {
                    *slot = Some(SourceText { entry, text });
                }
            }
            Ok(())
        };
        blocking(|| {
            if let Some((places, question)) = here {
                self.holding.wait_for(&recency, stop)?;
                take(places, answer(&self.holding, question, stop)?)?;
            }
            coming.into_iter().try_for_each(|(places, coming)| take(places, coming.wait(stop)?))
        })?;
        Ok(found)
    }
}
