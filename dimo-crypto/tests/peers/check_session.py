"""Sealed sessions against an implementation of their own: `check_session.py SESSION_PEER`.

Written from SESSION.md alone, over cryptography (X25519, ChaCha20-Poly1305) and eth-account (EIP-712): as a server against our
device, as a device against our server, and against the vectors of the document.
"""
import hashlib
import hmac
import pathlib
import random
import re
import subprocess
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils import keccak

SESSIONS = 20
NOW = 1_800_000_000
FIELDS = [
    ("suite", "uint16", 2), ("device", "address", 20), ("ephemeralKey", "bytes32", 32), ("serverKeyId", "bytes32", 32),
    ("recipient", "address", 20), ("counter", "uint64", 8), ("firstSequence", "uint48", 8), ("notAfter", "uint64", 8),
]


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


class Ours:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *words):
        """What our side answers; a `str` beginning with "refused" when it does not want to."""
        self.process.stdin.write(" ".join(str(word) for word in words) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().rstrip("\n")
        check(answer, f"the program ended at {words}")
        return answer.removeprefix("ok ") if answer.startswith("ok ") else answer

    def opened(self, *words):
        """Number, stage and text of a record."""
        number, stage, text = self.ask(*words).split(" ")
        return int(number), stage == "Upgraded", bytes.fromhex(text)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def extract(salt, material):
    return hmac.digest(salt, material, "sha256")


def expand(key, label):
    return hmac.digest(key, b"DIMO session 1 " + label.encode() + b"\x01", "sha256")


def public(secret):
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def agree(secret, theirs):
    return X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(theirs))


def key_id(server_key):
    return sha256(b"DIMO session 1 server key", server_key)


def typed(message):
    """The EIP-712 message that a wallet signs."""
    shown = {name: message[name] for name, _, _ in FIELDS}
    for name in ("device", "recipient"):
        shown[name] = "0x" + shown[name].hex()
    return encode_typed_data(full_message={
        "types": {
            "EIP712Domain": [{"name": "name", "type": "string"}, {"name": "version", "type": "string"}],
            "SessionOpening": [{"name": name, "type": kind} for name, kind, _ in FIELDS],
        },
        "primaryType": "SessionOpening",
        "domain": {"name": "DIMO Session", "version": "1"},
        "message": shown,
    })


def write_opening(message, wallet):
    body = b"\x01\x01"
    for name, kind, length in FIELDS:
        value = message[name]
        body += value.to_bytes(length, "big") if kind.startswith("uint") else value
    return body + bytes(Account.sign_message(typed(message), wallet).signature)


def read_opening(opening):
    check(len(opening) == 197 and opening[:2] == b"\x01\x01", "an opening has 197 bytes and begins with 0101")
    message, at = {}, 2
    for name, kind, length in FIELDS:
        value = opening[at:at + length]
        message[name] = int.from_bytes(value, "big") if kind.startswith("uint") else value
        at += length
    signer = Account.recover_message(typed(message), signature=opening[132:])
    check(bytes.fromhex(signer[2:]) == message["device"], "the device signed its opening")
    return message


class Stage:
    """The chains of both directions."""

    def __init__(self, key):
        self.chains = {way: expand(key, way) for way in ("device to server", "server to device")}

    def keys(self, way, generation):
        chain = self.chains[way]
        for _ in range(generation):
            chain = expand(chain, "next")
        return expand(chain, "key"), expand(chain, "iv")[:12]


