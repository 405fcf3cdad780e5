//! The next morning: the month is paid, and the connection ends and is replaced.

use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::{BurnSynthetic, MintSynthetic, SoftwareKey};
use dimo_rewards::{Account, Connection as Paired, ScheduleState};
use dimo_types::{TokenId, Wei};

use super::{CONNECTION, World, one_reading};
use crate::backend::Authorities;
use crate::connection::Connection;
use crate::mapping::Mapping;
use crate::owner::Owner;
use crate::poller::Stopped;
use crate::registry::REGISTRY;
use crate::report::{Checked, hold, reason};

/// As in `day`: everybody can read it.
const SECOND_KEY: [u8; 32] = *b"synthetic device, the next one..";

impl World {
    pub(super) fn rebate(&mut self) -> Checked {
        let nft = self.nft.ok_or("no NFT was sent")?;
        let before = self.books.balance();
        let settled = self.books.close(self.clock.now(), self.start)?;
        let earned = self.books.balance().checked_sub(before).unwrap_or_default();
        let schedule = self.books.economy.nft(nft).ok_or("the NFT is gone")?.schedule;
        // 70 % of 10 $DIMO in 24 months, floored to the wei.
        let month = Wei::new(7_000_000_000_000_000_000 / 24);
        hold(settled.counted == 1 && schedule.counted() == 1 && earned == month, || {
            format!("{} months counted, {earned} $DIMO earned", schedule.counted())
        })
    }

    pub(super) fn revoked(&mut self) -> Checked {
        self.running.inside().account.owner_revokes();
        let stopped = self.poll_until(self.hours(30))?;
        hold(stopped == Some(Stopped::Revoked), || format!("it stopped with {stopped:?}"))?;
        let address = self.synthetic.ok_or("nothing was minted")?.address;
        self.books.economy.disconnect(self.clock.now(), &address).map_err(reason)?;
        let before = self.running.inside().counts.requests;
        self.poll_until(self.hours(48))?;
        let more = self.running.inside().counts.requests - before;
        hold(more == 0, || format!("{more} requests after the end"))
    }

    pub(super) fn unlink(&mut self) -> Checked {
        let synthetic = self.synthetic.ok_or("nothing was minted")?;
        let nft = self.nft.ok_or("no NFT was sent")?;
        let burn = BurnSynthetic {
            registry: REGISTRY,
            vehicle_node: synthetic.vehicle,
            synthetic_node: synthetic.node,
        };
        let forged = Owner::stranger()?.sign_burn(&burn)?;
        hold(self.registry.burn(burn, &forged).is_err(), || "a stranger burned the connection".to_owned())?;
        let by_owner = self.owner.sign_burn(&burn)?;
        self.registry.burn(burn, &by_owner)?;

        let treasury = self.books.economy.ledger().balance(&Account::Treasury);
        let rest = self.books.economy.unlink(self.clock.now(), &synthetic.address).map_err(reason)?;
        let bonded = self.books.economy.nft(nft).ok_or("the NFT is gone")?;
        let state = bonded.schedule.state();
        let connection = bonded.bond.as_ref().map(|bond| bond.connection);
        hold(state == ScheduleState::Ended && connection == Some(Paired::Disconnected), || {
            format!("{state:?}")
        })?;
        let ledger = self.books.economy.ledger();
        let grown = ledger.balance(&Account::Treasury).checked_sub(treasury);
        hold(rest > Wei::ZERO && grown == Some(rest), || format!("{rest} $DIMO left, treasury {grown:?}"))?;
        let escrow = ledger.balance(&Account::Escrow);
        hold(escrow == Wei::ZERO && ledger.is_conserved(), || format!("{escrow} $DIMO still set aside"))
    }

    pub(super) fn another(&mut self) -> Checked {
        let first = self.synthetic.ok_or("nothing was minted")?;
        let used = self.nft.ok_or("no NFT was sent")?;
        let mut key = SoftwareKey::from_bytes(SECOND_KEY).map_err(reason)?;
        let mint = MintSynthetic {
            registry: REGISTRY,
            connection: TokenId::from(CONNECTION),
            vehicle_node: first.vehicle,
        };
        let (by_owner, by_connection) = (self.owner.sign_mint(&mint)?, key.sign(&mint).map_err(reason)?);
        let second = self.registry.mint(mint, &by_owner, &by_connection, key.address())?;
        let third = self.registry.mint(mint, &by_owner, &by_connection, key.address());
        hold(third.is_err(), || "the vehicle has two software connections".to_owned())?;

        let now = self.clock.now();
        let connected = self.books.economy.connect(now, &second.address, second.vehicle);
        hold(connected.is_err(), || "it was connected without an NFT".to_owned())?;
        let again = self.books.bond(now, used, second.address);
        hold(again.is_err(), || "the first NFT served twice".to_owned())?;
        let before = self.books.balance();
        let nft = self.books.buy(now)?;
        let paid = before.checked_sub(self.books.balance());
        hold(nft != used && paid == Some(self.books.price()?), || format!("{nft} for {paid:?}"))?;
        self.books.bond(now, nft, second.address)?;
        self.books.economy.connect(now, &second.address, second.vehicle).map_err(reason)?;
        let bond = self.books.economy.nft(nft).and_then(|nft| nft.bond);
        let vehicle = bond.ok_or("the NFT is not bonded")?.vehicle;
        hold(vehicle == Some(first.vehicle), || "the NFT is not with the vehicle".to_owned())?;
        self.only_the_second_is_heard(Connection::new(key, second, Mapping::new().dictionary()))
    }

    /// The backend takes what the second connection sends, and nothing more of the first.
    fn only_the_second_is_heard(&mut self, mut second: Connection) -> Checked {
        let now = self.clock.now();
        let first = &mut self.linked.as_mut().ok_or("there was no first connection")?.connection;
        let who = Authorities { registry: &self.registry, books: &self.books };
        let late = first.send(now, one_reading(&mut Mapping::new(), now))?;
        hold(self.backend.take(&late, now, who).is_err(), || {
            "the burned connection is still heard".to_owned()
        })?;
        let sent = second.send(now, one_reading(&mut Mapping::new(), now))?;
        self.backend.take(&sent, now, who)
    }
}
