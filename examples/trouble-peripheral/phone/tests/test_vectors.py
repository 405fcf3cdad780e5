"""The vectors of the document, made again by the phone: `python -m unittest discover -s tests`."""
import hashlib
import re
import sys
import unittest
from pathlib import Path

from eth_account.messages import _hash_eip191_message as digest_of

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

import answers  # noqa: E402
import asks  # noqa: E402
import proofs  # noqa: E402
from advertising import ServiceData  # noqa: E402
from answers import READERS, Answer  # noqa: E402
from handshakes import KK, OURS, PIN_CONTEXT, XX, check_version  # noqa: E402
from label import Label  # noqa: E402
from noise import Handshake, Keypair, seal, unseal  # noqa: E402
from packets import fragments  # noqa: E402
from spake2plus import ORDER, Prover, Verifier, registration, stretch  # noqa: E402

SPEC = Path(__file__).resolve().parents[4] / "dimo-pairing" / "SPEC.md"
CLOCK = 1_800_000_000
REGISTRY = asks.Registry(137, bytes.fromhex("fa8bec73cebb9d88ff88a2f75e7d7312f2fd39ec"))
PLAN = b"a plan of some bytes"


class Section:
    """The blocks of one section, each with the text before it."""

    def __init__(self, title: str) -> None:
        text = SPEC.read_text().split(f"{title}", 1)[1]
        text = re.split(r"\n#+ ", text, maxsplit=1)[0]
        self.blocks: list[tuple[str, list[str]]] = []
        said = ""
        for at, part in enumerate(text.split("\n```")):
            # Every second part is a block; what is said before it is the last line before it.
            if at % 2:
                self.blocks.append((said, part.removeprefix("text\n").splitlines()))
            else:
                said = (part.strip().splitlines() or [""])[-1]
        self.lines = [line for _, block in self.blocks for line in block]

    def all(self, name: str) -> list[str]:
        return [line[len(name) :].strip() for line in self.lines if line.startswith(f"{name}  ")]

    def text(self, name: str) -> str:
        return self.all(name)[0]

    def bytes(self, name: str) -> bytes:
        return bytes.fromhex(self.text(name))

    def block(self, start: str) -> dict[str, str]:
        """The one block that comes after a text."""
        (found,) = [block for said, block in self.blocks if said.startswith(start)]
        return dict(re.split(r" {2,}", line, maxsplit=1) for line in found if "  " in line)

    def message(self, start: str) -> bytes:
        return bytes.fromhex(self.block(start)["message"])

    def fragments(self, start: str) -> list[bytes]:
        (found,) = [block for said, block in self.blocks if said.startswith(start)]
        return [bytes.fromhex(line) for line in found]


KEYS = Section("### 13.1")
FIRST, AGAIN, PIN = Section("### 13.2"), Section("### 13.3"), Section("## 14.")
LABEL = Label(KEYS.bytes("device address"), KEYS.bytes("label secret"))
PHONE, DEVICE = (Keypair(KEYS.bytes(f"{who} static key, secret")) for who in ("phone", "device"))


def run(section: Section, name: str, head: bytes, psk: bytes) -> tuple[Handshake, list[bytes]]:
    """The handshake of a section: the phone's side after it, and its packets."""
    known = name == KK
    sides = [
        Handshake(
            name, initiator=phone, prologue=b"DIMO-PAIR" + head, static=own, psks=[psk],
            remote_static=other.public if known else None,
            ephemeral=Keypair(section.bytes(f"{'phone' if phone else 'device'} ephemeral, secret")),
        )
        for phone, own, other in ((True, PHONE, DEVICE), (False, DEVICE, PHONE))
    ]
    packets = [head + sides[0].write()]
    sides[1].read(packets[0][len(head) :])
    packets.append(head[:1] + sides[1].write(b"\1\1\1"))
    check_version(sides[0].read(packets[1][1:]), OURS)
    if not known:
        packets.append(head[:1] + sides[0].write())
        sides[1].read(packets[2][1:])
    return sides[0], packets


