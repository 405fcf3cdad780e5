//! [`Op`]: every operation of the economy, as data that can be done again.

use std::num::NonZeroU64;

use dimo_rewards::{
    Account, Actor, Bonding, CaseId, Economy, IncidentId, Name, NftId, NftTerms, Policy, Power, TeamSplit,
    Verdict, Violation,
};
use dimo_types::{
    AdditionalSpecification, Address, Country, DeviceType, Month, ProviderKind, Timestamp, TokenId, Wei,
};

use crate::util::met;

/// Something that somebody tries.
#[expect(clippy::large_enum_variant, reason = "a few hundred of them live in a test")]
#[derive(Clone, Debug)]
pub(crate) enum Op {
    Open { account: Account, amount: Wei },
    Apply { provider: Name, kind: ProviderKind },
    Grant { by: Actor, provider: Name },
    Reject { by: Actor, case: CaseId },
    Suspend { by: Actor, provider: Name },
    Reinstate { by: Actor, provider: Name },
    Revoke { by: Actor, provider: Name },
    Require { by: Actor, provider: Name, requirement: Wei },
    Transfer { by: Actor, from: Name, to: Name },
    Stake { by: Account, provider: Name, amount: Wei },
    WithdrawExcess { provider: Name },
    Approve { by: Actor, provider: Name, model: Name, device_type: DeviceType },
    Ban { by: Actor, device: Address },
    BanModel { by: Actor, provider: Name, model: Name },
    AddType { by: Actor, device_type: DeviceType, terms: NftTerms },
    AddSpecification { by: Actor },
    Buy { by: Account, device_type: DeviceType, count: NonZeroU64 },
    Resell { by: Account, to: Account, nft: NftId, price: Wei },
    Bond { provider: Name, bonding: Bonding },
    Connect { device: Address, vehicle: TokenId },
    Disconnect { device: Address },
    Unlink { device: Address },
    Close { month: Month },
    Challenge { by: Actor, id: Name, provider: Name, violation: Violation },
    Decide { id: Name, verdict: Verdict },
    Renounce { provider: Name },
    Release { provider: Name },
    SetPowers { team: Actor, powers: Vec<Power> },
    AddQuantity { device_type: DeviceType, more: u64 },
    LiftQuantity { device_type: DeviceType },
    ApproveCountry { country: Country },
    Amend { policy: Policy },
    PayMembers { by: Actor, split: TeamSplit, amount: Wei },
    PublishAnalysis { by: Actor, case: CaseId },
    Alert { by: Actor, provider: Name },
    PostMortem { by: Actor, incident: IncidentId },
}

/// What an operation gave that later ones name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Given {
    Nothing,
    Case(CaseId),
    Incident(IncidentId),
}

/// How many operations there are.
pub(crate) const KINDS: usize = 36;

impl Op {
    /// Its name, for the counts.
    pub(crate) fn name(&self) -> String {
        let text = format!("{self:?}");
        text.chars().take_while(|c| c.is_alphanumeric()).collect()
    }

    /// Who acts with which power of DIMO Integrations, if this takes one.
    pub(crate) fn authority(&self) -> Option<(&Actor, Power)> {
        Some(match self {
            Self::Grant { by, .. } | Self::Reject { by, .. } | Self::Transfer { by, .. } => {
                (by, Power::Licences)
            }
            Self::Suspend { by, .. } | Self::Reinstate { by, .. } => (by, Power::Suspensions),
            Self::Revoke { by, .. } => (by, Power::Revocations),
            Self::Require { by, .. } => (by, Power::Requirements),
            Self::Approve { by, .. } => (by, Power::Models),
            Self::Ban { by, .. } | Self::BanModel { by, .. } => (by, Power::Bans),
            Self::AddType { by, .. } => (by, Power::DeviceTypes),
            Self::AddSpecification { by } => (by, Power::Specifications),
            Self::PayMembers { by, .. } => (by, Power::TeamShare),
            Self::PublishAnalysis { by, .. } | Self::Alert { by, .. } | Self::PostMortem { by, .. } => {
                (by, Power::Reports)
            }
            _ => return None,
        })
    }

