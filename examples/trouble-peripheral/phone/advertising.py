"""What a device sends to everybody (SPEC.md, section 1)."""
import hmac
from dataclasses import dataclass

from label import Label

BASE = "2170{:04x}-9ebc-4b80-85bc-f7c451f9e133"
SERVICE, REQUEST, ANSWER = (BASE.format(number) for number in (1, 2, 3))
FORMAT = 1


class AdvertisingError(ValueError):
    """The service data are not of a format that is known."""


@dataclass(frozen=True)
class ServiceData:
    """The service data behind the UUID."""

    flags: int
    nonce: bytes
    hint: bytes

    @classmethod
    def read(cls, data: bytes) -> "ServiceData":
        """Raises AdvertisingError."""
        if len(data) != 10 or data[0] != FORMAT:
            raise AdvertisingError(f"service data {data.hex()}")
        return cls(data[1], data[2:6], data[6:10])

    @property
    def window_open(self) -> bool:
        return bool(self.flags & 1)

    @property
    def has_label(self) -> bool:
        return bool(self.flags & 2)

    @property
    def takes_pin(self) -> bool:
        return bool(self.flags & 4)

    @property
    def serves_gen1(self) -> bool:
        return bool(self.flags & 8)

    def is_from(self, label: Label) -> bool:
        """Whether the device with this label sent it."""
        return self.has_label and hmac.compare_digest(self.hint, hint(label, self.flags, self.nonce))


def hint(label: Label, flags: int, nonce: bytes) -> bytes:
    """The four bytes that only who knows the label can tell from random."""
    return hmac.digest(label.hint_key(), b"DIMO-PAIR/1 hint" + bytes([flags]) + nonce, "sha256")[:4]
