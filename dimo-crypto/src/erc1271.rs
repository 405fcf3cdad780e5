//! ERC-1271: the owner's account is a contract, and only a node of the chain can ask it.

use alloc::vec::Vec;

use dimo_types::Address;
use thiserror::Error;

use crate::abi::{Value, call, selector};
use crate::{ByContract, Verifiable, Verified};

const IS_VALID_SIGNATURE: [u8; 4] = selector("isValidSignature(bytes32,bytes)");

/// The question whether a contract account signed a message, to be put to a node as an `eth_call`.
///
/// Sans-IO: it hands out whom to call with what, and takes what the node returned.
///
/// # Example: the signature of an owner whose wallet is a contract
///
/// ```
/// use dimo_crypto::{Address, ByContract, Claim, ContractQuestion, Registry, Verified};
/// # let node = |_: Address, _: &[u8]| { let mut word = [0; 32]; word[..4].copy_from_slice(&[0x16, 0x26, 0xba, 0x7e]); word };
/// let owner = Address::new([7; 20]);
/// let claim = Claim { registry: Registry::AMOY, device_node: 42.into(), owner };
/// let question = ContractQuestion::new(claim, owner, b"whatever that wallet understands");
/// let returned = node(question.account(), &question.calldata());
/// let verified: Verified<Claim, ByContract> = question.answered(&returned)?;
/// assert_eq!(verified.signer(), owner);
/// # Ok::<(), dimo_crypto::ContractRefusal>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct ContractQuestion<'a, V> {
    message: V,
    account: Address,
    signature: &'a [u8],
}

impl<'a, V: Verifiable> ContractQuestion<'a, V> {
    /// Asks whether the contract at `account` takes `signature` for its own over `message`.
    pub const fn new(message: V, account: Address, signature: &'a [u8]) -> Self {
        Self { message, account, signature }
    }

    /// Whom to call.
    #[must_use]
    pub const fn account(&self) -> Address {
        self.account
    }

    /// What to call it with: `isValidSignature(bytes32,bytes)`.
    #[must_use]
    pub fn calldata(&self) -> Vec<u8> {
        let digest = Value::Word(*self.message.signed_digest().as_bytes());
        call(IS_VALID_SIGNATURE, &[digest, Value::Bytes(self.signature.to_vec())])
    }

    /// Reads what the call returned. `returned` must come from a node that is trusted, asked with exactly
    /// [`account`](Self::account) and [`calldata`](Self::calldata): nothing here can tell.
    ///
    /// # Errors
    ///
    /// [`ContractRefusal`] for everything but the contract's yes. A call that reverted is a refusal too; give what it returned.
    pub fn answered(self, returned: &[u8]) -> Result<Verified<V, ByContract>, ContractRefusal> {
        if returned.is_empty() {
            return Err(ContractRefusal::NoContract);
        }
        let word = returned.first_chunk::<32>().ok_or(ContractRefusal::Short { len: returned.len() })?;
        match word.split_first_chunk::<4>() {
            Some((&IS_VALID_SIGNATURE, rest)) if rest.iter().all(|byte| *byte == 0) => {
                Ok(Verified::by_contract(self.message, self.account))
            }
            _ => Err(ContractRefusal::NotValid),
        }
    }
}

/// Why a contract does not vouch for a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ContractRefusal {
    /// Nothing came back: there is no contract at the account (a key's account has no code), or it has no such function.
    #[error("nothing came back: no contract answers for this account")]
    NoContract,
    /// Less than a word came back: the contract does not speak ERC-1271, or the node cut the answer.
    #[error("an answer has 32 bytes, not {len}")]
    Short {
        /// How many bytes there were.
        len: usize,
    },
    /// The contract says that this is not its signature.
    #[error("the contract does not take this for its signature")]
    NotValid,
}