class Vectors(unittest.TestCase):
    def packets_are(self, section: Section, packets: list[bytes]) -> None:
        """Fails unless these, in turns from the phone and the device, are those listed with their first byte."""
        for who, sent in (("phone", packets[0::2]), ("device", packets[1::2])):
            listed = [each for each in section.all(f"packet, from the {who}") if each[:2] == f"{packets[0][0]:02x}"]
            self.assertEqual([each.hex() for each in sent], listed)

    def sealed_are(self, section: Section, handshake: Handshake) -> int:
        """Seals each message and unseals each packet of a section; how many there were."""
        keys, numbers = dict(zip(("phone", "device"), handshake.split(), strict=True)), {"phone": 0, "device": 0}
        for said, block in section.blocks:
            fields = dict(re.split(r" {2,}", line, maxsplit=1) for line in block if "  " in line)
            if "message" not in fields:
                continue
            who = "phone" if said.endswith("from the phone:") else "device"
            message, number = bytes.fromhex(fields["message"]), numbers[who]
            packet = b"\2" + number.to_bytes(4, "big") + seal(keys[who], number, message)
            self.assertEqual(packet.hex(), fields["packet"], said)
            self.assertEqual(unseal(keys[who], number, packet[5:]), message)
            if who == "device":
                answer = Answer.read(message)
                READERS.get(answer.kind & 0x7F, answers.device_proof)(answer.body)
            numbers[who] += 1
        return sum(numbers.values())

    def request_is(self, section: Section, start: str, request: asks.Request) -> None:
        message = section.message(start)
        self.assertEqual(request.message(int.from_bytes(message[1:3], "big")).hex(), message.hex(), start)

    def proof_is(self, section: Section, handshake: Handshake) -> None:
        block = section.block("Device proof")
        address, signature = answers.device_proof(bytes.fromhex(block["message"])[3:])
        message = proofs.device_proof(handshake.hash, address)
        self.assertEqual(digest_of(message).hex(), block["digest signed"])
        proofs.check(message, signature, LABEL.address)

    def test_keys_label_and_advertisement(self):
        for who, key in (("phone", PHONE), ("device", DEVICE)):
            self.assertEqual(key.public, KEYS.bytes(f"{who} static key, public"))
        self.assertEqual(LABEL.write(), KEYS.text("label text"))
        self.assertEqual(Label.read(KEYS.text("label text")), LABEL)
        self.assertEqual(LABEL.pre_shared_key(), KEYS.bytes("label pre-shared key"))
        self.assertEqual(LABEL.hint_key(), KEYS.bytes("label hint key"))
        response = KEYS.bytes("scan response")
        self.assertEqual((response[0], response[1], len(response)), (0x1B, 0x21, 28))
        data = ServiceData.read(response[18:])
        self.assertTrue(data.is_from(LABEL) and data.window_open and data.has_label and not data.takes_pin)
        for who in ("device", "owner"):
            account = proofs.account(KEYS.text(f"{who} wallet, key"))
            self.assertEqual(proofs.address(account), KEYS.bytes(f"{who} address"))

    def test_a_first_pairing(self):
        handshake, packets = run(FIRST, XX, b"\1\1\1", LABEL.pre_shared_key())
        self.packets_are(FIRST, packets)
        self.assertEqual(handshake.hash, FIRST.bytes("handshake hash"))
        for start, packet in zip(("The first,", "The second,", "The third,"), packets, strict=True):
            self.assertEqual(fragments(packet, 23), FIRST.fragments(start))
        self.proof_is(FIRST, handshake)
        self.assertEqual(self.sealed_are(FIRST, handshake), 9)
        self.grant_is(handshake)
        self.request_is(FIRST, "Identify", asks.IDENTIFY)
        self.request_is(FIRST, "Read VIN", asks.read_vin(0))
        owner = KEYS.bytes("owner address")
        self.request_is(FIRST, "Claim of", asks.claim(REGISTRY, 42, owner))
        signature = answers.signature(FIRST.message("Claim proof")[3:])
        self.assertEqual(digest_of(proofs.claim(REGISTRY, 42, owner)).hex(), FIRST.block("Claim proof")["digest signed"])
        proofs.check(proofs.claim(REGISTRY, 42, owner), signature, LABEL.address)

    def grant_is(self, handshake: Handshake) -> None:
        owner = proofs.account(KEYS.text("owner wallet, key"))
        expires = CLOCK + 30 * 86_400
        grant = proofs.Grant(handshake.hash, LABEL.address, proofs.address(owner), expires, asks.Role.OWNER)
        self.assertEqual(digest_of(proofs.owner_grant(grant)).hex(), FIRST.block("Grant")["digest signed"])
        signature = proofs.sign(owner, proofs.owner_grant(grant))
        self.request_is(FIRST, "Grant", asks.grant(1, grant.owner, expires, grant.role, signature))

    def test_the_phone_resumes(self):
        welcome = answers.welcome(FIRST.message("Welcome")[3:])
        self.assertEqual(welcome.secret, AGAIN.bytes("pre-shared key"))
        handshake, packets = run(AGAIN, KK, b"\3\1\1" + bytes([welcome.slot]), welcome.secret)
        self.packets_are(AGAIN, packets)
        self.assertEqual(handshake.hash, AGAIN.bytes("handshake hash"))
        self.assertEqual(self.sealed_are(AGAIN, handshake), 8)
        self.request_is(AGAIN, "Read trouble", asks.read_codes(0))
        self.request_is(AGAIN, "Begin upload", asks.begin_upload(1, len(PLAN), hashlib.sha256(PLAN).digest()))
        self.request_is(AGAIN, "Upload chunk", asks.upload_chunk(0, PLAN))
        self.request_is(AGAIN, "Finish upload", asks.FINISH_UPLOAD)

    def test_the_pin(self):
        w0, w1 = stretch(PIN.text("PIN").encode(), PIN.bytes("salt"), int(PIN.text("iterations")))
        self.assertEqual(w0, int(PIN.text("w0"), 16))
        self.assertEqual(registration(w1), PIN.bytes("L"))
        x, y = (int(PIN.text(f"{name}, 48 random bytes"), 16) % ORDER for name in "xy")
        prover, verifier = Prover(PIN_CONTEXT, w0, w1, x), Verifier(PIN_CONTEXT, w0, registration(w1), y)
        keys = prover.keys(verifier.share)
        self.assertEqual(keys, verifier.keys(prover.share))
        iterations = int(PIN.text("iterations")).to_bytes(4, "big")
        exchange = [
            b"\4\1", b"\4\2" + iterations + PIN.bytes("salt"), b"\4\3" + prover.share,
            b"\4\4" + verifier.share + keys.confirm_verifier, b"\4\5" + keys.confirm_prover, b"\4\6",
        ]
        self.packets_are(PIN, exchange)
        self.assertEqual(keys.shared, PIN.bytes("K_shared"))
        handshake, packets = run(PIN, XX, b"\5\1\1", keys.shared)
        self.packets_are(PIN, packets)
        self.assertEqual(handshake.hash, PIN.bytes("handshake hash"))
        self.proof_is(PIN, handshake)
        self.assertEqual(self.sealed_are(PIN, handshake), 1)


if __name__ == "__main__":
    unittest.main()
