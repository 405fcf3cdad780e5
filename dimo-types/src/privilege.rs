//! [`Privilege`]: what an owner may let someone see or do; [`PrivilegeSet`], many of them.

use core::fmt;

use crate::named::named;

/// A privilege on a vehicle. The indices are those of the live network's access contract (SACD).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Privilege {
    /// Readings that do not tell where the vehicle is; index 1.
    NonLocationData,
    /// Commands to the vehicle, such as unlocking; index 2.
    Commands,
    /// Where it is now; index 3.
    CurrentLocation,
    /// Where it has ever been; index 4.
    AllTimeLocation,
    /// Its VIN; index 5.
    VinCredential,
    /// Data as they arrive; index 6.
    LiveData,
    /// Payloads as the device sent them; index 7.
    RawData,
    /// Roughly where it is; index 8.
    ApproximateLocation,
}

impl Privilege {
    /// Every privilege, by index.
    pub const ALL: [Self; 8] = [
        Self::NonLocationData,
        Self::Commands,
        Self::CurrentLocation,
        Self::AllTimeLocation,
        Self::VinCredential,
        Self::LiveData,
        Self::RawData,
        Self::ApproximateLocation,
    ];

    /// The index in the access contract, 1 to 8.
    #[must_use]
    pub const fn index(self) -> u8 {
        self as u8 + 1
    }

    /// The privilege of an index; `None` outside 1 to 8.
    #[must_use]
    pub fn from_index(index: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|privilege| privilege.index() == index)
    }
}

named!(Privilege, "a privilege", {
    NonLocationData => "non-location-data",
    Commands => "commands",
    CurrentLocation => "current-location",
    AllTimeLocation => "all-time-location",
    VinCredential => "vin-credential",
    LiveData => "live-data",
    RawData => "raw-data",
    ApproximateLocation => "approximate-location",
});

/// A set of privileges; empty by default.
///
/// # Example: the permissions word of the access contract
///
/// ```
/// use dimo_types::{Privilege, PrivilegeSet};
/// let granted = PrivilegeSet::from_sacd(0x3cc);
/// let expected = [Privilege::NonLocationData, Privilege::CurrentLocation, Privilege::AllTimeLocation];
/// assert!(granted.iter().eq(expected));
/// assert_eq!(PrivilegeSet::from_iter(expected).to_sacd(), 0x3cc);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PrivilegeSet(u16);

impl PrivilegeSet {
    /// No privilege.
    pub const EMPTY: Self = Self(0);

    /// The set with `privilege` in it.
    #[must_use]
    pub const fn with(self, privilege: Privilege) -> Self {
        Self(self.0 | 1 << privilege.index())
    }

    /// Whether `privilege` is in it.
    #[must_use]
    pub const fn contains(self, privilege: Privilege) -> bool {
        self.0 & 1 << privilege.index() != 0
    }

    /// Everything in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether nothing is in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What is in it, by index.
    pub fn iter(self) -> impl Iterator<Item = Privilege> + Clone {
        Privilege::ALL.into_iter().filter(move |privilege| self.contains(*privilege))
    }

    /// The low bits of the contract's `permissions`: two for each privilege at twice its index, both set when it is held.
    #[must_use]
    pub const fn to_sacd(self) -> u32 {
        let mut word = 0;
        let mut index = 0;
        while index < 16 {
            if self.0 & 1 << index != 0 {
                word |= 0b11 << (2 * index);
            }
            index += 1;
        }
        word
    }

    /// The set of the contract's `permissions`, low 32 bits. A privilege is held only with both of its bits; indices
    /// without a [`Privilege`] are dropped, so a newer permission is never taken for one of these.
    #[must_use]
    pub fn from_sacd(word: u32) -> Self {
        Privilege::ALL
            .into_iter()
            .filter(|privilege| word >> (2 * privilege.index()) & 0b11 == 0b11)
            .collect()
    }
}

impl FromIterator<Privilege> for PrivilegeSet {
    fn from_iter<I: IntoIterator<Item = Privilege>>(privileges: I) -> Self {
        privileges.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl fmt::Debug for PrivilegeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for PrivilegeSet {
    /// A list of ids.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for PrivilegeSet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> serde::de::Visitor<'de> for List {
            type Value = PrivilegeSet;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of privileges")
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<PrivilegeSet, A::Error> {
                let mut set = PrivilegeSet::EMPTY;
                while let Some(privilege) = list.next_element()? {
                    set = set.with(privilege);
                }
                Ok(set)
            }
        }
        deserializer.deserialize_seq(List)
    }
}
