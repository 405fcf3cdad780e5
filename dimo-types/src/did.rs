//! [`Did`]: the decentralised identifier of a vehicle, a device or an account.

use core::fmt;
use core::str::FromStr;

use thiserror::Error;

use crate::{Address, AddressError, TokenId};

/// A decentralised identifier, as the live network's CloudEvents carry it in `subject` and `producer`.
///
/// Written canonically: decimal numbers, the address with its EIP-55 checksum. Parsing takes lower-case addresses too,
/// so that reading and writing makes any accepted form canonical.
///
/// # Example: a vehicle in the form the network expects
///
/// ```
/// use dimo_types::{Did, DidError};
/// let vehicle: Did = "did:erc721:137:0xba5738a18d83d41847dffbdc6101d37c69c9b0cf:123".parse()?;
/// assert_eq!(vehicle.to_string(), "did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:123");
///
/// // The older form is read only where it is asked for.
/// let legacy = "did:nft:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF_123";
/// assert_eq!(legacy.parse::<Did>(), Err(DidError::Legacy));
/// assert_eq!(Did::parse_or_legacy(legacy)?, vehicle);
/// # Ok::<(), DidError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Did {
    /// `did:erc721:<chain>:<contract>:<token>`: a vehicle or a device.
    Erc721 {
        /// The chain, such as 137 for Polygon.
        chain_id: u64,
        /// The contract of the NFT.
        contract: Address,
        /// The id of the NFT.
        token_id: TokenId,
    },
    /// `did:ethr:<chain>:<address>`: an account.
    Ethr {
        /// The chain, such as 137 for Polygon.
        chain_id: u64,
        /// The account.
        address: Address,
    },
}

impl Did {
    /// As [`FromStr`], and also the network's older `did:nft:<chain>:<contract>_<token>`, which becomes an
    /// [`Did::Erc721`] and is never written again.
    ///
    /// # Errors
    ///
    /// As parsing, but never [`DidError::Legacy`].
    pub fn parse_or_legacy(text: &str) -> Result<Self, DidError> {
        let Some(rest) = text.strip_prefix("did:nft:") else { return text.parse() };
        let (chain, token) = rest.split_once(':').ok_or(DidError::Parts)?;
        let (contract, token_id) = token.split_once('_').ok_or(DidError::Parts)?;
        Self::erc721(chain, contract, token_id)
    }

    fn erc721(chain: &str, contract: &str, token_id: &str) -> Result<Self, DidError> {
        Ok(Self::Erc721 {
            chain_id: parse_chain(chain)?,
            contract: contract.parse().map_err(DidError::Address)?,
            token_id: token_id.parse().map_err(|_| DidError::Token)?,
        })
    }

    /// The chain it lives on.
    #[must_use]
    pub const fn chain_id(&self) -> u64 {
        match self {
            Self::Erc721 { chain_id, .. } | Self::Ethr { chain_id, .. } => *chain_id,
        }
    }
}

/// Decimal digits only: Rust would also take a leading `+`.
fn parse_chain(text: &str) -> Result<u64, DidError> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(DidError::Chain);
    }
    text.parse().map_err(|_| DidError::Chain)
}

impl fmt::Display for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Erc721 { chain_id, contract, token_id } => {
                write!(f, "did:erc721:{chain_id}:{contract}:{token_id}")
            }
            Self::Ethr { chain_id, address } => write!(f, "did:ethr:{chain_id}:{address}"),
        }
    }
}

/// `did:erc721:…` or `did:ethr:…`; the legacy form only through [`Did::parse_or_legacy`].
impl FromStr for Did {
    type Err = DidError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split(':');
        if parts.next() != Some("did") {
            return Err(DidError::Prefix);
        }
        let method = parts.next().ok_or(DidError::Parts)?;
        let rest = (parts.next(), parts.next(), parts.next(), parts.next());
        match (method, rest) {
            ("erc721", (Some(chain), Some(contract), Some(token), None)) => {
                Self::erc721(chain, contract, token)
            }
            ("ethr", (Some(chain), Some(address), None, None)) => Ok(Self::Ethr {
                chain_id: parse_chain(chain)?,
                address: address.parse().map_err(DidError::Address)?,
            }),
            ("erc721" | "ethr", _) => Err(DidError::Parts),
            ("nft", _) => Err(DidError::Legacy),
            _ => Err(DidError::Method),
        }
    }
}

/// Why a text is no [`Did`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DidError {
    /// It does not begin with `did:`.
    #[error("a DID begins with did:")]
    Prefix,
    /// A method other than `erc721` and `ethr`.
    #[error("the method of a DID is erc721 or ethr here")]
    Method,
    /// The older `did:nft`, where only today's forms are taken. [`Did::parse_or_legacy`] reads it.
    #[error("did:nft is the legacy form of did:erc721")]
    Legacy,
    /// Too few or too many parts for its method.
    #[error("wrong number of parts in a DID")]
    Parts,
    /// The chain is no decimal number below 2^64.
    #[error("the chain of a DID is a decimal number")]
    Chain,
    /// The address is wrong.
    #[error("the address of a DID: {0}")]
    Address(#[source] AddressError),
    /// The token is no decimal number below 2^256.
    #[error("the token of a DID is a decimal number below 2^256")]
    Token,
}

#[cfg(feature = "serde")]
crate::text::serde_as_text!(Did, "a DID like did:erc721:137:0x…:123");
