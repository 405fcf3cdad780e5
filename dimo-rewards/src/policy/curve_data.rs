//! How a [`Curve`] is written: its three numbers, without the table it computes from them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{BasisPoints, Curve};

/// `{ "ceiling": 1500, "floor": 10, "decay": 999999 }`: basis points, and millionths kept from sale to sale.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Curve", deny_unknown_fields)]
struct CurveData {
    ceiling: BasisPoints,
    floor: BasisPoints,
    decay: u32,
}

impl Serialize for Curve {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        CurveData { ceiling: self.ceiling(), floor: self.floor(), decay: self.decay() }.serialize(serializer)
    }
}

/// Checked as by [`Curve::new`].
impl<'de> Deserialize<'de> for Curve {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let data = CurveData::deserialize(deserializer)?;
        Self::new(data.ceiling, data.floor, data.decay).map_err(serde::de::Error::custom)
    }
}
