"""A small device in Python, written from the same document, so that the phone can be run without any other.

It works at once and never says "working"; what a device asks of the rest of itself it makes up.
"""
import hmac
import os
from dataclasses import dataclass, field

import proofs
from answers import ANSWER_BIT, DEVICE_PROOF, REFUSED
from handshakes import BY_LABEL, BY_PIN, KK, PIN, PIN_CONTEXT, RESUME, XX
from label import Label
from noise import Handshake, HandshakeError, Keypair, seal, unseal
from packets import Assembly, FragmentError, fragments
from session import SEALED
from spake2plus import Keys, Spake2Error, Verifier, registration, stretch

NO_PRESENCE, NO_VERSION, FAILED, PIN_WINDOW, PIN_LOCKED = 1, 6, 30, 31, 32
HANDSHAKE_TIME, WITHOUT_GRANT, WITHOUT_REQUEST, WINDOW, FRAGMENT_TIME = 30, 300, 600, 600, 10


@dataclass
class Phone:
    """What a slot keeps."""

    key: bytes
    secret: bytes
    owner: bytes
    role: int
    expires: int
    given: int


@dataclass
class Stored:
    """What survives a reset."""

    owner: bytes | None = None
    slots: dict[int, Phone] = field(default_factory=dict)
    given: int = 0
    signatures_left: int = 8
    pin_attempts: int = 0


@dataclass
class Begun:
    """A handshake under way, or the one that the session came from."""

    kind: int
    packet: bytes
    answer: bytes
    handshake: Handshake
    at: int
    slot: int | None = None
    third: bytes = b""
    third_answer: bytes = b""


@dataclass
class Running:
    """A session."""

    receive_key: bytes
    send_key: bytes
    hash: bytes
    phone_key: bytes
    begun: int
    latest: int
    slot: int | None = None
    grant: Phone | None = None
    taken: int = -1
    number: int = 0


class Drop(Exception):
    """A packet that is answered by an ATT error only."""

    def __init__(self, code: int) -> None:
        super().__init__(hex(code))
        self.code = code


