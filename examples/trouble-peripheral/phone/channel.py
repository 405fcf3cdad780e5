"""What a phone needs of a link, and the packets over it (SPEC.md, section 2)."""
from collections.abc import Callable
from typing import Protocol, TypeVar

from packets import Assembly, FragmentError, fragments

SILENCE = 10.0
TRIES = 4
REFUSAL = 0x00
T = TypeVar("T")


class LinkLost(Exception):
    """The connection is gone."""


class Silence(Exception):
    """Nothing was heard in time."""


class WriteRejected(Exception):
    """The device rejected a write with an ATT error."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the write was rejected with {code:#04x}")
        self.code = code


class Refused(Exception):
    """The device refused; `sealed` says whether that came inside a session, where nobody else can say it."""

    def __init__(self, reason: int, offset: int | None = None, *, sealed: bool, details: bytes = b"") -> None:
        super().__init__(f"refused with reason {reason}" + ("" if offset is None else f", go on at {offset}"))
        self.reason, self.offset, self.sealed, self.details = reason, offset, sealed, details


class Link(Protocol):
    """A connection with the two characteristics, subscribed."""

    mtu: int

    async def write(self, fragment: bytes) -> None:
        """A write with response. Raises WriteRejected or LinkLost."""

    async def next_notification(self, timeout: float) -> bytes:
        """Raises Silence or LinkLost."""


class Channel:
    """Packets over a link. It remembers what was sent and received, for tests that send it again or compare it."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.sent: list[bytes] = []
        self.received: list[bytes] = []
        self._assembly = Assembly()

    async def send(self, packet: bytes) -> None:
        self.sent.append(packet)
        for fragment in fragments(packet, self.link.mtu):
            await self.link.write(fragment)

    async def receive(self, timeout: float = SILENCE) -> bytes:
        """The next packet that came whole; broken ones are dropped. Raises Silence."""
        while True:
            try:
                packet = self._assembly.take(await self.link.next_notification(timeout))
            except FragmentError:
                continue
            if packet is not None:
                self.received.append(packet)
                return packet

    async def ask(self, packet: Callable[[], bytes], take: Callable[[bytes], T | None]) -> T:
        """Sends what `packet` makes until `take` makes something of what comes; sends again after silence, then gives up."""
        for _ in range(TRIES):
            await self.send(packet())
            try:
                while (taken := take(await self.receive())) is None:
                    pass
                return taken
            except Silence:
                continue
        raise Silence(f"no answer to {TRIES} packets")


def refuse_outside(packet: bytes) -> None:
    """Raises Refused when the packet is a refusal outside a session."""
    if packet[0] == REFUSAL and len(packet) >= 2:
        raise Refused(packet[1], sealed=False, details=packet[2:])
