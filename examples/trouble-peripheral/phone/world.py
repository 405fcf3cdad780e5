"""What a check of a device behind a pipe has at hand."""
from collections.abc import Awaitable
from typing import Any

from eth_account.signers.local import LocalAccount

import asks
import phone
import proofs
from asks import Role
from handshakes import resume
from label import Label
from channel import Channel, LinkLost, Refused, WriteRejected
from noise import Keypair
from pipe_link import PipeDevice, PipeLink
from session import Session, Slot

DAY = 86_400
REGISTRY = asks.Registry(137, bytes.fromhex("9c94c395cbcbde662235e0a9d3bb87ad708561ba"))
DEVICE_NODE, VEHICLE_NODE = 0x1234, 1 << 255
PLAN = bytes(at * 7 % 251 for at in range(3000))

# Nothing of these works on the device, so each can be asked of any device.
EACH_REQUEST = (
    asks.IDENTIFY, asks.claim(REGISTRY, DEVICE_NODE, bytes(20)), asks.pair(REGISTRY, DEVICE_NODE, VEHICLE_NODE),
    asks.unpair(REGISTRY, DEVICE_NODE, VEHICLE_NODE), asks.read_vin(0), asks.READ_PROTOCOL, asks.read_codes(),
    asks.clear_codes(), asks.wifi_networks(), asks.join_wifi(1, b"home", b"12345678"), asks.WIFI_STATUS,
    asks.set_apn(b"internet"), asks.CELLULAR_STATUS, asks.READ_IMSI, asks.FIRMWARE_STATUS,
    asks.offer_firmware(b"2.0.0", 1000, bytes(32)), asks.hold_awake(60), asks.begin_upload(1, 100, bytes(32)),
    asks.upload_chunk(0, b"x"), asks.FINISH_UPLOAD, asks.log_tail(), asks.PHONES, asks.revoke_phone(3),
    asks.FORGET_ME, asks.factory_reset(),
)


class CheckFailed(Exception):
    """What was to be shown is not so."""


def check(condition: object, what: str) -> None:
    if not condition:
        raise CheckFailed(what)


class World:
    """A device, an owner and an app with its key; the presence window is open."""

    def __init__(self, device: PipeDevice) -> None:
        self.device, self.label = device, Label.read(device.label)
        self.owner, self.stranger = proofs.account("0x" + "11" * 32), proofs.account("0x" + "22" * 32)
        self.static = Keypair()
        self.link: PipeLink | None = None
        device.command("window open")

    @property
    def address(self) -> bytes:
        return self.label.address

    @property
    def owner_address(self) -> bytes:
        return proofs.address(self.owner)

    def in_days(self, days: int) -> int:
        return self.device.now + days * DAY

    def owned(self) -> None:
        """The device learns its owner."""
        self.device.command(f"owner 0x{self.owner_address.hex()}")

    def connect(self, mtu: int = 247) -> Channel:
        """A new connection; the one before is dropped."""
        if self.link is not None:
            self.device.disconnect()
        self.link = self.device.connect(mtu)
        return Channel(self.link)

    async def introduced(self, static: Keypair | None = None) -> Session:
        """A session without a grant."""
        return await phone.introduce(self.connect(), self.label, static or self.static)

    async def paired(self, role: int = Role.OWNER, static: Keypair | None = None,
                     owner: LocalAccount | None = None) -> tuple[Session, Slot]:
        """A session with a grant, and its slot."""
        return await phone.pair(
            self.connect(), self.label, static or self.static, owner or self.owner, self.in_days(30), role)

    async def resumed(self, slot: Slot, static: Keypair | None = None, mtu: int = 247) -> Session:
        """A session by the slot."""
        return await resume(self.connect(mtu), slot, static or self.static)

    def claim(self) -> asks.Request:
        return asks.claim(REGISTRY, DEVICE_NODE, self.owner_address)


async def outcome(asked: Awaitable[Any]) -> str:
    """`reason N`, `error 0xNN` or `done`."""
    try:
        await asked
    except Refused as refused:
        return f"reason {refused.reason}"
    except WriteRejected as rejected:
        return f"error {rejected.code:#04x}"
    return "done"


async def refused(asked: Awaitable[Any], *reasons: int, what: str = "it") -> None:
    """Fails unless the device refuses with one of the reasons."""
    came = await outcome(asked)
    check(came in [f"reason {reason}" for reason in reasons], f"{what}: {came} instead of reason {reasons}")


async def rejected(asked: Awaitable[Any], *codes: int, what: str = "it") -> None:
    """Fails unless the write is rejected with one of the ATT errors."""
    came = await outcome(asked)
    wanted = ", ".join(f"{code:#04x}" for code in codes)
    check(came in [f"error {code:#04x}" for code in codes], f"{what}: {came} instead of error {wanted}")


async def turned_down(asked: Awaitable[Any], what: str = "it") -> None:
    """Fails unless the device refuses or rejects, in whatever way."""
    try:
        check(await outcome(asked) != "done", f"{what} was done")
    except LinkLost as error:
        raise CheckFailed(f"{what}: {error}") from error


async def alive(session: Session) -> None:
    """Fails unless the session goes on."""
    check((await session.ask(asks.IDENTIFY)).address, "the session does not go on")
