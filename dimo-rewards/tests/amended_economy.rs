//! An economy under the adopted amendment.

mod util;

use dimo_rewards::{Economy, Policy, Standing};
use dimo_types::{DeviceType, Wei};
use util::*;

#[test]
fn it_keeps_licences_and_connections_and_pays_nobody() {
    let mut economy = Economy::new(Policy::amended());
    economy.open(day("2024-07-10"), provider(&acme()), dimo("77101")).unwrap();
    let mut world = World { economy, now: day("2024-07-10") };
    world.licenses(&acme());
    world.stakes(&provider(&acme()), &acme(), "77101");
    world.approves(&acme(), DeviceType::Hub);
    world.connected(DeviceType::Hub, DEVICE);
    let settled = world.economy.close(day("2024-08-01"), month("2024-07")).unwrap();
    assert_eq!((settled.rebate_of(&acme()), settled.team_share()), (Wei::ZERO, Wei::ZERO));

    // $0.20 on 1 January: 50,000 $DIMO, and the rest may go.
    let mut policy = world.economy.policy().clone();
    let rebased = policy.observe_price(day("2025-01-01"), "0.20".parse().unwrap()).unwrap().unwrap();
    let stake = world.economy.stake_of(&acme()).unwrap();
    let effect = rebased.effect_on(stake.requirement(), stake.balance());
    assert_eq!(
        effect,
        dimo_rewards::HolderEffect::MayWithdraw { requirement: dimo("50000"), excess: dimo("27101") }
    );
    world.economy.token_holders().amend(day("2025-01-01"), policy.clone()).unwrap();
    assert_eq!(world.economy.withdraw_excess(day("2025-01-02"), &acme()), Ok(dimo("27101")));

    // $0.10: 100,000 $DIMO for others; acme is grandfathered.
    policy.observe_price(day("2025-03-01"), "0.10".parse().unwrap()).unwrap().unwrap();
    assert_eq!(policy.stake, dimo("100000"));
    world.economy.token_holders().amend(day("2025-03-01"), policy).unwrap();
    assert_eq!(world.economy.standing(&acme()), Standing::Good);
}
