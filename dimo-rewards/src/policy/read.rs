//! How a [`Policy`] is read: whole, and checked.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Policy;

impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The derived function of that name, which `remote = "Self"` makes inherent.
        let policy = Self::deserialize(deserializer)?;
        policy.check().map_err(serde::de::Error::custom)?;
        Ok(policy)
    }
}
