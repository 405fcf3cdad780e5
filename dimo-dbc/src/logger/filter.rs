//! [`accept`]: the identifiers of a plan as identifier and mask registers of a CAN controller.

use dimo_types::CanId;
use thiserror::Error;

/// One identifier and mask register: a frame passes when its identifier is of the same kind, and equal in the bits of the mask.
///
/// # Example: the eight answers to a functional request
///
/// ```
/// use dimo_dbc::logger::AcceptanceFilter;
/// use dimo_types::CanId;
/// let id = |number| CanId::standard(number).unwrap();
/// let answers = AcceptanceFilter::new(id(0x7E8), 0x7F8);
/// assert!(answers.matches(id(0x7EF)) && !answers.matches(id(0x7DF)));
/// assert_eq!(answers.count(), 8);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AcceptanceFilter {
    id: CanId,
    mask: u32,
}

impl AcceptanceFilter {
    /// Passes the identifiers of the kind of `id` that are equal to it in the bits of `mask`; further bits of the mask are
    /// of no effect.
    #[must_use]
    pub const fn new(id: CanId, mask: u32) -> Self {
        Self { id, mask: mask & all_bits(id) }
    }

    /// Passes one identifier.
    #[must_use]
    pub const fn exact(id: CanId) -> Self {
        Self::new(id, u32::MAX)
    }

    /// One of the identifiers that pass.
    #[must_use]
    pub const fn id(self) -> CanId {
        self.id
    }

    /// The bits in which an identifier must be equal: 11 or 29 of them at most.
    #[must_use]
    pub const fn mask(self) -> u32 {
        self.mask
    }

    /// Whether `id` passes.
    #[must_use]
    pub const fn matches(self, id: CanId) -> bool {
        self.is_of_kind(id) && (self.id.number() ^ id.number()) & self.mask == 0
    }

    /// How many identifiers pass.
    #[must_use]
    pub const fn count(self) -> u32 {
        1 << (all_bits(self.id) & !self.mask).count_ones()
    }

    const fn is_of_kind(self, id: CanId) -> bool {
        self.id.is_extended() == id.is_extended()
    }

    /// Passes whatever one of the two passes: only the bits count in which both agree. `None` for different kinds.
    const fn joined(self, other: Self) -> Option<Self> {
        if !self.is_of_kind(other.id) {
            return None;
        }
        let differing = self.id.number() ^ other.id.number();
        Some(Self { id: self.id, mask: self.mask & other.mask & !differing })
    }

    /// Whether it passes whatever `other` passes.
    const fn covers(self, other: Self) -> bool {
        self.mask & other.mask == self.mask && self.matches(other.id)
    }
}

/// The bits that identifiers of this kind have.
const fn all_bits(id: CanId) -> u32 {
    if id.is_extended() { 0x1FFF_FFFF } else { 0x7FF }
}

/// What passes besides the identifiers that are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Coverage {
    /// Nothing.
    Exact,
    /// Other identifiers too: frames under them reach the software, and the plan drops them.
    Superset,
}

/// Fills `registers` so that every one of `wanted` passes, and gives back those in use with what else passes.
///
/// It is exact whenever there are as many registers as different identifiers, and often with fewer, because a mask passes a
/// block of identifiers at once. Where it cannot be exact, registers are joined so that little else passes; no more registers
/// than needed are in use. Give the identifiers in ascending order for the best result. The time taken grows with the number
/// of identifiers, squared, and with that of registers, squared.
///
/// Registers in use come first. What the others do is the caller's matter: most controllers pass everything without any
/// register, so where nothing is wanted, none is in use and reception should be off.
///
/// # Errors
///
/// [`AcceptError`] when there is no register for a kind of identifier that is wanted. Accept all frames then: the plan
/// knows those that matter.
///
/// # Example: four identifiers and two registers
///
/// ```
/// use dimo_dbc::logger::{AcceptanceFilter, Coverage, accept};
/// use dimo_types::CanId;
/// let id = |number| CanId::standard(number).unwrap();
/// let mut registers = [AcceptanceFilter::exact(id(0)); 2];
/// let (used, coverage) = accept(&[id(0x100), id(0x101), id(0x2A0), id(0x2A8)], &mut registers)?;
/// assert_eq!(used, [AcceptanceFilter::new(id(0x100), 0x7FE), AcceptanceFilter::new(id(0x2A0), 0x7F7)]);
/// assert_eq!(coverage, Coverage::Exact);
/// # Ok::<(), dimo_dbc::logger::AcceptError>(())
/// ```
pub fn accept<'r>(
    wanted: &[CanId],
    registers: &'r mut [AcceptanceFilter],
) -> Result<(&'r [AcceptanceFilter], Coverage), AcceptError> {
    let mut used = 0;
    for id in wanted {
        used = add(AcceptanceFilter::exact(*id), registers, used)?;
    }
    let used = registers.get(..used).unwrap_or_default();
    Ok((used, coverage(wanted, used)))
}