class Session:
    """Either side, once the opening is known and the first secret agreed."""

    def __init__(self, opening, shared):
        self.counter = int.from_bytes(opening[108:116], "big")
        self.first = {"device to server": int.from_bytes(opening[116:124], "big"), "server to device": 0}
        self.next = dict(self.first)
        self.h1 = sha256(b"DIMO session 1 opening", opening)
        key = extract(self.h1, shared)
        self.u = expand(key, "upgrade")
        self.stages = [Stage(key), None]
        self.trace = {"es": shared, "h1": self.h1, "p1": key, "u": self.u}
        self.trace |= {f"base chain, {way}": chain for way, chain in self.stages[0].chains.items()}

    def upgrade(self, body, shared):
        """The upgraded stage, and what confirms it."""
        h2 = sha256(b"DIMO session 1 reply", self.h1, body)
        key = extract(h2, self.u + shared)
        self.stages[1] = Stage(key)
        self.trace |= {"ee": shared, "h2": h2, "p2": key}
        self.trace |= {f"upgraded chain, {way}": chain for way, chain in self.stages[1].chains.items()}
        return expand(key, "confirmation")[:16]

    def reply_body(self, ephemeral):
        return b"\x01\x02\x00\x01" + self.counter.to_bytes(8, "big") + public(ephemeral)

    def cipher(self, way, stage, number):
        key, iv = self.stages[stage].keys(way, (number - self.first[way]) // 1024)
        nonce = int.from_bytes(iv, "big") ^ number
        return ChaCha20Poly1305(key), nonce.to_bytes(12, "big")

    def seal(self, way, stage, text):
        number = self.next[way]
        self.next[way] += 1
        header = (self.counter & 0x7FFF | stage << 15).to_bytes(2, "big") + number.to_bytes(6, "big")
        cipher, nonce = self.cipher(way, stage, number)
        return header + cipher.encrypt(nonce, text, header)

    def open(self, way, record):
        stage, number = record[0] >> 7, int.from_bytes(record[2:8], "big")
        check(int.from_bytes(record[:2], "big") & 0x7FFF == self.counter & 0x7FFF, "the id is of the counter")
        cipher, nonce = self.cipher(way, stage, number)
        return number, bool(stage), cipher.decrypt(nonce, record[8:], record[:8])


UP, DOWN = "device to server", "server to device"


def vary(record, rng):
    """The record with one bit changed."""
    at = rng.randrange(8 * len(record))
    changed = bytearray(record)
    changed[at // 8] ^= 1 << at % 8
    return bytes(changed)


def our_device(ours, rng, with_reply):
    """We are the server."""
    wallet, server, ephemeral = (rng.randbytes(32) for _ in range(3))
    recipient, counter, stored = rng.randbytes(20), rng.randrange(1, 2**64), rng.randrange(2**48 - 10_000)
    not_after = rng.choice([NOW + rng.randrange(10**6), 253402300799])
    opening = bytes.fromhex(ours.ask("device", wallet.hex(), public(server).hex(), "0x" + recipient.hex(), counter,
                                     not_after, ephemeral.hex(), stored))
    message = read_opening(opening)
    check(message == {
        "suite": 1, "device": bytes.fromhex(Account.from_key(wallet).address[2:]), "ephemeralKey": public(ephemeral),
        "serverKeyId": key_id(public(server)), "recipient": recipient, "counter": counter, "firstSequence": stored,
        "notAfter": not_after,
    }, f"the opening says what was asked for: {message}")
    session = Session(opening, agree(server, message["ephemeralKey"]))

    stage, number = False, stored
    for part in range(2):
        for _ in range(rng.randrange(1, 1500)):
            text = rng.randbytes(rng.randrange(40))
            record = bytes.fromhex(ours.ask("device_seal", text.hex()))
            check(len(record) == len(text) + 24, "24 bytes are added")
            check(session.open(UP, record) == (number, stage, text), f"record {number} of our device")
            number += 1
        for _ in range(20):
            text = rng.randbytes(rng.randrange(40))
            expected = session.next[DOWN]
            record = session.seal(DOWN, stage, text)
            check(ours.ask("device_open", vary(record, rng).hex()).startswith("refused"), "a changed record")
            check(ours.opened("device_open", record.hex()) == (expected, stage, text), "a record to our device")
            check(ours.ask("device_open", record.hex()) == "refused replayed", "a repeated record")
        if part == 0 and with_reply:
            server_ephemeral = rng.randbytes(32)
            body = session.reply_body(server_ephemeral)
            confirmation = session.upgrade(body, agree(server_ephemeral, message["ephemeralKey"]))
            check(ours.ask("device_reply", vary(body + confirmation, rng).hex()).startswith("refused"), "a changed reply")
            answer = ours.ask("device_reply", (body + confirmation).hex())
            # Once it has left the first generation it has nothing to upgrade with.
            check((answer == "") == (number - stored < 1024), f"a reply after {number - stored} records: {answer}")
            stage = answer == ""


def our_server(ours, rng, with_reply):
    """We are the device."""
    wallet, server, other, ephemeral = (rng.randbytes(32) for _ in range(4))
    recipient, counter, first = rng.randbytes(20), rng.randrange(1, 2**64), rng.randrange(2**48 - 10_000)
    device = Account.from_key(wallet).address
    message = {
        "suite": 1, "device": bytes.fromhex(device[2:]), "ephemeralKey": public(ephemeral),
        "serverKeyId": key_id(public(server)), "recipient": recipient, "counter": counter, "firstSequence": first,
        "notAfter": NOW + 100,
    }
    opening = write_opening(message, wallet)
    ours.ask("server", "0x" + recipient.hex(), 1000, other.hex(), server.hex())

    def accept(opening, last=counter - 1, now=NOW, device=device):
        return ours.ask("accept", now, device, last.to_bytes(8, "big").hex(), opening.hex())

    for _ in range(10):
        check(accept(vary(opening, rng)).startswith("refused"), "a changed opening")
    check(accept(opening[:-1]) == "refused malformed_opening", "a truncated opening")
    check(accept(opening, last=counter) == "refused old_counter", "a repeated opening")
    check(accept(opening, now=NOW + 101) == "refused expired", "an opening that came too late")
    check(accept(opening, device="0x" + rng.randbytes(20).hex()) == "refused wrong_device", "of another device")
    check(accept(write_opening(message, other)) == "refused not_signed", "signed by a stranger")
    changes = [
        ("recipient", rng.randbytes(20), "wrong_recipient"), ("serverKeyId", rng.randbytes(32), "unknown_server_key"),
        ("suite", 2, "unknown_version"), ("ephemeralKey", bytes(32), "weak_key"), ("counter", 0, "malformed_opening"),
        ("notAfter", 253402300800, "malformed_opening"),
    ]
    for name, value, refusal in changes:
        answer = accept(write_opening(message | {name: value}, wallet))
        check(answer == f"refused {refusal}", f"an opening with another {name}: {answer}")
    check(accept(opening) == counter.to_bytes(8, "big").hex(), "an opening that is right")
    session = Session(opening, agree(ephemeral, public(server)))

    # What the server is to confirm, once it has seen an upgraded record.
    stage, down_stage = 0, 0
    if with_reply:
        reply = bytes.fromhex(ours.ask("server_reply", rng.randbytes(32).hex()))
        check(len(reply) == 60 and reply[:12] == session.reply_body(ephemeral)[:12], "the reply names the session")
    highest, taken, late = first - 1, set(), []
    for step in range(1500):
        if step == 700 and with_reply:
            check(session.upgrade(reply[:44], agree(ephemeral, reply[12:44])) == reply[44:], "the confirmation")
            stage = 1
        text = rng.randbytes(rng.randrange(40))
        number = session.next[UP]
        record = session.seal(UP, stage, text)
        chance = rng.random()
        if chance < 0.2:
            late.append((number, stage, text, record))
            continue
        if chance < 0.3:
            continue
        check(ours.opened("server_open", NOW, record.hex()) == (number, bool(stage), text), f"record {number}")
        highest, down_stage = number, stage
        if late and chance > 0.6:
            number, its_stage, text, record = late.pop(rng.randrange(len(late)))
            answer = ours.ask("server_open", NOW, record.hex())
            if number + 64 <= highest:
                check(answer == "refused too_old", f"late record {number} at {highest}: {answer}")
            else:
                expected = f"{number} {'Upgraded' if its_stage else 'Base'} {text.hex()}"
                check(answer == expected, f"late record {number} at {highest}: {answer}")
        if chance > 0.9:
            check(ours.ask("server_open", NOW, vary(record, rng).hex()).startswith("refused"), "a changed record")
            answer = ours.ask("server_open", NOW, record.hex())
            check(answer in ("refused replayed", "refused too_old"), f"a repeated record: {answer}")
            text = rng.randbytes(rng.randrange(40))
            record = bytes.fromhex(ours.ask("server_seal", NOW, text.hex()))
            check(session.open(DOWN, record)[1:] == (bool(down_stage), text), "a record from our server")
    check(ours.ask("server_open", NOW + 101, session.seal(UP, stage, b"").hex()) == "refused expired", "after the end")


def vectors(document):
    """Computes every line of the document's vectors from its secrets."""
    lines = dict(line.split(" = ") for line in re.search(r"^device wallet secret.*?(?=^```)", document, re.M | re.S)[0].splitlines())
    value = {name: bytes.fromhex(text.removeprefix("0x")) for name, text in lines.items() if len(text) > 10}
    wallet, device_secret = value["device wallet secret"], value["device ephemeral secret"]
    server_secret, server_ephemeral = value["server secret"], value["server ephemeral secret"]
    message = {
        "suite": 1, "device": bytes.fromhex(Account.from_key(wallet).address[2:]), "ephemeralKey": public(device_secret),
        "serverKeyId": key_id(public(server_secret)), "recipient": value["recipient"], "counter": int(lines["counter"]),
        "firstSequence": int(lines["first sequence"]), "notAfter": int(lines["not after"]),
    }
    opening = write_opening(message, wallet)
    session = Session(opening, agree(device_secret, public(server_secret)))
    signable = typed(message)
    digest = Account.sign_message(signable, wallet).message_hash
    type_string = f"SessionOpening({','.join(f'{kind} {name}' for name, kind, _ in FIELDS)})"
    check(type_string in document, "the type string")
    computed = {
        "device wallet secret": wallet, "device": message["device"], "device ephemeral secret": device_secret,
        "server secret": server_secret, "server public key": public(server_secret),
        "server key id": key_id(public(server_secret)), "server ephemeral secret": server_ephemeral,
        "recipient": value["recipient"], "domain separator": bytes(signable.header), "digest": bytes(digest),
        "opening": opening,
    }
    computed["type hash"] = keccak(type_string.encode())
    computed['first record, base, of "reading 1"'] = session.seal(UP, 0, b"reading 1")
    computed['first record down, base, of "setting 1"'] = session.seal(DOWN, 0, b"setting 1")
    body = session.reply_body(server_ephemeral)
    computed["reply"] = body + session.upgrade(body, agree(server_ephemeral, public(device_secret)))
    computed['second record, upgraded, of "reading 2"'] = session.seal(UP, 1, b"reading 2")
    computed['second record down, upgraded, of "setting 2"'] = session.seal(DOWN, 1, b"setting 2")
    session.next[UP] = session.first[UP] + 2048
    computed['far record, upgraded, of ""'] = session.seal(UP, 1, b"")
    check(set(value) == set(computed), f"these are in one of both alone: {set(value) ^ set(computed)}")
    for name, found in computed.items():
        check(found == value[name], f"{name}: {found.hex()}, not {value[name].hex()}")
    names = ("far key, of generation 2", "far iv, of generation 2")
    session.trace |= zip(names, session.stages[1].keys(UP, 2))
    for name, found in session.trace.items():
        check(f"\n{name} = {found.hex()}\n" in document, f"{name} = {found.hex()}")
    return len(computed) + len(session.trace)


def main():
    document = pathlib.Path(__file__).resolve().parents[2] / "SESSION.md"
    count = vectors(document.read_text())
    rng = random.Random(1)
    for i in range(SESSIONS):
        ours = Ours(sys.argv[1])
        our_device(ours, rng, i % 2 == 0)
        our_server(ours, rng, i % 4 < 2)
        ours.process.stdin.close()
        ours.process.wait()
    print(f"{count} vectors, {SESSIONS} sessions with our device, {SESSIONS} with our server")


main()
