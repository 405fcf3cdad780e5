//! One device from its sale to the end of its 24 months, with an interruption.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what they expect")]
mod util;

use dimo_rewards::{Account, CloseError, Economy, Period, Purpose, SaleNumber, ScheduleState};
use dimo_types::{DeviceType, Month, Wei};
use util::{DEVICE, acme, dimo, first_of, last_of, month, provider};

/// A licensed provider with its stake and no money left but for one standard dongle, sold in January 2023 and connected.
struct World(util::World);

impl World {
    fn new() -> Self {
        let mut world = util::World::without_providers();
        world.economy = Economy::new(world.economy.policy().clone());
        world.now = first_of(month("2023-01"));
        world.economy.open(world.now, provider(&acme()), dimo("100050")).unwrap();
        world.licenses(&acme());
        world.stakes(&provider(&acme()), &acme(), "100000");
        world.approves(&acme(), DeviceType::StandardDongle);
        let nft = world.connected(DeviceType::StandardDongle, DEVICE);
        assert_eq!((nft.number, nft.to_string().as_str()), (SaleNumber::FIRST, "standard-dongle#1"));
        Self(world)
    }

    /// Closes `closed` at the first moment after it, and returns the rebate and the team share paid.
    fn close(&mut self, closed: Month) -> (Wei, Wei) {
        self.0.now = first_of(closed.plus(1));
        let settlement = self.0.economy.close(self.0.now, closed).unwrap();
        (settlement.rebate_of(&acme()), settlement.team_share())
    }

    fn state(&self) -> ScheduleState {
        let nft = self.0.economy.nft_of(&DEVICE).unwrap();
        self.0.economy.nft(nft).unwrap().schedule.state()
    }

    fn statement(&self, first: &str, last: &str) -> String {
        let period = Period::new(month(first), month(last)).unwrap();
        self.0.economy.statement(period).unwrap().to_string()
    }
}

#[test]
fn a_device_pays_back_over_24_months_that_count_and_a_pause_delays_the_end() {
    let mut world = World::new();
    let start = month("2023-01");

    // Three months count. 35/24 and 7.5/24 are no whole numbers of wei in each month, but every third is.
    assert_eq!(world.close(start), (dimo("1.458333333333333333"), dimo("0.3125")));
    assert_eq!(world.close(start.plus(1)), (dimo("1.458333333333333333"), dimo("0.3125")));
    assert_eq!(world.close(start.plus(2)), (dimo("1.458333333333333334"), dimo("0.3125")));

    // The device is unplugged for one close, and the provider suspended for the next.
    world.0.economy.disconnect(world.0.now, &DEVICE).unwrap();
    assert_eq!(world.close(start.plus(3)), (Wei::ZERO, Wei::ZERO));
    assert_eq!(world.state(), ScheduleState::Paused);
    world.0.connects(DEVICE, 43);
    world.0.economy.integrations().suspend(world.0.now, &acme()).unwrap();
    assert_eq!(world.close(start.plus(4)), (Wei::ZERO, Wei::ZERO));
    world.0.economy.integrations().reinstate(world.0.now, &acme()).unwrap();

    // 21 more months count; the two missed ones come at the end.
    for later in 5..26 {
        assert_eq!(world.state(), if later == 5 { ScheduleState::Paused } else { ScheduleState::Running });
        assert_ne!(world.close(start.plus(later)).0, Wei::ZERO, "{}", start.plus(later));
    }
    assert_eq!(world.state(), ScheduleState::Paid);
    assert_eq!(world.close(start.plus(26)), (Wei::ZERO, Wei::ZERO));

    assert_eq!(world.0.economy.ledger().balance(&Account::Escrow), Wei::ZERO);
    assert!(world.0.economy.ledger().is_conserved());
    assert_eq!(
        world.statement("2023-01", "2025-03"),
        "\
2023-01 to 2025-03, in $DIMO
account         opening   credits    debits   balance
escrow              0.0      42.5      42.5       0.0
integrations        0.0       7.5       0.0       7.5
provider:acme       0.0  100085.0  100050.0      35.0
stake:acme          0.0  100000.0       0.0  100000.0
treasury            0.0       7.5       0.0       7.5
sum                 0.0  200142.5  100092.5  100050.0"
    );
    // January and February, each posted on the first of the month after it.
    assert_eq!(
        world.statement("2023-02", "2023-03"),
        "\
2023-02 to 2023-03, in $DIMO
account                          opening                    credits                     debits                    balance
escrow             42.500000000000000000       0.000000000000000000       3.541666666666666666      38.958333333333333334
integrations        0.000000000000000000       0.625000000000000000       0.000000000000000000       0.625000000000000000
provider:acme       0.000000000000000000       2.916666666666666666       0.000000000000000000       2.916666666666666666
stake:acme     100000.000000000000000000       0.000000000000000000       0.000000000000000000  100000.000000000000000000
treasury            7.500000000000000000       0.000000000000000000       0.000000000000000000       7.500000000000000000
sum            100050.000000000000000000       3.541666666666666666       3.541666666666666666  100050.000000000000000000"
    );
    // The last instalment, 35/24 + 7.5/24, in whole $DIMO.
    let last = Period::from(month("2025-03"));
    let last = format!("{:.0}", world.0.economy.statement(last).unwrap());
    assert_eq!(last.lines().nth(2), Some("escrow               1        0        1        0"));
}