class ToyDevice:
    """The device: fragments in, notifications out."""

    def __init__(self, now: int, pin: str, wallet: str, label_secret: bytes) -> None:
        self.account = proofs.account(wallet)
        self.address = proofs.address(self.account)
        self.label = Label(self.address, label_secret)
        self.static = Keypair()
        self.salt, self.iterations = os.urandom(16), 10_000
        self.w0, w1 = stretch(pin.encode(), self.salt, self.iterations)
        self.registered = registration(w1)
        self.now, self.stored = now, Stored()
        self.start()

    broken, clock_off_next, knows_time = "nothing", False, True

    def start(self) -> None:
        """As after a reset."""
        self.knows_time = not self.clock_off_next
        self.mtu, self.assembly, self.fragment_at = 23, Assembly(), 0
        self.begun: Begun | None = None
        self.session: Running | None = None
        self.window_until, self.window_attempts = 0, 0
        self.pin: tuple[int, Keys | None] = (0, None)
        self.pin_key: bytes | None = None
        self.pin_at = 0
        self.out: list[bytes] = []

    def open_window(self) -> None:
        if not self.present():
            self.window_attempts = 0
        self.window_until = self.now + WINDOW

    def present(self) -> bool:
        return self.now < self.window_until

    def connected(self, mtu: int) -> None:
        self.mtu = mtu
        self.disconnected()

    def disconnected(self) -> None:
        self.assembly.drop()
        self.begun = self.session = self.pin_key = None
        self.pin = (0, None)

    def take_fragment(self, fragment: bytes) -> tuple[int | None, list[bytes]]:
        """The ATT error, if any, and what is notified."""
        self.out = []
        if self.now - self.fragment_at >= FRAGMENT_TIME:
            self.assembly.drop()
        self.fragment_at = self.now
        try:
            packet = self.assembly.take(fragment)
            if packet is not None:
                self.take_packet(packet)
        except (FragmentError, Drop) as error:
            return error.code, []
        return None, self.out

    def send(self, packet: bytes) -> None:
        self.out += fragments(packet, self.mtu)

    def refuse(self, reason: int) -> None:
        self.send(bytes([0, reason]) + (b"\1\1" if reason == NO_VERSION else b""))

    def take_packet(self, packet: bytes) -> None:
        kind = packet[0]
        if kind == SEALED:
            self.take_sealed(packet)
        elif kind == PIN:
            self.take_pin(packet[1:])
        elif kind in (BY_LABEL, BY_PIN, RESUME):
            self.take_handshake(packet)
        else:
            raise Drop(0x85)

    # Handshakes.

    def take_handshake(self, packet: bytes) -> None:
        begun = self.begun
        if begun and packet == begun.packet:
            self.send(begun.answer)
        elif begun and begun.third and packet == begun.third:
            self.send(begun.third_answer)
        elif packet[0] != RESUME and len(packet) == 65:
            self.take_third(packet)
        elif len(packet) == (52 if packet[0] == RESUME else 51):
            self.take_first(packet)
        else:
            raise Drop(0x85)

    def take_first(self, packet: bytes) -> None:
        kind, lowest, highest = packet[:3]
        head = packet[: 4 if kind == RESUME else 3]
        if kind != RESUME and not self.present():
            return self.refuse(NO_PRESENCE)
        if lowest > highest:
            raise Drop(0x85)
        if not lowest <= 1 <= highest:
            return self.refuse(NO_VERSION)
        slot = packet[3] if kind == RESUME else None
        phone = None if slot is None else self.known(slot)
        psk = self.secret_of(kind, phone)
        if psk is None:
            return self.refuse(FAILED)
        handshake = Handshake(
            KK if kind == RESUME else XX, initiator=False, prologue=b"DIMO-PAIR" + head, static=self.static,
            psks=[psk], remote_static=phone and phone.key,
        )
        try:
            if handshake.read(packet[len(head) :]):
                raise Drop(0x85)
            answer = bytes([kind]) + handshake.write(b"\1\1\1")
        except HandshakeError:
            return self.refuse(FAILED)
        self.session, self.begun = None, Begun(kind, packet, answer, handshake, self.now, slot)
        self.send(answer)
        if phone:
            self.begin_session(handshake, phone.key)
            self.session.slot, self.session.grant = slot, phone

    def secret_of(self, kind: int, phone: Phone | None) -> bytes | None:
        if kind == BY_LABEL:
            return self.label.pre_shared_key()
        if kind == RESUME:
            return phone and phone.secret
        key, self.pin_key = self.pin_key, None
        return key

    def take_third(self, packet: bytes) -> None:
        begun = self.begun
        if begun is None or begun.third or packet[0] != begun.kind or self.now - begun.at >= HANDSHAKE_TIME:
            raise Drop(0x86)
        try:
            begun.handshake.read(packet[1:])
        except HandshakeError:
            self.begun = None
            return self.refuse(FAILED)
        begun.third = packet
        self.begin_session(begun.handshake, begun.handshake.remote_static)
        if self.broken == "wallet":
            self.say_refused(0, 7)
            begun.third_answer, self.session = self.latest, None
            return
        signature = proofs.sign(self.account, proofs.device_proof(begun.handshake.hash, self.address))
        self.say(DEVICE_PROOF, 0, self.address + signature)
        begun.third_answer = self.latest

    def begin_session(self, handshake: Handshake, phone_key: bytes) -> None:
        receive, send = handshake.split()
        self.session = Running(receive, send, handshake.hash, phone_key, self.now, self.now)

    def known(self, slot: int) -> Phone | None:
        phone = self.stored.slots.get(slot)
        return phone if phone and phone.expires > self.now else None

    # The PIN.

    def take_pin(self, body: bytes) -> None:
        lengths = {1: 1, 3: 66, 5: 33}
        if not body or len(body) != lengths.get(body[0]):
            raise Drop(0x85)
        if not self.present():
            return self.refuse(NO_PRESENCE)
        # The confirmation that belongs to the last attempt is still heard.
        if body[0] != 5 and (self.stored.pin_attempts >= 100 or self.window_attempts >= 5):
            return self.refuse(PIN_LOCKED if self.stored.pin_attempts >= 100 else PIN_WINDOW)
        step, keys = self.pin
        if body[0] != 1 and (body[0] != step or self.now - self.pin_at >= HANDSHAKE_TIME):
            raise Drop(0x86)
        if body[0] == 1:
            self.pin, self.pin_at = (3, None), self.now
            self.send(bytes([PIN, 2]) + self.iterations.to_bytes(4, "big") + self.salt)
        elif body[0] == 3:
            self.take_share(body[1:])
        else:
            self.take_confirmation(body[1:], keys)

    def take_share(self, share: bytes) -> None:
        self.pin = (0, None)
        verifier = Verifier(PIN_CONTEXT, self.w0, self.registered)
        try:
            keys = verifier.keys(share)
        except Spake2Error:
            return self.refuse(FAILED)
        self.stored.pin_attempts += 1
        self.window_attempts += 1
        self.pin = (5, keys)
        self.send(bytes([PIN, 4]) + verifier.share + keys.confirm_verifier)

    def take_confirmation(self, confirmation: bytes, keys: Keys) -> None:
        self.pin = (0, None)
        if not hmac.compare_digest(confirmation, keys.confirm_prover):
            return self.refuse(FAILED)
        self.stored.pin_attempts = self.window_attempts = 0
        self.pin_key = keys.shared
        self.send(bytes([PIN, 6]))

    # Sessions.

    def current(self) -> Running | None:
        session = self.session
        if session is None:
            return None
        without_grant = session.grant is None and self.now - session.begun >= WITHOUT_GRANT
        forgotten = session.slot is not None and self.known(session.slot) is not session.grant
        if without_grant or forgotten or self.now - session.latest >= WITHOUT_REQUEST:
            self.session = None
        return self.session

    def take_sealed(self, packet: bytes) -> None:
        session = self.current()
        if len(packet) < 21:
            raise Drop(0x85)
        if session is None:
            raise Drop(0x86)
        number = int.from_bytes(packet[1:5], "big")
        try:
            message = unseal(session.receive_key, number, packet[5:])
        except HandshakeError as error:
            raise Drop(0x87) from error
        if number <= session.taken:
            raise Drop(0x87)
        session.taken, session.latest = number, self.now
        if len(message) < 3:
            raise Drop(0x85)
        self.take_message(message)

    def take_message(self, message: bytes) -> None:
        raise NotImplementedError

    def say(self, kind: int, request_id: int, body: bytes) -> None:
        message = bytes([kind | ANSWER_BIT]) + request_id.to_bytes(2, "big") + body
        number, self.session.number = self.session.number, self.session.number + 1
        self.latest = bytes([SEALED]) + number.to_bytes(4, "big") + seal(self.session.send_key, number, message)
        self.send(self.latest)

    def say_refused(self, request_id: int, reason: int, rest: bytes = b"") -> None:
        self.say(REFUSED, request_id, bytes([reason]) + rest)
