//! [`Signal`]: how well a modem hears its network.

/// How well a modem hears its network; `None` where it does not say, which is also when it hears nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signal {
    /// All power in the band, in dBm, -113 to -48.
    pub rssi_dbm: Option<i16>,
    /// The power of the reference signal, in dBm, -141 to -44 (LTE).
    pub rsrp_dbm: Option<i16>,
    /// The quality of the reference signal, in tenths of a decibel, -200 to -30 (LTE).
    pub rsrq_tenths_db: Option<i16>,
}

impl Signal {
    /// From the indices of `+CSQ` (3GPP TS 27.007, 8.5): 0 to 31, 99 unknown.
    #[must_use]
    pub fn from_csq(rssi: u8) -> Self {
        Self { rssi_dbm: within(rssi, 31).map(|index| -113 + 2 * index), ..Self::default() }
    }

    /// From the indices of `+CESQ` (3GPP TS 27.007, 8.69): received level 0 to 63, 99 unknown; RSRQ 0 to 34 and RSRP 0 to 97,
    /// 255 unknown. Each index stands for a step; the value is its lower end.
    #[must_use]
    pub fn from_cesq(rxlev: u8, rsrq: u8, rsrp: u8) -> Self {
        Self {
            rssi_dbm: within(rxlev, 63).map(|index| -111 + index),
            rsrp_dbm: within(rsrp, 97).map(|index| -141 + index),
            rsrq_tenths_db: within(rsrq, 34).map(|index| -200 + 5 * index),
        }
    }
}

fn within(index: u8, last: u8) -> Option<i16> {
    (index <= last).then_some(i16::from(index))
}
