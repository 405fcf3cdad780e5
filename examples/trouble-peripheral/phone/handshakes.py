"""Handshakes by label or PIN, and those that resume (SPEC.md, sections 4 and 5)."""
import hmac
from dataclasses import dataclass

from label import Label
from channel import Channel, refuse_outside
from noise import Handshake, HandshakeError, Keypair
from session import ProtocolError, Session, Slot
from spake2plus import Context, Prover, stretch

BY_LABEL, RESUME, PIN, BY_PIN = 0x01, 0x03, 0x04, 0x05
XX = "Noise_XXpsk0_25519_ChaChaPoly_SHA256"
KK = "Noise_KKpsk0_25519_ChaChaPoly_SHA256"
PIN_CONTEXT = Context(b"DIMO-PAIR/1 PIN", b"phone", b"device")


@dataclass(frozen=True)
class Versions:
    """The versions that one side speaks."""

    lowest: int = 1
    highest: int = 1

    def encode(self) -> bytes:
        return bytes([self.lowest, self.highest])


OURS = Versions()


def check_version(payload: bytes, ours: Versions) -> None:
    """Raises ProtocolError unless the device chose the highest that both speak."""
    if len(payload) != 3:
        raise ProtocolError("the second message has another payload")
    chosen, lowest, highest = payload
    if not max(lowest, ours.lowest) <= chosen == min(highest, ours.highest):
        raise ProtocolError(f"version {chosen} of {lowest} to {highest} was chosen")


def first(channel: Channel, kind: int, versions: Versions, static: Keypair, psk: bytes, slot: Slot | None = None,
          ephemeral: Keypair | None = None) -> tuple[Handshake, bytes]:
    """A handshake begun, and its first packet."""
    head = bytes([kind]) + versions.encode() + (b"" if slot is None else bytes([slot.number]))
    handshake = Handshake(
        XX if slot is None else KK, initiator=True, prologue=b"DIMO-PAIR" + head, static=static, psks=[psk],
        remote_static=None if slot is None else slot.device_static, ephemeral=ephemeral,
    )
    return handshake, head + handshake.write()


async def second(channel: Channel, kind: int, versions: Versions, handshake: Handshake, packet: bytes) -> None:
    """Sends the first packet and reads the second. Raises Refused, HandshakeError, ProtocolError."""
    def take(answer: bytes) -> bytes | None:
        refuse_outside(answer)
        return answer[1:] if answer[0] == kind else None

    check_version(handshake.read(await channel.ask(lambda: packet, take)), versions)


async def by_secret(channel: Channel, kind: int, psk: bytes, static: Keypair, versions: Versions = OURS,
                    ephemeral: Keypair | None = None) -> tuple[Session, bytes]:
    """XXpsk0. The session and the third packet, which has not been sent: its answer is the device's proof."""
    handshake, packet = first(channel, kind, versions, static, psk, ephemeral=ephemeral)
    await second(channel, kind, versions, handshake, packet)
    third = bytes([kind]) + handshake.write()
    return Session(channel, handshake), third


async def by_label(channel: Channel, label: Label, static: Keypair, versions: Versions = OURS) -> tuple[Session, bytes]:
    return await by_secret(channel, BY_LABEL, label.pre_shared_key(), static, versions)


async def by_pin(channel: Channel, pin: str, static: Keypair) -> tuple[Session, bytes]:
    """The PIN exchange, then XXpsk0."""
    return await by_secret(channel, BY_PIN, await pin_key(channel, pin), static)


async def resume(channel: Channel, slot: Slot, static: Keypair, versions: Versions = OURS) -> Session:
    """KKpsk0. A request whose answer was missed is asked again under its id."""
    handshake, packet = first(channel, RESUME, versions, static, slot.secret, slot)
    await second(channel, RESUME, versions, handshake, packet)
    return Session(channel, handshake)


async def pin_step(channel: Channel, number: int, body: bytes = b"") -> bytes:
    """One question of the PIN exchange and the body of its answer. Raises Refused."""
    def take(answer: bytes) -> bytes | None:
        refuse_outside(answer)
        return answer[2:] if answer[:2] == bytes([PIN, number + 1]) else None

    return await channel.ask(lambda: bytes([PIN, number]) + body, take)


async def pin_salt(channel: Channel) -> tuple[int, bytes]:
    """Iterations and salt, as the device tells them. Raises ProtocolError."""
    answer = await pin_step(channel, 1)
    iterations = int.from_bytes(answer[:4], "big")
    if len(answer) != 20 or not 10_000 <= iterations <= 1_000_000:
        raise ProtocolError("the PIN's salt has another form")
    return iterations, answer[4:]


async def pin_key(channel: Channel, pin: str) -> bytes:
    """The pre-shared key by SPAKE2+. Raises HandshakeError when the device has another PIN."""
    iterations, salt = await pin_salt(channel)
    prover = Prover(PIN_CONTEXT, *stretch(pin.encode("ascii"), salt, iterations))
    answer = await pin_step(channel, 3, prover.share)
    if len(answer) != 97:
        raise ProtocolError("the device's share has another form")
    keys = prover.keys(answer[:65])
    if not hmac.compare_digest(keys.confirm_verifier, answer[65:]):
        raise HandshakeError("the device has another PIN")
    await pin_step(channel, 5, keys.confirm_prover)
    return keys.shared
