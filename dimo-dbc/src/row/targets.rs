//! [`Targets`]: where the frames of an identifier go.

use alloc::vec;
use alloc::vec::Vec;

use dimo_types::CanId;

use crate::Plan;
use crate::plan::matching::group;

/// What an identifier leads to: the number of a variant, or with [`NODE`] that of a node.
pub(crate) type Target = u32;
/// A node, whose switch says how it goes on.
pub(crate) const NODE: Target = 1 << 31;
/// No message.
pub(crate) const NOWHERE: Target = Target::MAX;

/// The target of each identifier.
#[derive(Clone, Debug)]
pub(crate) struct Targets {
    standard: Vec<Target>,
    extended: Map,
    /// By the parameter group of an extended identifier, where the plan matches by it.
    groups: Map,
}

impl Targets {
    pub(crate) const STANDARD: usize = 1 << 11;

    pub(crate) fn new(plan: &Plan<'_>, targets: &[(CanId, Target)]) -> Self {
        let mut standard = vec![NOWHERE; Self::STANDARD];
        for (id, target) in targets.iter().filter(|(id, _)| !id.is_extended()) {
            if let Some(place) = standard.get_mut(id.number() as usize) {
                *place = *target;
            }
        }
        let extended = Map::new(
            targets.iter().filter(|(id, _)| id.is_extended()).map(|(id, target)| (id.packed(), *target)),
        );
        let groups = targets.iter().filter_map(|(id, _)| {
            let meant = plan.first_of_group(*id)?;
            Some((group(*id)?, extended.get(meant.packed())))
        });
        let groups = Map::new(groups);
        Self { standard, extended, groups }
    }

    /// The target of a frame with that packed identifier; [`NOWHERE`] when it is that of no message.
    #[inline]
    pub(crate) fn of(&self, id: u32) -> Target {
        match self.standard.get(id as usize) {
            Some(target) => *target,
            None => self.of_extended(id),
        }
    }

    #[inline]
    fn of_extended(&self, id: u32) -> Target {
        let exact = self.extended.get(id);
        if exact == NOWHERE && !self.groups.is_empty() { self.of_group(id) } else { exact }
    }

    #[inline(never)]
    fn of_group(&self, id: u32) -> Target {
        CanId::from_packed(id).and_then(group).map_or(NOWHERE, |group| self.groups.get(group))
    }
}

/// A hash table with a power of two of places, at most half of them taken.
#[derive(Clone, Debug)]
struct Map {
    places: Vec<(u32, Target)>,
}

impl Map {
    /// Of several entries with the same key the first one stays.
    fn new(entries: impl Iterator<Item = (u32, Target)>) -> Self {
        let entries: Vec<_> = entries.collect();
        let mut map = Self { places: vec![(0, NOWHERE); (2 * entries.len()).next_power_of_two()] };
        for (key, target) in entries {
            let at = map.find(key);
            if let Some(place) = map.places.get_mut(at).filter(|(_, taken)| *taken == NOWHERE) {
                *place = (key, target);
            }
        }
        map
    }

    const fn is_empty(&self) -> bool {
        self.places.len() == 1
    }

    #[inline]
    fn get(&self, key: u32) -> Target {
        self.places.get(self.find(key)).map_or(NOWHERE, |(_, target)| *target)
    }

    /// The place of `key`, or the free one where it would be. Half the places are free, so that the search ends.
    #[inline]
    fn find(&self, key: u32) -> usize {
        // Fibonacci hashing: the upper half of the product depends on every bit of the key.
        let hash = u64::from(key).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        let mut at = hash as usize & (self.places.len() - 1);
        while let Some((other, target)) = self.places.get(at)
            && *other != key
            && *target != NOWHERE
        {
            at = (at + 1) & (self.places.len() - 1);
        }
        at
    }
}
