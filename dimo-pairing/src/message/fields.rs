//! Fields that several messages have, in and out of bytes.

use dimo_crypto::pairing::Role;
use dimo_crypto::{Registry, Signature};
use dimo_types::{Address, TokenId};

use crate::bytes::{Reader, Writer};
use crate::{Field, MessageError};

pub(super) fn read_address(body: &mut Reader<'_>) -> Result<Address, MessageError> {
    Ok(Address::new(body.array()?))
}

pub(super) fn read_node(body: &mut Reader<'_>) -> Result<TokenId, MessageError> {
    Ok(TokenId::from_be_bytes(body.array()?))
}

pub(super) fn put_node(writer: &mut Writer<'_>, node: &TokenId) {
    writer.put(node.as_be_bytes());
}

pub(super) fn read_registry(body: &mut Reader<'_>) -> Result<Registry, MessageError> {
    Ok(Registry { chain_id: body.u64()?, contract: read_address(body)? })
}

pub(super) fn put_registry(writer: &mut Writer<'_>, registry: &Registry) {
    writer.put(&registry.chain_id.to_be_bytes());
    writer.put(registry.contract.as_bytes());
}

pub(super) fn read_signature(body: &mut Reader<'_>) -> Result<Signature, MessageError> {
    let bytes: [u8; Signature::LEN] = body.array()?;
    let signature = Signature::from_bytes(&bytes).map_err(|_| MessageError::Signature)?;
    // One signature has one form here: the older v of 0 or 1 is not taken.
    if signature.as_bytes() == &bytes { Ok(signature) } else { Err(MessageError::Signature) }
}

/// Reads the number of a role.
pub(super) fn read_role(body: &mut Reader<'_>) -> Result<Role, MessageError> {
    let number = body.byte()?;
    Role::try_from(number).map_err(|_| MessageError::Value { field: Field::Role, value: u16::from(number) })
}
