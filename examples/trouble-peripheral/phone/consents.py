"""What an owner shares of a vehicle, as an app has it signed and uploads it (SPEC.md, Uploads)."""
from dataclasses import dataclass

from eth_account.messages import SignableMessage, encode_typed_data
from eth_account.signers.local import LocalAccount

import proofs
from asks import Registry
from fields import number

# Two bits for each of the network's privileges, which are numbered from 1 to 8.
ALL_PERMISSIONS = sum(0b11 << 2 * index for index in range(1, 9))
MICROS = 1_000_000
TYPES = {
    "SharingConsent": (("vehicle", "uint256"), ("device", "address"), ("version", "uint64"), ("grants", "SharingGrant[]")),
    "SharingGrant": (("recipient", "address"), ("permissions", "uint256"), ("fromMicros", "uint64"), ("untilMicros", "uint64")),
}


@dataclass(frozen=True)
class SharingGrant:
    """Who may have what, from when until when: seconds since the Unix epoch."""

    recipient: bytes
    permissions: int
    begins: int
    ends: int

    def encode(self) -> bytes:
        times = number(self.begins * MICROS, 8) + number(self.ends * MICROS, 8)
        return self.recipient + number(self.permissions, 8) + times

    def values(self) -> dict:
        return {
            "recipient": self.recipient, "permissions": self.permissions,
            "fromMicros": self.begins * MICROS, "untilMicros": self.ends * MICROS,
        }


@dataclass(frozen=True)
class Consent:
    """What the owner of a vehicle consents to; the highest version counts."""

    registry: Registry
    vehicle: int
    device: bytes
    version: int
    grants: tuple[SharingGrant, ...]

    def message(self) -> SignableMessage:
        contract = self.registry.contract
        domain = {"name": "DIMO Sharing", "version": "1", "chainId": self.registry.chain_id, "verifyingContract": contract}
        types = {name: [{"name": field, "type": kind} for field, kind in fields] for name, fields in TYPES.items()}
        values = {
            "vehicle": self.vehicle, "device": self.device, "version": self.version,
            "grants": [grant.values() for grant in self.grants],
        }
        return encode_typed_data(domain, types, values)

    def file(self, owner: LocalAccount) -> bytes:
        """As it is uploaded, with the signature of the owner behind it."""
        head = self.registry.encode() + number(self.vehicle, 32) + number(self.version, 8) + number(len(self.grants), 1)
        return head + b"".join(grant.encode() for grant in self.grants) + proofs.sign(owner, self.message())
