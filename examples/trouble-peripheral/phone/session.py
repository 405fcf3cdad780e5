"""A session: sealed messages, and requests with their answers (SPEC.md, sections 6 to 9)."""
import secrets
from dataclasses import dataclass
from typing import Any

import proofs
from answers import DEVICE_PROOF, READERS, REFUSED, WORKING, Answer, Welcome, device_proof, refusal, working
from asks import Request
from fields import FormError
from channel import Channel, Refused
from noise import Handshake, HandshakeError, seal, unseal

SEALED = 0x02
PACKET_HEADER = 5


class ProtocolError(Exception):
    """The device does not keep to the document."""


@dataclass(frozen=True)
class Slot:
    """What a phone keeps to come back without proof and grant."""

    number: int
    secret: bytes
    device_static: bytes
    address: bytes
    role: int
    expires: int


class Session:
    """One session, after its handshake."""

    def __init__(self, channel: Channel, handshake: Handshake) -> None:
        self.channel, self.handshake_hash = channel, handshake.hash
        self.device_static = handshake.remote_static or b""
        # Random, so that no request of an earlier session is taken for one of this.
        self.next_id = secrets.randbelow(0xFFFF) + 1
        self.next_number = 0
        self._taken = -1
        self._send_key, self._receive_key = handshake.split()

    def seal(self, message: bytes, number: int | None = None) -> bytes:
        """The packet of a message, under the next number or another."""
        if number is None:
            number, self.next_number = self.next_number, self.next_number + 1
        return bytes([SEALED]) + number.to_bytes(4, "big") + seal(self._send_key, number, message)

    def open(self, packet: bytes) -> Answer | None:
        """What the device says; None when the packet is none of this session's, or was there before."""
        if len(packet) < PACKET_HEADER or packet[0] != SEALED:
            return None
        number = int.from_bytes(packet[1:PACKET_HEADER], "big")
        if number <= self._taken:
            return None
        try:
            message = unseal(self._receive_key, number, packet[PACKET_HEADER:])
        except HandshakeError:
            return None
        self._taken = number
        return Answer.read(message)

    async def receive(self, timeout: float = 10.0) -> Answer:
        """The next message, whatever it is. Raises Silence."""
        while (answer := self.open(await self.channel.receive(timeout))) is None:
            pass
        return answer

    def take_id(self) -> int:
        """The next request id."""
        taken = self.next_id
        self.next_id = taken % 0xFFFF + 1
        return taken

    async def ask(self, request: Request, request_id: int | None = None) -> Any:
        """The answer to a request, read. Raises Refused, WriteRejected, Silence, LinkLost, ProtocolError."""
        request_id = self.take_id() if request_id is None else request_id
        answer = await self.exchange(request.message(request_id), request_id)
        return self.read(request, answer)

    def read(self, request: Request, answer: Answer) -> Any:
        """The answer as the request's reader reads it. Raises Refused and ProtocolError."""
        try:
            if answer.kind == REFUSED:
                reason, offset = refusal(answer.body)
                raise Refused(reason, offset, sealed=True)
            if answer.kind != request.kind | 0x80:
                raise ProtocolError(f"kind {answer.kind:#04x} answers {request.kind:#04x}")
            return READERS[request.kind](answer.body)
        except FormError as error:
            raise ProtocolError(f"answer {answer.kind:#04x}: {error}") from error

    async def exchange(self, message: bytes, request_id: int) -> Answer:
        """The final answer or refusal to a message; what is for another id is passed over."""
        def take(packet: bytes) -> Answer | None:
            answer = self.open(packet)
            if answer is None or answer.request_id != request_id:
                return None
            return answer

        answer = await self.channel.ask(lambda: self.seal(message), take)
        while answer.kind == WORKING:
            working(answer.body)
            while (answer := await self.receive(40.0)).request_id != request_id:
                pass
        return answer

    async def take_device_proof(self, third: bytes, address: bytes) -> bytes:
        """Sends the third message and checks the proof upon it; the device's signature.

        Raises Refused when the device's wallet failed, ProofError when the proof is not the device's.
        """
        answer = await self.channel.ask(lambda: third, self.open)
        if answer.kind == REFUSED:
            raise Refused(refusal(answer.body)[0], sealed=True)
        if answer.kind != DEVICE_PROOF or answer.request_id != 0:
            raise ProtocolError(f"kind {answer.kind:#04x} instead of the device's proof")
        proven, signature = device_proof(answer.body)
        proofs.check(proofs.device_proof(self.handshake_hash, proven), signature, proven)
        if proven != address:
            raise proofs.ProofError(f"this is 0x{proven.hex()}, not the device that was looked for")
        return signature

    def slot(self, address: bytes, welcome: Welcome) -> Slot:
        """What to keep of a welcome."""
        return Slot(welcome.slot, welcome.secret, self.device_static, address, welcome.role, welcome.expires)
