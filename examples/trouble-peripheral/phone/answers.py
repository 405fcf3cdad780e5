"""What a device answers (SPEC.md, section 8): each reader takes a body and raises FormError when it has another form."""
import re
from dataclasses import dataclass

from fields import FormError, Reader

ANSWER_BIT = 0x80
DEVICE_PROOF, WORKING, REFUSED = 0x80, 0xFE, 0xFF
WRONG_OFFSET = 13
VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}|[A-Z0-9]{2,7}-?[0-9]{5,7}")


@dataclass(frozen=True)
class Answer:
    """A message of the device."""

    kind: int
    request_id: int
    body: bytes

    @classmethod
    def read(cls, message: bytes) -> "Answer":
        reader = Reader(message)
        kind, request_id = reader.number(1), reader.number(2)
        if not kind & ANSWER_BIT:
            raise FormError(f"kind {kind:#04x} from a device")
        return cls(kind, request_id, reader.rest())


@dataclass(frozen=True)
class Welcome:
    role: int
    expires: int
    slot: int
    secret: bytes


@dataclass(frozen=True)
class Identity:
    address: bytes
    serial: str
    hardware: str
    firmware: str


@dataclass(frozen=True)
class VehicleId:
    source: int
    age: int
    text: str


@dataclass(frozen=True)
class WifiStatus:
    state: int
    signal: int
    name: bytes


@dataclass(frozen=True)
class CellularStatus:
    state: int
    signal: int
    operator: str


@dataclass(frozen=True)
class FirmwareStatus:
    state: int
    percent: int
    running: str
    next: str


@dataclass(frozen=True)
class KnownPhone:
    slot: int
    role: int
    expires: int
    key_hash: bytes


def whole(read):
    """A reader of a body, which must take all of it."""

    def checked(body: bytes):
        reader = Reader(body)
        value = read(reader)
        reader.end()
        return value

    return checked


@whole
def nothing(reader: Reader) -> None:
    return None


@whole
def device_proof(reader: Reader) -> tuple[bytes, bytes]:
    """Address and signature."""
    return reader.bytes(20), reader.bytes(65)


@whole
def welcome(reader: Reader) -> Welcome:
    return Welcome(reader.one_of(range(1, 4)), reader.number(8), reader.number(1), reader.bytes(32))


@whole
def identity(reader: Reader) -> Identity:
    return Identity(reader.bytes(20), reader.text(0, 36), reader.text(0, 16), reader.text(0, 32))


@whole
def signature(reader: Reader) -> bytes:
    return reader.bytes(65)


@whole
def vehicle_id(reader: Reader) -> VehicleId:
    result = VehicleId(reader.one_of(range(2)), reader.number(4), reader.text(1, 17))
    if VIN.fullmatch(result.text) is None:
        raise FormError("neither a VIN nor a chassis number")
    return result


@whole
def protocol(reader: Reader) -> int:
    return reader.one_of(range(1, 11))


@whole
def trouble_codes(reader: Reader) -> tuple[int, list[tuple[int, int]]]:
    """How many there are in all, and (status, code) of those that come here."""
    total, codes = reader.number(2), []
    while reader.left():
        codes.append((reader.one_of(range(3)), reader.number(2)))
    return total, codes


@whole
def wifi_networks(reader: Reader) -> tuple[int, list[tuple[int, int, bytes]]]:
    """How many there are in all, and (security, signal, name) of those that come here."""
    total, networks = reader.number(1), []
    while reader.left():
        networks.append((reader.one_of(range(4)), reader.signed(1), reader.prefixed(1, 32)))
    return total, networks


@whole
def wifi_status(reader: Reader) -> WifiStatus:
    return WifiStatus(reader.one_of(range(7)), reader.signed(1), reader.prefixed(0, 32))


@whole
def cellular_status(reader: Reader) -> CellularStatus:
    return CellularStatus(reader.one_of(range(6)), reader.signed(2), reader.text(0, 32))


@whole
def imsi(reader: Reader) -> str:
    text = reader.text(6, 15)
    if not text.isdigit():
        raise FormError("an IMSI has digits only")
    return text


@whole
def firmware_status(reader: Reader) -> FirmwareStatus:
    return FirmwareStatus(reader.one_of(range(6)), reader.one_of(range(101)), reader.text(1, 32), reader.text(0, 32))


@whole
def offer_taken(reader: Reader) -> int:
    return reader.number(1)


@whole
def held_awake(reader: Reader) -> int:
    return reader.number(2)


@whole
def upload_at(reader: Reader) -> int:
    return reader.number(4)


@whole
def log_tail(reader: Reader) -> tuple[int, list[str]]:
    """The number of the last line, and the lines."""
    last, text = reader.number(4), reader.rest()
    if not all(byte in b"\t\n" or 0x20 <= byte <= 0x7E for byte in text) or (text and text[-1:] != b"\n"):
        raise FormError("lines of another form")
    return last, text.decode("ascii").splitlines()


@whole
def phones(reader: Reader) -> list[KnownPhone]:
    result = []
    while reader.left():
        result.append(KnownPhone(reader.number(1), reader.one_of(range(1, 4)), reader.number(8), reader.bytes(8)))
    return result


@whole
def working(reader: Reader) -> tuple[int, int]:
    """Percent and the seconds that it may still take."""
    percent = reader.number(1)
    if percent > 100 and percent != 255:
        raise FormError(f"{percent} percent")
    return percent, reader.number(2)


@whole
def refusal(reader: Reader) -> tuple[int, int | None]:
    """The reason; the next offset too where that is what was wrong."""
    reason = reader.number(1)
    return reason, reader.number(4) if reason == WRONG_OFFSET else None


# How the answer to each kind of request is read.
READERS = {
    0x01: welcome, 0x02: identity, 0x03: signature, 0x04: signature, 0x05: signature, 0x06: vehicle_id, 0x07: protocol,
    0x08: trouble_codes, 0x09: nothing, 0x0A: wifi_networks, 0x0B: wifi_status, 0x0C: wifi_status, 0x0D: nothing,
    0x0E: cellular_status, 0x0F: imsi, 0x10: firmware_status, 0x11: offer_taken, 0x12: held_awake, 0x13: upload_at,
    0x14: upload_at, 0x15: nothing, 0x16: log_tail, 0x17: phones, 0x18: nothing, 0x19: nothing, 0x1A: nothing,
}
