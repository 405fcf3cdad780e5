"""What a phone asks (SPEC.md, section 8)."""
from dataclasses import dataclass
from enum import IntEnum

from fields import number, prefixed


class Kind(IntEnum):
    """The first byte of a request."""

    GRANT = 0x01
    IDENTIFY = 0x02
    CLAIM = 0x03
    PAIR = 0x04
    UNPAIR = 0x05
    READ_VIN = 0x06
    READ_PROTOCOL = 0x07
    READ_CODES = 0x08
    CLEAR_CODES = 0x09
    WIFI_NETWORKS = 0x0A
    JOIN_WIFI = 0x0B
    WIFI_STATUS = 0x0C
    SET_APN = 0x0D
    CELLULAR_STATUS = 0x0E
    READ_IMSI = 0x0F
    FIRMWARE_STATUS = 0x10
    OFFER_FIRMWARE = 0x11
    HOLD_AWAKE = 0x12
    BEGIN_UPLOAD = 0x13
    UPLOAD_CHUNK = 0x14
    FINISH_UPLOAD = 0x15
    LOG_TAIL = 0x16
    PHONES = 0x17
    REVOKE_PHONE = 0x18
    FORGET_ME = 0x19
    FACTORY_RESET = 0x1A


class Role(IntEnum):
    OWNER = 1
    INSTALLER = 2
    VIEWER = 3


class Upload(IntEnum):
    """What is uploaded."""

    PLAN = 1
    FIRMWARE_IMAGE = 2
    FIRMWARE_MANIFEST = 3
    SHARING_CONSENT = 4
    FIRMWARE_DIRECTIVE = 5


class Vin(IntEnum):
    """Where a VIN comes from; asked for and told by the same numbers."""

    FRESH = 0
    STORED = 1


LONGEST_CHUNK = 208


@dataclass(frozen=True)
class Request:
    """A request without its id."""

    kind: int
    body: bytes = b""

    def message(self, request_id: int) -> bytes:
        return number(self.kind, 1) + number(request_id, 2) + self.body


@dataclass(frozen=True)
class Registry:
    """The contract that a proof is for."""

    chain_id: int
    contract: bytes

    def encode(self) -> bytes:
        return number(self.chain_id, 8) + self.contract


SIGNATURE_FORM, VERDICT_FORM = 1, 2


def grant(form: int, owner: bytes, expires: int, role: int, signature: bytes) -> Request:
    return Request(Kind.GRANT, number(form, 1) + owner + number(expires, 8) + number(role, 1) + signature)


IDENTIFY = Request(Kind.IDENTIFY)


def claim(registry: Registry, device_node: int, owner: bytes) -> Request:
    return Request(Kind.CLAIM, registry.encode() + number(device_node, 32) + owner)


def pair(registry: Registry, device_node: int, vehicle_node: int) -> Request:
    return Request(Kind.PAIR, registry.encode() + number(device_node, 32) + number(vehicle_node, 32))


def unpair(registry: Registry, device_node: int, vehicle_node: int) -> Request:
    return Request(Kind.UNPAIR, registry.encode() + number(device_node, 32) + number(vehicle_node, 32))


def read_vin(source: int) -> Request:
    return Request(Kind.READ_VIN, number(source, 1))


READ_PROTOCOL = Request(Kind.READ_PROTOCOL)


def read_codes(first: int = 0) -> Request:
    return Request(Kind.READ_CODES, number(first, 2))


def clear_codes(confirmation: bytes = b"CLR!") -> Request:
    return Request(Kind.CLEAR_CODES, confirmation)


def wifi_networks(first: int = 0) -> Request:
    return Request(Kind.WIFI_NETWORKS, number(first, 1))


def join_wifi(security: int, name: bytes, password: bytes) -> Request:
    return Request(Kind.JOIN_WIFI, number(security, 1) + prefixed(name) + prefixed(password))


WIFI_STATUS = Request(Kind.WIFI_STATUS)


def set_apn(name: bytes, user: bytes = b"", password: bytes = b"") -> Request:
    return Request(Kind.SET_APN, prefixed(name) + prefixed(user) + prefixed(password))


CELLULAR_STATUS = Request(Kind.CELLULAR_STATUS)
READ_IMSI = Request(Kind.READ_IMSI)
FIRMWARE_STATUS = Request(Kind.FIRMWARE_STATUS)


def offer_firmware(version: bytes, length: int, manifest_hash: bytes) -> Request:
    return Request(Kind.OFFER_FIRMWARE, prefixed(version) + number(length, 4) + manifest_hash)


def hold_awake(seconds: int) -> Request:
    return Request(Kind.HOLD_AWAKE, number(seconds, 2))


def begin_upload(what: int, length: int, sha256: bytes) -> Request:
    return Request(Kind.BEGIN_UPLOAD, number(what, 1) + number(length, 4) + sha256)


def upload_chunk(offset: int, data: bytes) -> Request:
    return Request(Kind.UPLOAD_CHUNK, number(offset, 4) + data)


FINISH_UPLOAD = Request(Kind.FINISH_UPLOAD)


def log_tail(after: int = 0) -> Request:
    return Request(Kind.LOG_TAIL, number(after, 4))


PHONES = Request(Kind.PHONES)


def revoke_phone(slot: int) -> Request:
    return Request(Kind.REVOKE_PHONE, number(slot, 1))


FORGET_ME = Request(Kind.FORGET_ME)


def factory_reset(confirmation: bytes = b"RST!") -> Request:
    return Request(Kind.FACTORY_RESET, confirmation)