#[test]
fn a_month_is_closed_once_and_not_before_it_is_over() {
    let mut world = World::new();
    let january = month("2023-01");
    world.0.now = last_of(january);
    let early = world.0.refuses(|economy, at| economy.close(at, january));
    assert_eq!(early, CloseError::NotOver { month: january });
    world.close(january);
    let again = world.0.on("2023-06-01").refuses(|economy, at| economy.close(at, january));
    assert_eq!(again, CloseError::AlreadyClosed { month: january });
}

#[test]
fn a_revocation_ends_the_schedule_and_the_rest_goes_to_the_treasury() {
    let mut world = World::new();
    world.close(month("2023-01"));
    world.0.economy.integrations().revoke(world.0.now, &acme()).unwrap();
    assert_eq!(world.state(), ScheduleState::Ended);
    assert_eq!(world.close(month("2023-02")), (Wei::ZERO, Wei::ZERO));
    let ledger = world.0.economy.ledger();
    assert_eq!(ledger.balance(&Account::Escrow), Wei::ZERO);
    assert_eq!(ledger.balance(&Account::Treasury), dimo("48.229166666666666667"));
    assert_eq!(ledger.balance(&provider(&acme())), dimo("1.458333333333333333"));
    assert_eq!(ledger.balance(&Account::Stake(acme())), dimo("100000"));
    assert!(ledger.is_conserved());
}

#[test]
fn the_books_say_what_every_movement_was_for() {
    let mut world = World::new();
    world.close(month("2023-01"));
    let lines: Vec<String> = world
        .0
        .economy
        .ledger()
        .entries()
        .map(|entry| format!("{} -> {}: {} ({})", entry.from, entry.to, entry.amount, entry.purpose))
        .collect();
    assert_eq!(
        lines,
        [
            "outside -> provider:acme: 100050 (opening balance)",
            "provider:acme -> stake:acme: 100000 (stake)",
            "provider:acme -> escrow: 42.5 (set aside at sale, standard-dongle)",
            "provider:acme -> treasury: 7.5 (treasury share, standard-dongle)",
            "escrow -> provider:acme: 1.458333333333333333 (rebate for 2023-01, standard-dongle)",
            "escrow -> integrations: 0.3125 (team share for 2023-01, standard-dongle)",
        ]
    );
    let last = world.0.economy.ledger().entries().last().unwrap();
    assert_eq!(last.purpose, Purpose::TeamShare(DeviceType::StandardDongle, month("2023-01")));
}
