"""What the small device does with requests."""
import hashlib
import os

import proofs
from asks import Kind, Registry, Role, Upload, Vin
from fields import FormError, Reader, number, prefixed
from toy_device import Phone, ToyDevice

DAY = 86_400
# The third account of the Hardhat tool.
BACKEND = bytes.fromhex("3c44cdddb6a900fa2b585dd299e03d12fa4293bc")
OWNER_ONLY = (Role.OWNER,)
INSTALLERS = (Role.OWNER, Role.INSTALLER)
ALLOWED = {
    Kind.CLAIM: OWNER_ONLY, Kind.PAIR: OWNER_ONLY, Kind.UNPAIR: OWNER_ONLY, Kind.PHONES: OWNER_ONLY,
    Kind.REVOKE_PHONE: OWNER_ONLY, Kind.FACTORY_RESET: OWNER_ONLY, Kind.CLEAR_CODES: INSTALLERS,
    Kind.WIFI_NETWORKS: INSTALLERS, Kind.JOIN_WIFI: INSTALLERS, Kind.SET_APN: INSTALLERS, Kind.READ_IMSI: INSTALLERS,
    Kind.OFFER_FIRMWARE: INSTALLERS, Kind.BEGIN_UPLOAD: INSTALLERS, Kind.UPLOAD_CHUNK: INSTALLERS,
    Kind.FINISH_UPLOAD: INSTALLERS, Kind.LOG_TAIL: INSTALLERS,
}
PRESENCE = (Kind.CLAIM, Kind.PAIR, Kind.UNPAIR, Kind.CLEAR_CODES, Kind.FACTORY_RESET)


class Refusal(Exception):
    def __init__(self, reason: int, rest: bytes = b"") -> None:
        super().__init__(str(reason))
        self.reason, self.rest = reason, rest


