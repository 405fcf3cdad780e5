//! What is signed when a phone and a device pair: [`PairingProof`] by the device, [`PairingGrant`] by the owner, and
//! [`PairingVerdict`] by a backend for an owner whose account is a contract.
//!
//! Each names the hash of one handshake, which nobody but its two ends can bring about: a signature is worth nothing in any other.
//! EIP-712, domain `DIMO Pairing` version `1` without chain and contract, since no contract checks them.

use core::fmt;

use dimo_types::Address;
use thiserror::Error;

use crate::eip712::{Word, signing_digest, struct_hash, type_hash};
use crate::message::{Message, sealed::Sealed};
use crate::{ByContract, Digest, Verified, domain};

/// The separator of the domain `DIMO Pairing`, version `1`.
const DOMAIN_SEPARATOR: [u8; 32] = domain::of_name_const("DIMO Pairing");

/// The device is at the other end of this handshake: its wallet signs this once for each.
///
/// # Example: the device proves itself, and a relay does not
///
/// ```
/// # #[cfg(feature = "software-key")] {
/// use dimo_crypto::blocking::DeviceSigner;
/// use dimo_crypto::pairing::PairingProof;
/// use dimo_crypto::{SoftwareKey, verify};
/// let mut wallet = SoftwareKey::from_bytes([7; 32])?;
/// let on_the_label = wallet.address();
/// let proof = PairingProof { handshake_hash: [1; 32], device: on_the_label };
/// let signature = wallet.sign(&proof)?;
/// assert!(verify(proof, &signature, on_the_label).is_ok());
///
/// // Whoever sits in between has another handshake with the phone.
/// let relayed = PairingProof { handshake_hash: [2; 32], ..proof };
/// assert!(verify(relayed, &signature, on_the_label).is_err());
/// # }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PairingProof {
    /// The hash of the handshake after its last message.
    pub handshake_hash: [u8; 32],
    /// Who says to be at its end, and signs.
    pub device: Address,
}

impl PairingProof {
    /// The EIP-712 type.
    pub const TYPE: &'static str = "PairingProof(bytes32 handshakeHash,address device)";
    /// The hash of [`Self::TYPE`].
    pub const TYPE_HASH: [u8; 32] = type_hash(Self::TYPE);
    /// The separator of the domain `DIMO Pairing`, version `1`.
    pub const DOMAIN_SEPARATOR: [u8; 32] = DOMAIN_SEPARATOR;
}

impl Sealed for PairingProof {}

impl Message for PairingProof {
    fn digest(&self) -> Digest {
        let words = [self.handshake_hash, self.device.word()];
        signing_digest(&DOMAIN_SEPARATOR, &struct_hash(&Self::TYPE_HASH, &words))
    }
}

/// The owner lets the phone at the other end of this handshake use the device: the owner's wallet signs this.
///
/// A signature that is right says that `owner` granted it, not that `owner` owns the device, nor that the time has not passed: the
/// device knows both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PairingGrant {
    /// The hash of the handshake after its last message.
    pub handshake_hash: [u8; 32],
    /// The device that is to take it.
    pub device: Address,
    /// Who grants it, and signs.
    pub owner: Address,
    /// When it ends, in seconds since the Unix epoch.
    pub expires: u64,
    /// What the phone may do.
    pub role: Role,
}

impl PairingGrant {
    /// The EIP-712 type.
    pub const TYPE: &'static str =
        "PairingGrant(bytes32 handshakeHash,address device,address owner,uint64 expires,uint8 role)";
    /// The hash of [`Self::TYPE`].
    pub const TYPE_HASH: [u8; 32] = type_hash(Self::TYPE);
    /// The separator of the domain `DIMO Pairing`, version `1`.
    pub const DOMAIN_SEPARATOR: [u8; 32] = DOMAIN_SEPARATOR;

    /// The fields as EIP-712 encodes them, of a grant and of its verdict.
    fn words(&self) -> [[u8; 32]; 5] {
        [
            self.handshake_hash,
            self.device.word(),
            self.owner.word(),
            self.expires.word(),
            u64::from(self.role.number()).word(),
        ]
    }
}

impl Sealed for PairingGrant {}

impl Message for PairingGrant {
    fn digest(&self) -> Digest {
        signing_digest(&DOMAIN_SEPARATOR, &struct_hash(&Self::TYPE_HASH, &self.words()))
    }
}