/// Adds `new` to the first `used` registers, and gives their number after it.
fn add(new: AcceptanceFilter, registers: &mut [AcceptanceFilter], used: usize) -> Result<usize, AcceptError> {
    let full = registers.len();
    let (in_use, free) = registers.split_at_mut_checked(used).ok_or(AcceptError { registers: full })?;
    if in_use.iter().any(|filter| filter.covers(new)) {
        return Ok(used);
    }
    if let Some(place) = free.first_mut() {
        *place = new;
        return Ok(used + 1);
    }
    let join = cheapest(in_use, new).ok_or(AcceptError { registers: full })?;
    // The new filter takes the place of the one that was joined to another; when it was itself joined, it needs none.
    if let Some(place) = join.second.and_then(|second| in_use.get_mut(second)) {
        *place = new;
    }
    if let Some(place) = in_use.get_mut(join.first) {
        *place = join.filter;
    }
    Ok(drop_covered(in_use))
}

/// Two filters that can be one.
struct Join {
    filter: AcceptanceFilter,
    /// The place of the first.
    first: usize,
    /// The place of the second; `None` for the new one, which has none.
    second: Option<usize>,
    /// How many more identifiers pass.
    cost: i64,
}

/// The two filters whose join lets the fewest others pass.
fn cheapest(in_use: &[AcceptanceFilter], new: AcceptanceFilter) -> Option<Join> {
    let mut best: Option<Join> = None;
    for (first, a) in in_use.iter().enumerate() {
        let others = in_use.iter().enumerate().skip(first + 1).map(|(second, b)| (Some(second), *b));
        for (second, b) in others.chain([(None, new)]) {
            let Some(filter) = a.joined(b) else { continue };
            let cost = i64::from(filter.count()) - i64::from(a.count()) - i64::from(b.count());
            if best.as_ref().is_none_or(|best| cost < best.cost) {
                best = Some(Join { filter, first, second, cost });
            }
        }
    }
    best
}

/// Moves the filters that no other covers to the front, and gives their number.
fn drop_covered(filters: &mut [AcceptanceFilter]) -> usize {
    let mut used = filters.len();
    let mut at = 0;
    while at < used {
        let is_covered = filters.get(at).copied().is_some_and(|filter| {
            let others = filters.iter().take(used).enumerate().filter(|(other, _)| *other != at);
            others.into_iter().any(|(_, other)| other.covers(filter))
        });
        if is_covered {
            used -= 1;
            filters.swap(at, used);
        } else {
            at += 1;
        }
    }
    used
}

/// Exact when each register passes as many identifiers as are wanted of it.
fn coverage(wanted: &[CanId], used: &[AcceptanceFilter]) -> Coverage {
    let is_exact = used.iter().all(|filter| {
        let passing = wanted.iter().enumerate().filter(|(_, id)| filter.matches(**id));
        let different = passing.filter(|(at, id)| !wanted.iter().take(*at).any(|before| before == *id));
        usize::try_from(filter.count()).is_ok_and(|count| count == different.count())
    });
    if is_exact { Coverage::Exact } else { Coverage::Superset }
}

/// There are too few registers: one is needed for each kind of identifier that is wanted, standard and extended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{registers} filter registers are too few for the kinds of identifiers wanted")]
#[non_exhaustive]
pub struct AcceptError {
    /// How many there are.
    pub registers: usize,
}
