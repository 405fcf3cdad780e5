"""What wallets sign, and how it is checked (SPEC.md, section 7 and 8): EIP-712 by eth-account."""
from dataclasses import dataclass

from eth_account import Account
from eth_account.messages import SignableMessage, encode_typed_data
from eth_account.signers.local import LocalAccount
from eth_keys.exceptions import BadSignature, ValidationError

from asks import Registry

HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
GRANT_FIELDS = (
    ("handshakeHash", "bytes32"), ("device", "address"), ("owner", "address"), ("expires", "uint64"), ("role", "uint8"),
)


class ProofError(Exception):
    """A signature does not show what it should."""


@dataclass(frozen=True)
class Grant:
    """What an owner allows a phone."""

    handshake_hash: bytes
    device: bytes
    owner: bytes
    expires: int
    role: int


def typed(domain: dict, name: str, fields: tuple[tuple[str, str], ...], values: tuple) -> SignableMessage:
    """The EIP-712 message of a struct."""
    types = {name: [{"name": field, "type": kind} for field, kind in fields]}
    return encode_typed_data(domain, types, dict(zip((field for field, _ in fields), values, strict=True)))


def pairing(name: str, fields: tuple[tuple[str, str], ...], values: tuple) -> SignableMessage:
    return typed({"name": "DIMO Pairing", "version": "1"}, name, fields, values)


def device_proof(handshake_hash: bytes, device: bytes) -> SignableMessage:
    """What the device's wallet signs."""
    return pairing("PairingProof", (("handshakeHash", "bytes32"), ("device", "address")), (handshake_hash, device))


def owner_grant(grant: Grant, name: str = "PairingGrant") -> SignableMessage:
    """What the owner signs, or as `PairingVerdict` the backend that asked the owner's contract."""
    values = (grant.handshake_hash, grant.device, grant.owner, grant.expires, grant.role)
    return pairing(name, GRANT_FIELDS, values)


def registered(registry: Registry, name: str, fields: tuple[tuple[str, str], ...], values: tuple) -> SignableMessage:
    domain = {"name": "DIMO", "version": "1", "chainId": registry.chain_id, "verifyingContract": registry.contract}
    return typed(domain, name, fields, values)


def claim(registry: Registry, device_node: int, owner: bytes) -> SignableMessage:
    fields = (("aftermarketDeviceNode", "uint256"), ("owner", "address"))
    return registered(registry, "ClaimAftermarketDeviceSign", fields, (device_node, owner))


def pair(registry: Registry, device_node: int, vehicle_node: int) -> SignableMessage:
    return pairing_of_nodes(registry, "PairAftermarketDeviceSign", device_node, vehicle_node)


def unpair(registry: Registry, device_node: int, vehicle_node: int) -> SignableMessage:
    return pairing_of_nodes(registry, "UnPairAftermarketDeviceSign", device_node, vehicle_node)


def pairing_of_nodes(registry: Registry, name: str, device_node: int, vehicle_node: int) -> SignableMessage:
    fields = (("aftermarketDeviceNode", "uint256"), ("vehicleNode", "uint256"))
    return registered(registry, name, fields, (device_node, vehicle_node))


def sign(account: LocalAccount, message: SignableMessage) -> bytes:
    """r, s and v of 27 or 28; s in the lower half."""
    return bytes(account.sign_message(message).signature)


def check(message: SignableMessage, signature: bytes, address: bytes) -> None:
    """Raises ProofError unless the address signed the message."""
    if signature[64] not in (27, 28) or int.from_bytes(signature[32:64], "big") > HALF_ORDER:
        raise ProofError("a signature of another form")
    try:
        signer = Account.recover_message(message, signature=signature)
    except (BadSignature, ValidationError, ValueError) as error:
        raise ProofError("the signature is not one") from error
    if bytes.fromhex(signer[2:]) != address:
        raise ProofError(f"signed by {signer}, not by 0x{address.hex()}")


def account(private_key: str | bytes) -> LocalAccount:
    return Account.from_key(private_key)


def address(of: LocalAccount) -> bytes:
    return bytes.fromhex(of.address[2:])