/// The contract that is the owner's account stands by the owner's grant: a backend signs this with a key that the device knows.
///
/// A device cannot ask a contract. So the phone hands its grant and the owner's signature to the backend that the device's maker has
/// named; that asks the owner's account (ERC-1271) whether the signature holds, and signs the verdict; the phone presents the
/// verdict to the device in place of the owner's signature. It has the fields of the grant and another type, so that a signature
/// of either is never one of the other.
///
/// # Example: a backend asks the owner's account, then signs
///
/// ```
/// # #[cfg(all(feature = "software-key", feature = "alloc"))] {
/// use dimo_crypto::blocking::DeviceSigner;
/// use dimo_crypto::pairing::{PairingGrant, PairingVerdict, Role};
/// use dimo_crypto::{Address, ContractQuestion, SoftwareKey, verify};
/// # let node = |_: Address, _: &[u8]| { let mut word = [0; 32]; word[..4].copy_from_slice(&[0x16, 0x26, 0xba, 0x7e]); word };
/// # let mut backend = SoftwareKey::from_bytes([9; 32])?;
/// let owner = Address::new([7; 20]);
/// let (handshake_hash, device) = ([1; 32], Address::new([2; 20]));
/// let grant = PairingGrant { handshake_hash, device, owner, expires: 1_800_000_000, role: Role::Owner };
/// let question = ContractQuestion::new(grant, grant.owner, b"whatever that wallet understands");
/// let returned = node(question.account(), &question.calldata());
/// let verdict = PairingVerdict::on(&question.answered(&returned)?)?;
/// let signature = backend.sign(&verdict)?;
/// // On the device, which knows the backend's address:
/// assert!(verify(verdict, &signature, backend.address()).is_ok());
/// # }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PairingVerdict {
    /// The hash of the handshake after its last message.
    pub handshake_hash: [u8; 32],
    /// The device that is to take it.
    pub device: Address,
    /// Whose account is the contract.
    pub owner: Address,
    /// When the grant ends, in seconds since the Unix epoch.
    pub expires: u64,
    /// What the phone may do.
    pub role: Role,
}

impl PairingVerdict {
    /// The EIP-712 type.
    pub const TYPE: &'static str =
        "PairingVerdict(bytes32 handshakeHash,address device,address owner,uint64 expires,uint8 role)";
    /// The hash of [`Self::TYPE`].
    pub const TYPE_HASH: [u8; 32] = type_hash(Self::TYPE);
    /// The separator of the domain `DIMO Pairing`, version `1`.
    pub const DOMAIN_SEPARATOR: [u8; 32] = DOMAIN_SEPARATOR;

    /// The verdict on a grant that a contract has vouched for: what the backend signs.
    ///
    /// # Errors
    ///
    /// [`NotTheOwnersAccount`] when another account was asked than the one that the grant names.
    pub fn on(grant: &Verified<PairingGrant, ByContract>) -> Result<Self, NotTheOwnersAccount> {
        let PairingGrant { handshake_hash, device, owner, expires, role } = **grant;
        if grant.signer() != owner {
            return Err(NotTheOwnersAccount { owner, asked: grant.signer() });
        }
        Ok(Self { handshake_hash, device, owner, expires, role })
    }

    /// The grant that it is about.
    #[must_use]
    pub const fn grant(&self) -> PairingGrant {
        let Self { handshake_hash, device, owner, expires, role } = *self;
        PairingGrant { handshake_hash, device, owner, expires, role }
    }
}

impl Sealed for PairingVerdict {}

impl Message for PairingVerdict {
    fn digest(&self) -> Digest {
        signing_digest(&DOMAIN_SEPARATOR, &struct_hash(&Self::TYPE_HASH, &self.grant().words()))
    }
}

/// A contract vouched for a grant that names another account: anybody can bring a contract that says yes to everything. Ask the
/// account that the grant names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the grant is {owner}'s, and {asked} was asked")]
pub struct NotTheOwnersAccount {
    /// The owner whom the grant names.
    pub owner: Address,
    /// The account that was asked.
    pub asked: Address,
}

/// What a phone may do with a device.
///
/// # Example: a role of a later version is refused
///
/// ```
/// use dimo_crypto::pairing::{Role, UnknownRole};
/// assert_eq!(Role::try_from(2), Ok(Role::Installer));
/// assert_eq!(Role::try_from(4), Err(UnknownRole { number: 4 }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Role {
    /// Everything: 1.
    Owner = 1,
    /// To set the device up and to maintain it, but nothing of ownership: 2.
    Installer = 2,
    /// To look: 3.
    Viewer = 3,
}

impl Role {
    /// All of them, by number.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Installer, Self::Viewer];

    /// Its number in messages and in what is signed.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Owner => "owner",
            Self::Installer => "installer",
            Self::Viewer => "viewer",
        })
    }
}

impl TryFrom<u8> for Role {
    type Error = UnknownRole;

    fn try_from(number: u8) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.number() == number).ok_or(UnknownRole { number })
    }
}

/// The number is no [`Role`] of this version: damaged, or of a later one. Refuse the grant; there is no role to fall back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("role {number} is not known")]
pub struct UnknownRole {
    /// The number.
    pub number: u8,
}
