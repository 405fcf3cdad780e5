//! The morning: licence, NFTs, pairing, the account and the consent.

use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::{MintVehicleAndSynthetic, SharingConsent, SoftwareKey};
use dimo_rewards::Account;
use dimo_types::{SharingPolicy, TokenId, Wei};

use super::{CONNECTION, FIRST_KEY, World};
use crate::books::Books;
use crate::connection::Connection;
use crate::linked::Linked;
use crate::mapping::Mapping;
use crate::owner::{Owner, accept, grants};
use crate::poller::{Poller, Tokens};
use crate::registry::{REGISTRY, Synthetic};
use crate::report::{Checked, hold, reason};

impl World {
    pub(super) fn licence_and_stake(&mut self) -> Checked {
        let standing = |books: &Books| books.economy.standing(&books.provider);
        hold(!standing(&self.books).is_good(), || "in good standing without a stake".to_owned())?;
        self.books.stake(self.start)?;
        standing(&self.books).require().map_err(reason)?;
        let stake = Account::Stake(self.books.provider.clone());
        let held = self.books.economy.ledger().balance(&stake);
        hold(held == Wei::from_dimo(100_000).unwrap_or_default(), || format!("{held} $DIMO are staked"))
    }

    pub(super) fn mint(&mut self) -> Checked {
        let vehicle = self.owner.vehicle();
        let connection =
            MintVehicleAndSynthetic { registry: REGISTRY, connection: TokenId::from(CONNECTION) };
        let by_connection = self.key.sign(&connection).map_err(reason)?;
        let address = self.key.address();
        let forged = Owner::stranger()?.sign_vehicle(&vehicle)?;
        let refused = self.registry.mint_both(&vehicle, &forged, connection, &by_connection, address);
        hold(refused.is_err(), || "a stranger's signature minted the vehicle".to_owned())?;
        let by_owner = self.owner.sign_vehicle(&vehicle)?;
        let minted = self.registry.mint_both(&vehicle, &by_owner, connection, &by_connection, address)?;
        self.synthetic = Some(minted);
        Ok(())
    }

    pub(super) fn pair(&mut self) -> Checked {
        let Synthetic { vehicle, address, .. } = self.synthetic.ok_or("nothing was minted")?;
        let (before, price) = (self.books.balance(), self.books.price()?);
        let nft = self.books.buy(self.start)?;
        let paid = before.checked_sub(self.books.balance()).unwrap_or_default();
        hold(paid == price && price == Wei::from_dimo(10).unwrap_or_default(), || {
            format!("{paid} $DIMO paid")
        })?;
        self.books.bond(self.start, nft, address)?;
        self.books.economy.connect(self.start, &address, vehicle).map_err(reason)?;
        let sold = self.books.economy.nft(nft).ok_or("the NFT is gone")?;
        let (rebate, months) = (sold.split.rebate(), sold.schedule.months().get());
        hold(rebate == Wei::from_dimo(7).unwrap_or_default() && months == 24, || {
            format!("{rebate} $DIMO come back in {months} months")
        })?;
        let bond = self.books.economy.nft(nft).and_then(|nft| nft.bond).ok_or("the NFT is not bonded")?;
        hold(bond.vehicle == Some(vehicle), || "the NFT is not with the vehicle".to_owned())?;
        let elsewhere = self.books.economy.connect(self.start, &address, TokenId::from(1));
        hold(elsewhere.is_err(), || "the NFT moved to another vehicle".to_owned())?;
        self.nft = Some(nft);
        Ok(())
    }

    pub(super) fn link(&mut self) -> Checked {
        hold(self.client.link("guessed").is_none(), || "a guessed code was taken".to_owned())?;
        let code = self.running.inside().account.owner_consents();
        let answer = self.client.link(&code).ok_or("the code was refused")?;
        hold(self.client.link(&code).is_none(), || "the code was taken twice".to_owned())?;
        let tokens = Tokens::received(answer, self.clock.now(), None);
        self.tokens = Some(tokens.ok_or("no refresh token")?);
        Ok(())
    }

    pub(super) fn consent(&mut self) -> Checked {
        let synthetic = self.synthetic.ok_or("nothing was minted")?;
        let (vehicle, device, owner) = (synthetic.vehicle, synthetic.address, self.owner.address());
        let grants = grants(self.start);
        let policy = SharingPolicy::new(vehicle, 1, &grants).map_err(reason)?;
        let consent = SharingConsent { registry: REGISTRY, device, policy };
        let forged = Owner::stranger()?.sign_consent(&consent)?;
        let refused = accept(vehicle, device, owner, policy, &forged);
        hold(refused.is_err(), || "a stranger's consent was taken".to_owned())?;
        let signature = self.owner.sign_consent(&consent)?;
        let policy = accept(vehicle, device, owner, policy, &signature)?;
        let mapping = Mapping::new();
        let connection = Connection::new(self.key_again()?, synthetic, mapping.dictionary());
        self.backend.take_dictionary(&connection.dictionary_message())?;
        let tokens = self.tokens.take().ok_or("the account is not linked")?;
        let poller = Poller::new(self.setting.patience, tokens);
        self.linked = Some(Linked::new(connection, poller, mapping, &policy));
        Ok(())
    }

    /// The wallet that mints and the uplink are two users of one key.
    fn key_again(&self) -> Checked<SoftwareKey> {
        SoftwareKey::from_bytes(FIRST_KEY).map_err(reason)
    }
}
