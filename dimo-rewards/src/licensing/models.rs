//! Device models approved and banned, devices banned, device types and specifications added.

use alloc::vec::Vec;

use dimo_types::{AdditionalSpecification, Address, Checklist, Country, DeviceType, Timestamp, Wei};

use super::licences::require_held;
use super::{ApprovalError, BanError, Licensing, TypeError};
use crate::{
    AddedSpecification, Certified, Economy, Model, ModelState, Name, NftId, NftTerms, Outcome, Power,
};

impl Licensing<'_> {
    /// Approves a device model or a software service for a licensed provider, on a list in which every row is met, for the
    /// countries named, or for all of the policy where none is. Decides the provider's oldest open application.
    ///
    /// An approved model may be approved again, with a new list; its type stays.
    ///
    /// # Errors
    ///
    /// [`ApprovalError`].
    pub fn approve(
        &mut self,
        at: Timestamp,
        provider: &Name,
        model: &Name,
        list: &Checklist<'_>,
        countries: &[Country],
    ) -> Result<(), ApprovalError> {
        self.act(at, Power::Models, |economy| {
            let device_type = list.device_type();
            let known = economy.providers.get(provider).ok_or(ApprovalError::UnknownProvider)?;
            require_held(known.licence.as_ref().ok_or(ApprovalError::NotLicensed)?)?;
            match known.models.get(model) {
                Some(Model { state: ModelState::Banned, .. }) => return Err(ApprovalError::Banned),
                Some(approved) if approved.device_type != device_type => {
                    return Err(ApprovalError::OtherType { device_type: approved.device_type });
                }
                _ => {}
            }
            let certifications = certify(economy, list)?;
            for country in countries {
                economy.policy().geography.check(*country)?;
            }
            let (countries, state) = (countries.to_vec(), ModelState::Approved);
            let approved = Model { device_type, certifications, countries, state };
            if let Some(known) = economy.providers.get_mut(provider) {
                known.models.insert(model.clone(), approved);
            }
            if let Some(case) = economy.record.undecided(provider).next() {
                case.outcome = Some((at, Outcome::Granted));
            }
            Ok(())
        })
    }

    /// Bans a device from the network, "e.g., if they're not secure and provide false data" (DIP-4, Slashing & License
    /// Revocation), for good. Its schedule ends, and what is left of it goes to the treasury: the amount returned.
    ///
    /// # Errors
    ///
    /// [`BanError`].
    pub fn ban(&mut self, at: Timestamp, device: &Address) -> Result<Wei, BanError> {
        self.act(at, Power::Bans, |economy| {
            if economy.banned.contains(device) {
                return Err(BanError::Banned);
            }
            let nft = economy.nft_of(device).ok_or(BanError::UnknownDevice)?;
            economy.ban_devices(at, &[nft])
        })
    }

    /// Bans a model: no device of it is bonded any more, and those that are bonded are banned. Returns what goes to the treasury.
    ///
    /// # Errors
    ///
    /// [`BanError`].
    pub fn ban_model(&mut self, at: Timestamp, provider: &Name, model: &Name) -> Result<Wei, BanError> {
        self.act(at, Power::Bans, |economy| {
            let models = economy.providers.get(provider).map(|provider| &provider.models);
            match models.and_then(|models| models.get(model)).map(|model| model.state) {
                None => return Err(BanError::UnknownModel),
                Some(ModelState::Banned) => return Err(BanError::Banned),
                Some(ModelState::Approved) => {}
            }
            // Not the account of a connection that was ended: another NFT may have it now, for another model.
            let devices = economy.bonded(|id, bond| {
                bond.provider == *provider && bond.model == *model && economy.nft_of(&bond.device) == Some(id)
            });
            let rest = economy.ban_devices(at, &devices)?;
            let models = economy.providers.get_mut(provider).map(|provider| &mut provider.models);
            if let Some(model) = models.and_then(|models| models.get_mut(model)) {
                model.state = ModelState::Banned;
            }
            Ok(rest)
        })
    }

    /// Adds a device type and the terms of its NFTs (DIP-4, Integration Types: "New device types may be added at any time").
    ///
    /// # Errors
    ///
    /// [`TypeError`].
    pub fn add_device_type(
        &mut self,
        at: Timestamp,
        device_type: DeviceType,
        terms: NftTerms,
    ) -> Result<(), TypeError> {
        self.act(at, Power::DeviceTypes, |economy| {
            let policy = economy.policies.current_mut();
            if policy.nfts.contains_key(&device_type) {
                return Err(TypeError::Known { device_type });
            }
            if terms.price == Wei::ZERO {
                return Err(TypeError::Free);
            }
            policy.nfts.insert(device_type, terms);
            Ok(())
        })
    }

    /// Adds a specification beyond the minimum, for one device type or for all. It binds the models approved from then on; there
    /// is no way to take one back or to lower the minimum.
    ///
    /// # Errors
    ///
    /// [`TypeError`].
    pub fn add_specification(
        &mut self,
        at: Timestamp,
        specification: &AdditionalSpecification<'_>,
    ) -> Result<(), TypeError> {
        self.act(at, Power::Specifications, |economy| {
            if economy.specifications.iter().any(|known| known.name == specification.name) {
                return Err(TypeError::KnownSpecification);
            }
            economy.specifications.push(AddedSpecification::of(specification));
            Ok(())
        })
    }
}

/// What a list proves, if it has every row that is asked, and every row is met.
fn certify(economy: &Economy, list: &Checklist<'_>) -> Result<Vec<Certified>, ApprovalError> {
    let (device_type, kind) = (list.device_type(), list.provider_kind());
    let terms = economy.policy().nfts.get(&device_type).ok_or(ApprovalError::NotForSale { device_type })?;
    if terms.provider != kind {
        return Err(ApprovalError::OtherKind { kind: terms.provider });
    }
    let rows = Certified::rows(list).map_err(|specification| ApprovalError::NotMet { specification })?;
    let asked = economy.specifications.iter().map(AddedSpecification::as_additional);
    for addition in asked.filter(|addition| addition.applies(device_type, kind)) {
        if !rows.iter().any(|row| row.specification == addition.name) {
            return Err(ApprovalError::NotMet { specification: addition.name.into() });
        }
    }
    Ok(rows)
}

impl Economy {
    /// Bans the devices of bonded NFTs, none or all.
    fn ban_devices(&mut self, at: Timestamp, nfts: &[NftId]) -> Result<Wei, BanError> {
        let rest = self.end_schedules(at, nfts)?;
        for nft in nfts {
            let bond = self.nfts.get(nft).and_then(|nft| nft.bond.as_ref());
            self.banned.extend(bond.map(|bond| bond.device));
            // Cannot be refused: it is bonded.
            let _ = self.turn(at, *nft, crate::Connection::Disconnected);
        }
        Ok(rest)
    }
}
