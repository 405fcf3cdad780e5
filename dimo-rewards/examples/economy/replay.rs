//! [`Replay`]: the economy, and what the events call the things in it.

use std::collections::HashMap;
use std::num::NonZeroU64;

use dimo_rewards::{Account, Actor, BasisPoints, Bonding, Economy, Name, NftId, Policy, Slash, Verdict};
use dimo_types::{
    Address, CertificationStatus, Checklist, DeviceType, ProviderKind, Timestamp, TokenId, Wei,
};

use crate::event::{Event, More};

/// An economy under replay.
pub(crate) struct Replay {
    economy: Economy,
    devices: HashMap<String, Address>,
    vehicles: HashMap<String, TokenId>,
}

/// Why an event is refused, in words.
type Refused = String;

impl Replay {
    pub(crate) fn new(royalty: BasisPoints) -> Self {
        let economy = Economy::new(Policy::dip4(royalty));
        Self { economy, devices: HashMap::new(), vehicles: HashMap::new() }
    }

    pub(crate) fn economy(&self) -> &Economy {
        &self.economy
    }

    /// Does what an event says; what has no day of its own happens with the one before it.
    pub(crate) fn perform(&mut self, at: Option<Timestamp>, event: Event) -> Result<(), Refused> {
        let at = at.unwrap_or(self.economy.now());
        let economy = &mut self.economy;
        match event {
            Event::Policy { .. } => Err("the policy is the first line and no other".to_owned()),
            Event::Open { account, amount } => done(economy.open(at, account_of(&account)?, amount)),
            Event::Apply { by, kind } => done(economy.apply(at, provider_of(&by)?, kind)),
            Event::Grant { by, provider } => done(economy.licensing(by).grant(at, &provider)),
            Event::Suspend { by, provider } => done(economy.licensing(by).suspend(at, &provider)),
            Event::Reinstate { by, provider } => done(economy.licensing(by).reinstate(at, &provider)),
            Event::Revoke { by, provider } => done(economy.licensing(by).revoke(at, &provider)),
            Event::Raise { by, provider, amount } => {
                done(economy.licensing(by).require_stake(at, &provider, amount))
            }
            Event::Approve { by, provider, model, device_type } => {
                done(economy.licensing(by).approve(at, &provider, &model, &met(device_type), &[]))
            }
            Event::Stake { by, provider, amount } => {
                done(economy.stake(at, &account_of(&by)?, &provider, amount))
            }
            Event::Buy { by, device_type, count } => {
                let count = NonZeroU64::new(count).ok_or("nothing is bought")?;
                done(economy.buy_many(at, &account_of(&by)?, device_type, count))
            }
            Event::Resell { by, to, nft, price } => {
                done(economy.resell(at, &account_of(&by)?, &account_of(&to)?, nft_of(&nft)?, price))
            }
            Event::Close { month } => done(economy.close(at, month)),
            Event::Challenge { by, id, provider, violation } => {
                let violation = violation.ok_or("a challenge names an obligation")?;
                done(economy.challenge(at, &by, &id, &provider, violation))
            }
            Event::Renounce { by } => done(economy.renounce(at, provider_of(&by)?)),
            Event::Release { by } => done(economy.release(at, provider_of(&by)?)),
            Event::Quantity { by, device_type, add } => self.vote(at, &by, device_type, add),
            Event::Verdict { by, id, upheld, burn, compensate } => {
                let verdict = verdict(upheld, burn, &compensate)?;
                self.decide(at, &by, &id, verdict)
            }
            Event::Bond { by, nft, device, model } => self.bond(at, &by, &nft, device, model),
            Event::Connect { device, vehicle } => self.connect(at, &device, vehicle),
            Event::Disconnect { device } => {
                let device = self.device(&device)?;
                done(self.economy.disconnect(at, &device))
            }
            Event::Ban { by, device } => {
                let device = self.device(&device)?;
                done(self.economy.licensing(by).ban(at, &device))
            }
        }
    }

    fn vote(&mut self, at: Timestamp, by: &Actor, device_type: DeviceType, add: More) -> Result<(), Refused> {
        if *by != Actor::TokenHolders {
            return Err(format!("{by} cannot vote for all token holders"));
        }
        let holders = &mut self.economy.token_holders();
        match add {
            More::Number(more) => done(holders.add_quantity(at, device_type, more)),
            More::Unlimited => done(holders.lift_quantity(at, device_type)),
        }
    }

    fn decide(&mut self, at: Timestamp, by: &Actor, id: &Name, verdict: Verdict) -> Result<(), Refused> {
        if *by != Actor::Court {
            return Err(format!("{by} is not the court"));
        }
        done(self.economy.court().decide(at, id, verdict))
    }

    fn bond(
        &mut self,
        at: Timestamp,
        by: &Actor,
        nft: &str,
        device: String,
        model: Name,
    ) -> Result<(), Refused> {
        let (provider, nft) = (provider_of(by)?, nft_of(nft)?);
        let place = self.devices.len() as u64 + 1;
        let device = self.devices.entry(device).or_insert_with(|| address(place));
        let bonding = Bonding { nft, device: *device, model, country: None };
        done(self.economy.bond(at, provider, &bonding))
    }

    fn connect(&mut self, at: Timestamp, device: &str, vehicle: String) -> Result<(), Refused> {
        let device = self.device(device)?;
        let place = self.vehicles.len() as u64 + 1;
        let vehicle = self.vehicles.entry(vehicle).or_insert(TokenId::from(place));
        done(self.economy.connect(at, &device, *vehicle))
    }

    fn device(&self, label: &str) -> Result<Address, Refused> {
        self.devices.get(label).copied().ok_or_else(|| "there is no such device".to_owned())
    }
}

/// A wallet for the device of this number; the events name devices as they like.
fn address(place: u64) -> Address {
    let mut address = [0; 20];
    address[12..].copy_from_slice(&place.to_be_bytes());
    Address::new(address)
}

/// A list on which everything is met: what was examined, the events do not say.
fn met(device_type: DeviceType) -> Checklist<'static> {
    let kind = device_type.dip4().map_or(ProviderKind::Hardware, |info| info.provider);
    let mut list = Checklist::new(device_type, kind, &[]);
    list.set_all(CertificationStatus::Met { evidence: "as the event states" });
    list
}

fn account_of(actor: &Actor) -> Result<Account, Refused> {
    actor.account().ok_or_else(|| format!("{actor} has no account"))
}

fn provider_of(actor: &Actor) -> Result<&Name, Refused> {
    match actor {
        Actor::Provider(name) => Ok(name),
        _ => Err(format!("{actor} is no provider")),
    }
}

fn nft_of(text: &str) -> Result<NftId, Refused> {
    text.parse().map_err(|_| format!("there is no NFT {text}"))
}

/// What the Court says.
fn verdict(upheld: bool, burn: Wei, compensate: &[(Actor, Wei)]) -> Result<Verdict, Refused> {
    let mut slash = Slash::new(burn);
    for (user, amount) in compensate {
        slash = slash.and_compensate(account_of(user)?, *amount);
    }
    match (upheld, slash.total()) {
        (true, _) => Ok(Verdict::Upheld(slash)),
        (false, Some(Wei::ZERO)) => Ok(Verdict::Rejected),
        (false, _) => Err("a challenge that is not upheld takes nothing".to_owned()),
    }
}

/// What an operation returns is of no interest here; why it is refused, in words.
fn done<T>(result: Result<T, impl std::fmt::Display>) -> Result<(), Refused> {
    result.map(drop).map_err(|reason| reason.to_string())
}
