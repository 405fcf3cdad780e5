//! Which numbers make a machine.

use dimo_hal::power::{Heartbeat, PowerConfig, PowerConfigError};

#[test]
fn every_profile_is_in_order_and_twenty_four_volts_are_twice_twelve() {
    for profile in [PowerConfig::TWELVE_VOLT, PowerConfig::TWENTY_FOUR_VOLT, PowerConfig::ELECTRIC] {
        assert_eq!(profile.validate(), Ok(()));
    }
    let (half, whole) = (PowerConfig::TWELVE_VOLT, PowerConfig::TWENTY_FOUR_VOLT);
    assert_eq!(whole.wake_mv, 2 * half.wake_mv);
    assert_eq!(whole.cut_out_mv, 2 * half.cut_out_mv);
    assert_eq!(whole.hysteresis_mv(), 600);
}

#[test]
fn what_flaps_or_drains_is_refused() {
    let good = PowerConfig::TWELVE_VOLT;
    let bad = [
        PowerConfig { wake_mv: good.sleep_mv + 299, ..good },
        PowerConfig { recover_mv: good.cut_out_mv, ..good },
        PowerConfig { sleep_mv: 12_100, ..good },
        PowerConfig { write_mv: 12_300, ..good },
        PowerConfig { write_mv: 0, cut_out_mv: 0, recover_mv: 300, ..good },
        PowerConfig { rise_mv: 100, ..good },
        PowerConfig { cut_out_ms: 3_600_001, ..good },
        PowerConfig { awake_max_ms: 0, ..good },
        PowerConfig { sleep_after_ms: u64::MAX, ..good },
        PowerConfig { nominal_mv: 0, ..good },
        PowerConfig { heartbeats: [Heartbeat { until_ms: 1, every_ms: 1 }; 3], ..good },
    ];
    for config in bad {
        assert!(config.validate().is_err(), "{config:?}");
    }
    let unordered = PowerConfig { sleep_mv: 12_100, ..good };
    assert_eq!(unordered.validate(), Err(PowerConfigError::Order));
}