class Device(ToyDevice):
    """The whole small device."""

    ignition = "off"
    upload: tuple[bytes, bytearray] | None = None
    vin_at: int | None = None
    last: tuple[bytes, bytes, tuple] | None = None
    powered = 0

    def start(self) -> None:
        super().start()
        self.upload = self.last = None
        self.vin_at, self.powered = None, self.now

    def take_message(self, message: bytes) -> None:
        session, kind, request_id = self.session, message[0], int.from_bytes(message[1:3], "big")
        if self.last and self.last[:2] == (session.phone_key, message) and session.grant:
            return self.say(self.last[2][0], request_id, self.last[2][1])
        try:
            answer = (kind, self.work(kind, message[3:]))
        except Refusal as refusal:
            answer = (0xFF, bytes([refusal.reason]) + refusal.rest)
        except FormError:
            answer = (0xFF, b"\4")
        if session.grant:
            self.last = (session.phone_key, message, answer)
        self.say(answer[0], request_id, answer[1])
        if self.session and self.session.slot is not None and self.session.slot not in self.stored.slots:
            self.session = None

    def work(self, kind: int, body: bytes) -> bytes:
        grant = self.session.grant
        if grant is None and kind != Kind.GRANT:
            raise Refusal(20)
        if kind not in list(Kind):
            raise Refusal(5)
        if grant and grant.role not in ALLOWED.get(kind, tuple(Role)):
            raise Refusal(24)
        reader = Reader(body)
        do = getattr(self, f"do_{Kind(kind).name.lower()}")
        checked = do(reader)
        reader.end()
        if kind in PRESENCE and not self.present():
            raise Refusal(1)
        return checked()

    # Each reads its fields and returns what is to be done when they are right.

    def do_grant(self, r):
        form, owner, expires, role, signature = r.one_of(range(1, 3)), r.bytes(20), r.number(8), r.number(1), r.bytes(65)

        def done():
            if role not in list(Role):
                raise Refusal(24)
            asked = proofs.Grant(self.session.hash, self.address, owner, expires, role)
            try:
                if form == 1:
                    proofs.check(proofs.owner_grant(asked), signature, owner)
                else:
                    proofs.check(proofs.owner_grant(asked, "PairingVerdict"), signature, BACKEND)
            except proofs.ProofError:
                raise Refusal(21) from None
            if expires <= self.now or not (self.knows_time or self.present()):
                raise Refusal(22)
            if self.stored.owner != owner and not (self.stored.owner is None and self.present()):
                raise Refusal(23)
            if self.broken == "storage":
                raise Refusal(18)
            return self.give_slot(owner, role, min(expires, self.now + 90 * DAY))

        return done

    def give_slot(self, owner, role, expires):
        slots, key = self.stored.slots, self.session.phone_key
        same = [slot for slot, phone in slots.items() if phone.key == key]
        free = [slot for slot in range(4) if slot not in slots]
        slot = (same + free + sorted(slots, key=lambda slot: slots[slot].given))[0]
        self.stored.given += 1
        phone = Phone(key, os.urandom(32), owner, role, expires, self.stored.given)
        slots[slot] = self.session.grant = phone
        self.session.slot = slot
        return number(role, 1) + number(expires, 8) + number(slot, 1) + phone.secret

    def do_identify(self, _):
        return lambda: self.address + prefixed(b"TOY-1") + prefixed(b"A") + prefixed(b"0.0.1")

    def do_claim(self, r):
        registry, node, owner = self.registry(r), r.number(32), r.bytes(20)

        def done():
            if owner != self.session.grant.owner:
                raise Refusal(23)
            return self.signed(proofs.claim(registry, node, owner))

        return done

    def do_pair(self, r):
        registry, node, vehicle = self.registry(r), r.number(32), r.number(32)
        return lambda: self.signed(proofs.pair(registry, node, vehicle))

    def do_unpair(self, r):
        registry, node, vehicle = self.registry(r), r.number(32), r.number(32)
        return lambda: self.signed(proofs.unpair(registry, node, vehicle))

    def registry(self, r):
        return Registry(r.number(8), r.bytes(20))

    def signed(self, message):
        if self.broken != "nothing":
            raise Refusal(7 if self.broken == "wallet" else 18)
        more = (self.now - self.powered) // 600
        self.powered += more * 600
        self.stored.signatures_left = min(8, self.stored.signatures_left + more)
        if not self.stored.signatures_left:
            raise Refusal(3)
        self.stored.signatures_left -= 1
        return proofs.sign(self.account, message)

    def do_read_vin(self, r):
        source = r.one_of(range(2))

        def done():
            if source == Vin.STORED and self.vin_at is None:
                raise Refusal(12)
            self.vin_at = self.now if source == Vin.FRESH or self.vin_at is None else self.vin_at
            return number(source, 1) + number(self.now - self.vin_at, 4) + prefixed(b"1HGBH41JXMN109186")

        return done

    def do_read_protocol(self, _):
        return lambda: b"\6"

    def do_read_codes(self, r):
        first = r.number(2)
        return lambda: b"\0\1" + (b"\0\x01\x33" if first == 0 else b"")

    def do_clear_codes(self, r):
        self.confirmed(r, b"CLR!")

        def done():
            if self.ignition != "on":
                raise Refusal(14)
            return b""

        return done

    def confirmed(self, r, word):
        if r.bytes(4) != word:
            raise FormError("not confirmed")

    def do_wifi_networks(self, r):
        first = r.number(1)
        return lambda: b"\1" + (b"\1\xc8" + prefixed(b"home") if first == 0 else b"")

    def do_join_wifi(self, r):
        security, _, password = r.one_of(range(3)), r.prefixed(1, 32), r.prefixed(0, 63)
        if (security == 0) != (not password) or 0 < len(password) < 8:
            raise FormError("password")
        if not all(0x20 <= byte <= 0x7E for byte in password):
            raise FormError("password")
        return lambda: b"\2\0\0"

    def do_wifi_status(self, _):
        return lambda: b"\0\0\0"

    def do_set_apn(self, r):
        r.text(1, 63), r.text(0, 32), r.text(0, 32)
        return lambda: b""

    def do_cellular_status(self, _):
        return lambda: b"\5\0\0\0"

    def do_read_imsi(self, _):
        return lambda: prefixed(b"001010123456789")

    def do_firmware_status(self, _):
        return lambda: b"\0\0" + prefixed(b"0.0.1") + prefixed(b"")

    def do_offer_firmware(self, r):
        r.text(1, 32), r.number(4), r.bytes(32)
        return lambda: b"\3"

    def do_hold_awake(self, r):
        seconds = r.number(2)
        return lambda: number(min(seconds, 900), 2)

    def do_begin_upload(self, r):
        what, length = r.one_of(range(1, 6)), r.number(4)
        head = bytes([what]) + number(length, 4) + r.bytes(32)

        def done():
            if what == Upload.SHARING_CONSENT and self.session.grant.role != Role.OWNER:
                raise Refusal(24)
            if length > (16 << 20 if what == Upload.FIRMWARE_IMAGE else 64 << 10):
                raise Refusal(16)
            if self.upload is None or self.upload[0] != head:
                self.upload = (head, bytearray())
            return number(len(self.upload[1]), 4)

        return done

    def do_upload_chunk(self, r):
        offset, data = r.number(4), r.rest()
        if not 1 <= len(data) <= 208:
            raise FormError("chunk")

        def done():
            head, had = self.upload or (bytes(37), b"")
            if offset != len(had) or offset + len(data) > int.from_bytes(head[1:5], "big"):
                raise Refusal(13, number(len(had), 4))
            had += data
            return number(len(had), 4)

        return done

    def do_finish_upload(self, _):
        def done():
            head, had = self.upload or (bytes(37), b"")
            if not had or len(had) != int.from_bytes(head[1:5], "big"):
                raise Refusal(13, number(len(had), 4))
            if hashlib.sha256(had).digest() != head[5:]:
                self.upload = (head, bytearray())
                raise Refusal(15)
            self.upload = None
            return b""

        return done

    def do_log_tail(self, r):
        r.number(4)
        return lambda: b"\0\0\0\1started\n"

    def do_phones(self, _):
        return lambda: b"".join(
            number(slot, 1) + number(phone.role, 1) + number(phone.expires, 8) + hashlib.sha256(phone.key).digest()[:8]
            for slot, phone in self.stored.slots.items()
        )

    def do_revoke_phone(self, r):
        slot = r.number(1)

        def done():
            if self.stored.slots.pop(slot, None) is None:
                raise Refusal(25)
            return b""

        return done

    def do_forget_me(self, _):
        def done():
            del self.stored.slots[self.session.slot]
            return b""

        return done

    def do_factory_reset(self, r):
        self.confirmed(r, b"RST!")

        def done():
            self.stored.slots.clear()
            self.stored.pin_attempts = 0
            return b""

        return done