    /// Tries it.
    pub(crate) fn perform(&self, economy: &mut Economy, at: Timestamp) -> Result<Given, String> {
        match self.clone() {
            Self::Open { account, amount } => done(economy.open(at, account, amount)),
            Self::Apply { provider, kind } => {
                economy.apply(at, &provider, kind).map(Given::Case).map_err(|refusal| refusal.to_string())
            }
            Self::Stake { by, provider, amount } => done(economy.stake(at, &by, &provider, amount)),
            Self::WithdrawExcess { provider } => done(economy.withdraw_excess(at, &provider)),
            Self::Buy { by, device_type, count } => done(economy.buy_many(at, &by, device_type, count)),
            Self::Resell { by, to, nft, price } => done(economy.resell(at, &by, &to, nft, price)),
            Self::Bond { provider, bonding } => done(economy.bond(at, &provider, &bonding)),
            Self::Connect { device, vehicle } => done(economy.connect(at, &device, vehicle)),
            Self::Disconnect { device } => done(economy.disconnect(at, &device)),
            Self::Unlink { device } => done(economy.unlink(at, &device)),
            Self::Close { month } => done(economy.close(at, month)),
            Self::Challenge { by, id, provider, violation } => {
                done(economy.challenge(at, &by, &id, &provider, violation))
            }
            Self::Decide { id, verdict } => done(economy.court().decide(at, &id, verdict)),
            Self::Renounce { provider } => done(economy.renounce(at, &provider)),
            Self::Release { provider } => done(economy.release(at, &provider)),
            other => other.perform_as_authority(economy, at),
        }
    }

    fn perform_as_authority(self, economy: &mut Economy, at: Timestamp) -> Result<Given, String> {
        match self {
            Self::Grant { by, provider } => done(economy.licensing(by).grant(at, &provider)),
            Self::PayMembers { by, split, amount } => {
                done(economy.licensing(by).pay_members(at, &split, amount))
            }
            Self::Reject { by, case } => done(economy.licensing(by).reject(at, case)),
            Self::Suspend { by, provider } => done(economy.licensing(by).suspend(at, &provider)),
            Self::Reinstate { by, provider } => done(economy.licensing(by).reinstate(at, &provider)),
            Self::Revoke { by, provider } => done(economy.licensing(by).revoke(at, &provider)),
            Self::Require { by, provider, requirement } => {
                done(economy.licensing(by).require_stake(at, &provider, requirement))
            }
            Self::Transfer { by, from, to } => done(economy.licensing(by).transfer(at, &from, &to)),
            Self::Approve { by, provider, model, device_type } => {
                done(economy.licensing(by).approve(at, &provider, &model, &met(device_type), &[]))
            }
            Self::Ban { by, device } => done(economy.licensing(by).ban(at, &device)),
            Self::BanModel { by, provider, model } => {
                done(economy.licensing(by).ban_model(at, &provider, &model))
            }
            Self::AddType { by, device_type, terms } => {
                done(economy.licensing(by).add_device_type(at, device_type, terms))
            }
            Self::AddSpecification { by } => {
                // Of a type that nobody here approves, so that lists without it stay complete.
                let camera = AdditionalSpecification::DASH_CAMERA_PRIVACY;
                done(economy.licensing(by).add_specification(at, &camera))
            }
            Self::PublishAnalysis { by, case } => {
                done(economy.licensing(by).publish_analysis(at, case, "as seen"))
            }
            Self::Alert { by, provider } => {
                let alerted = economy.licensing(by).alert(at, &provider, "keys leaked");
                alerted.map(Given::Incident).map_err(|refusal| refusal.to_string())
            }
            Self::PostMortem { by, incident } => {
                done(economy.licensing(by).publish_post_mortem(at, incident, "keys changed"))
            }
            Self::SetPowers { team, powers } => done(economy.token_holders().set_powers(at, team, powers)),
            Self::AddQuantity { device_type, more } => {
                done(economy.token_holders().add_quantity(at, device_type, more))
            }
            Self::LiftQuantity { device_type } => {
                done(economy.token_holders().lift_quantity(at, device_type))
            }
            Self::ApproveCountry { country } => done(economy.token_holders().approve_country(at, country)),
            Self::Amend { policy } => done(economy.token_holders().amend(at, policy)),
            other => unreachable!("{other:?} takes no authority"),
        }
    }
}

fn done<T>(result: Result<T, impl std::fmt::Display>) -> Result<Given, String> {
    result.map(|_| Given::Nothing).map_err(|refusal| refusal.to_string())
}
