"""The steps of the secure protocol with a device that is connected again and again (SPEC.md)."""
from collections.abc import Awaitable, Callable
from typing import Protocol

from eth_account.signers.local import LocalAccount

import asks
import phone
import proofs
from asks import Registry, Vin
from channel import Channel, Link, Refused, WriteRejected
from handshakes import by_label, resume
from label import Label
from noise import Keypair
from packets import cut
from session import SEALED, Session, Slot

REGISTRY = Registry(137, bytes.fromhex("fa8bec73cebb9d88ff88a2f75e7d7312f2fd39ec"))
NODE = 42
DAY = 86_400
HANDSHAKE_FAILED, WRONG_OFFSET, WRONG_SEAL, NO_SESSION = 30, 13, 0x87, 0x86
PLAN = bytes(at * 7 % 251 for at in range(3000))
OTHER_PLAN = bytes(at * 11 % 241 for at in range(2000))
CHUNK = asks.LONGEST_CHUNK


class Droppable(Link, Protocol):
    """A link that can be dropped."""

    async def drop(self) -> None: ...


class StepFailed(Exception):
    """What a step is to show is not so."""


def check(condition: object, reason: str) -> None:
    if not condition:
        raise StepFailed(reason)


class SecureSteps:
    """One phone, one owner, one device: each step is a method, and goes on where the one before it ended."""

    def __init__(self, connect: Callable[[], Awaitable[Droppable]], label: Label, owner: LocalAccount, now: int) -> None:
        self._connect, self._label, self._owner, self._now = connect, label, owner, now
        self.plan, self.other_plan = PLAN, OTHER_PLAN
        self._static = Keypair()
        self._link: Droppable | None = None
        self._session: Session | None = None
        self._third = b""
        self._slot: Slot | None = None
        self._recorded: list[bytes] = []

    @property
    def session(self) -> Session:
        if self._session is None:
            raise StepFailed("there is no session")
        return self._session

    @property
    def slot(self) -> Slot:
        if self._slot is None:
            raise StepFailed("there is no slot")
        return self._slot

    async def connect(self) -> Channel:
        """A new link; the one before is dropped."""
        if self._link is not None:
            await self._link.drop()
        self._link = None
        self._link = await self._connect()
        return Channel(self._link)

    async def handshake(self) -> None:
        """By the label, over the link that is there or a new one."""
        channel = await self.connect() if self._link is None else Channel(self._link)
        self._session, self._third = await by_label(channel, self._label, self._static)

    async def device_proof(self) -> None:
        """The device's wallet signed this handshake, and has the address of the label."""
        await self.session.take_device_proof(self._third, self._label.address)

    async def owner_grant(self) -> None:
        """Nothing before the grant; then welcome, no longer than was asked for."""
        try:
            await self.session.ask(asks.IDENTIFY)
            check(False, "a request was answered before the grant")
        except Refused as refused:
            check(refused.reason == 20, f"reason {refused.reason} before the grant")
        expires = self._now + DAY
        self._slot = await phone.be_granted(self.session, self._label.address, self._owner, asks.Role.OWNER, expires)
        check(self._slot.role == asks.Role.OWNER, f"role {self._slot.role} was granted")
        check(self._slot.expires <= expires, "the grant lasts longer than the owner said")

    async def identify(self) -> None:
        identity = await self.session.ask(asks.IDENTIFY)
        check(identity.address == self._label.address, "another address than on the label")
        check(identity.firmware, "no firmware version")

    async def claim(self) -> None:
        """The device's signature recovers over the digest that the phone builds itself."""
        owner = proofs.address(self._owner)
        signature = await self.session.ask(asks.claim(REGISTRY, NODE, owner))
        proofs.check(proofs.claim(REGISTRY, NODE, owner), signature, self._label.address)
        try:
            await self.session.ask(asks.claim(REGISTRY, NODE, bytes(20)))
            check(False, "the device was claimed for another owner")
        except Refused as refused:
            check(refused.reason == 23, f"reason {refused.reason} for another owner")

    async def vin(self) -> None:
        """Told by the vehicle, then stored, and the answer says which."""
        fresh = await self.session.ask(asks.read_vin(Vin.FRESH))
        check(fresh.source == Vin.FRESH, f"source {fresh.source} of a VIN that was asked of the vehicle")
        stored = await self.session.ask(asks.read_vin(Vin.STORED))
        check((stored.source, stored.text) == (Vin.STORED, fresh.text), f"source {stored.source} of a stored VIN")

    async def plan_upload(self) -> None:
        check(await phone.begin_upload(self.session, self.plan) == 0, "the upload does not begin at the beginning")
        await phone.send_from(self.session, self.plan, 0)
        await self.session.ask(asks.FINISH_UPLOAD)

    async def drop_and_resume(self) -> None:
        """Twice the link drops: in the middle of a packet, and when the answer to a chunk is not heard."""
        await phone.send_from(self.session, self.other_plan, await phone.begin_upload(self.session, self.other_plan), 2 * CHUNK)
        chunk = asks.upload_chunk(2 * CHUNK, self.other_plan[2 * CHUNK : 3 * CHUNK])
        for fragment in cut(self.session.seal(chunk.message(self.session.take_id())), 20)[:3]:
            await self.session.channel.link.write(fragment)
        await self._resume()
        offset = await phone.begin_upload(self.session, self.other_plan)
        check(offset == 2 * CHUNK, f"the upload goes on at {offset} instead of {2 * CHUNK}")
        await self._lose_an_answer(chunk)
        await phone.send_from(self.session, self.other_plan, 3 * CHUNK)
        await self.session.ask(asks.FINISH_UPLOAD)

    async def _resume(self) -> None:
        self._recorded += self.session.channel.sent
        self._session = await resume(await self.connect(), self.slot, self._static)

    async def _lose_an_answer(self, chunk: asks.Request) -> None:
        """The answer to the chunk is lost with the link; the same request under its id has it, and is not done twice."""
        request_id = self.session.take_id()
        await self.session.channel.send(self.session.seal(chunk.message(request_id)))
        await self._resume()
        for _ in range(2):
            offset = await self.session.ask(chunk, request_id)
            check(offset == 3 * CHUNK, f"asked again, the chunk ends at {offset}")
        self.session.next_id = request_id % 0xFFFF + 1
        try:
            await self.session.ask(chunk)
            check(False, "the chunk was taken twice under two ids")
        except Refused as refused:
            check((refused.reason, refused.offset) == (WRONG_OFFSET, 3 * CHUNK), f"{refused}")

    def keep(self) -> dict[str, str | int]:
        """What the app keeps: its key and its slot."""
        secret = {"static": self._static.private, "secret": self.slot.secret, "device": self.slot.device_static}
        numbers = {"slot": self.slot.number, "role": self.slot.role, "expires": self.slot.expires}
        return {name: value.hex() for name, value in secret.items()} | numbers

    async def come_back(self, kept: dict) -> None:
        """With what was kept, and without label and owner: the same phone, with the role that it was granted."""
        await self._resume_kept(kept)
        phones = await self.session.ask(asks.PHONES)
        mine = [each for each in phones if each.slot == self.slot.number]
        check([each.role for each in mine] == [self.slot.role], f"the device remembers {phones}")

    async def forgotten(self, kept: dict) -> None:
        """A device that has lost its memory refuses what was kept."""
        await self._refused(self._resume_kept(kept))

    async def _resume_kept(self, kept: dict) -> None:
        self._static = Keypair(bytes.fromhex(kept["static"]))
        secret, device = bytes.fromhex(kept["secret"]), bytes.fromhex(kept["device"])
        self._slot = Slot(kept["slot"], secret, device, self._label.address, kept["role"], kept["expires"])
        self._session = await resume(await self.connect(), self.slot, self._static)

    async def wrong_secret_refused(self) -> None:
        """Refused in the session's own link and on a new one; no session comes of it, and no slot."""
        before = await self.session.ask(asks.PHONES)
        other = Label(self._label.address, bytes(16))
        await self._refused(by_label(self.session.channel, other, Keypair()))
        check(await self.session.ask(asks.PHONES) == before, "the phones have changed")
        self._recorded += self.session.channel.sent
        channel = await self.connect()
        await self._refused(by_label(channel, other, Keypair()))
        await self._rejected(channel, self.session.seal(asks.PHONES.message(1)), NO_SESSION)
        self._session = await resume(await self.connect(), self.slot, self._static)
        check(await self.session.ask(asks.PHONES) == before, "the phones have changed")

    async def replay_refused(self) -> None:
        """Every sealed packet of this session and of those before it is rejected, and the session goes on."""
        await self.session.ask(asks.read_vin(Vin.STORED))
        for packet in [each for each in self._recorded + self.session.channel.sent if each[0] == SEALED]:
            await self._rejected(self.session.channel, packet, WRONG_SEAL)
        await self._rejected(self.session.channel, self._third, NO_SESSION)
        check((await self.session.ask(asks.IDENTIFY)).address == self._label.address, "another device answers")

    @staticmethod
    async def _refused(handshake: Awaitable[object]) -> None:
        try:
            await handshake
            check(False, "the handshake was taken")
        except Refused as refused:
            check(refused.reason == HANDSHAKE_FAILED, f"reason {refused.reason} instead of {HANDSHAKE_FAILED}")

    @staticmethod
    async def _rejected(channel: Channel, packet: bytes, code: int) -> None:
        try:
            await channel.send(packet)
            check(False, f"a packet {packet[:1].hex()} was taken")
        except WriteRejected as rejected:
            check(rejected.code == code, f"error {rejected.code:#04x} instead of {code:#04x}")
