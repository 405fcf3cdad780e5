"""Manifests and Merkle trees, beside cbor2, pycose and cryptography: `check_manifest.py MANIFEST_PEER`.

What others encode and sign is read and accepted by us, what we encode and sign is read and accepted by them.
"""
import hashlib
import random
import subprocess
import sys

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pycose.algorithms import EdDSA
from pycose.headers import KID, Algorithm
from pycose.keys import OKPKey
from pycose.keys.curves import Ed25519
from pycose.messages import CoseMessage, SignMessage
from pycose.messages.signer import CoseSignature

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
AAD = {
    "release": b"dimo-firmware-manifest-1",
    "director": b"dimo-firmware-directive-1",
    "root": b"dimo-firmware-root-1",
}
VENDOR, CLASS = b"\xa1" * 16, b"\xc1" * 16
DEVICE = "0x318F53cC0775fdfcb95A378Fd3228Dc564A28c61"
RUNNING = b"\x11" * 32
FIELDS = [
    (2, "vendor"),
    (3, "class"),
    (4, "kind"),
    (5, "slot"),
    (6, "seq"),
    (7, "version"),
    (8, "image_len"),
    (9, "image_hash"),
    (10, "payload_len"),
    (11, "chunk_log2"),
    (12, "chunk_root"),
    (13, "min_boot_seq"),
    (14, "dependencies"),
    (15, "epoch"),
    (16, "not_after"),
    (17, "delta_base"),
    (18, "payload_key"),
]


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


class Ours:
    """The program `manifest_peer`."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *words):
        words = [(word.hex() or "-") if isinstance(word, bytes) else str(word) for word in words]
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        answer, _, rest = self.process.stdout.readline().rstrip("\n").partition(" ")
        return answer == "ok", rest

    def do(self, *words):
        is_ok, rest = self.ask(*words)
        check(is_ok, f"{words}: {rest}")
        return rest


# Keys.


def public(seed):
    return Ed25519PrivateKey.from_private_bytes(bytes([seed] * 32)).public_key().public_bytes_raw()


def secp_key(seed):
    return ec.derive_private_key(int.from_bytes(bytes([seed] * 32)), ec.SECP256K1())


def secp_public(seed):
    numbers = secp_key(seed).public_key().public_numbers()
    return bytes([2 + numbers.y % 2]) + numbers.x.to_bytes(32)


def key_id(key):
    return hashlib.sha256(key).digest()[:8]


# Formats, by cbor2 alone.


def canonical(value):
    return cbor2.dumps(value, canonical=True)


def manifest(fields):
    return canonical({1: 1} | {number: fields[name] for number, name in FIELDS if name in fields})


def root(epoch, algorithm, keys, floors=()):
    sets = {number: [threshold, sorted(of_role)] for number, (threshold, of_role) in zip((5, 6, 7), keys)}
    floors = {8: [list(floor) for floor in floors]} if floors else {}
    return canonical({1: 1, 2: VENDOR, 3: epoch, 4: algorithm} | sets | floors)


def directive(hashes_of, seq=9, epoch=3, target=bytes.fromhex(DEVICE[2:]), **more):
    return canonical({1: 1, 2: target, 3: hashes_of, 4: seq, 5: epoch} | more)


def sign_by_pycose(role, seeds, payload):
    """pycose makes the structure and the signatures; we order them by key, as MANIFEST.md asks."""
    signers = []
    for seed in sorted(seeds, key=lambda seed: key_id(public(seed))):
        key = OKPKey(crv=Ed25519, x=public(seed), d=bytes([seed] * 32))
        headers = {Algorithm: EdDSA, KID: key_id(public(seed))}
        signers.append(CoseSignature(phdr=headers, external_aad=AAD[role], key=key))
    return SignMessage(payload=payload, signers=signers).encode()


def verify_by_pycose(role, seeds, envelope, payload):
    message = CoseMessage.decode(envelope)
    check(isinstance(message, SignMessage) and message.payload == payload, "pycose reads another payload")
    by_id = {key_id(public(seed)): public(seed) for seed in seeds}
    check(len(message.signers) == len(seeds), "pycose finds other signatures")
    for signer in message.signers:
        signer.key = OKPKey(crv=Ed25519, x=by_id[signer.phdr[KID]])
        signer.external_aad = AAD[role]
        check(signer.verify_signature(), "pycose refuses a signature")


def sign_by_secp(role, seeds, payload):
    """The structures by cbor2, ECDSA by cryptography."""
    signatures = []
    for seed in sorted(seeds, key=lambda seed: key_id(secp_public(seed))):
        protected = canonical({1: -47, 4: key_id(secp_public(seed))})
        signed = canonical(["Signature", b"", protected, AAD[role], payload])
        r, s = utils.decode_dss_signature(secp_key(seed).sign(signed, ec.ECDSA(hashes.SHA256())))
        signatures.append([protected, {}, r.to_bytes(32) + min(s, ORDER - s).to_bytes(32)])
    return canonical(cbor2.CBORTag(98, [b"", {}, payload, signatures]))


# Merkle trees, as RFC 9162 defines them.


def split(n):
    return 1 << (n - 1).bit_length() - 1


def tree(leaves):
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    left, right = leaves[: split(len(leaves))], leaves[split(len(leaves)) :]
    return hashlib.sha256(b"\1" + tree(left) + tree(right)).digest()


def path(index, leaves):
    if len(leaves) == 1:
        return b""
    middle = split(len(leaves))
    if index < middle:
        return path(index, leaves[:middle]) + tree(leaves[middle:])
    return path(index - middle, leaves[middle:]) + tree(leaves[:middle])


# The checks.


def any_number(chance, bits):
    """Of every length that CBOR encodes otherwise."""
    return chance.getrandbits(chance.randint(1, bits))


def any_fields(chance):
    fields = {
        "vendor": chance.randbytes(16),
        "class": chance.randbytes(16),
        "kind": chance.randrange(24),
        "seq": any_number(chance, 64),
        "version": [any_number(chance, 16) for _ in range(3)],
        "image_len": any_number(chance, 32) or 1,
        "image_hash": chance.randbytes(32),
        "chunk_log2": chance.randint(8, 16),
        "chunk_root": chance.randbytes(32),
        "min_boot_seq": any_number(chance, 64),
        "epoch": any_number(chance, 32),
    }
    others = [kind for kind in range(24) if kind != fields["kind"]]
    optional = {
        "slot": chance.randrange(24),
        "dependencies": [
            [kind, any_number(chance, 64)] for kind in sorted(chance.sample(others, chance.randint(1, 3)))
        ],
        "not_after": any_number(chance, 50),
        "delta_base": chance.randbytes(32),
        "payload_key": chance.randbytes(8),
    }
    fields |= {name: value for name, value in optional.items() if chance.random() < 0.5}
    if "delta_base" in fields or "payload_key" in fields:
        fields["payload_len"] = any_number(chance, 32) or 1
    return fields


def spelled(fields):
    def text(name, value):
        if name == "version":
            return ".".join(map(str, value))
        if name == "dependencies":
            return "+".join(f"{kind}:{seq}" for kind, seq in value)
        return value.hex() if isinstance(value, bytes) else str(value)

    return sorted(f"{name}={text(name, value)}" for name, value in fields.items())


def check_manifests(ours, chance):
    for _ in range(1000):
        fields = any_fields(chance)
        encoded = manifest(fields)
        check(ours.do("build", *spelled(fields)) == encoded.hex(), f"other bytes for {fields}")
        check(ours.do("manifest", encoded) == " ".join(spelled(fields)), f"other fields for {encoded.hex()}")
        check(len(encoded) <= 254, f"{len(encoded)} bytes")
        # In another order, with a field too many or too few.
        pairs = list(cbor2.loads(encoded).items())
        chance.shuffle(pairs)
        shuffled = cbor2.dumps(dict(pairs))
        check(ours.ask("manifest", shuffled)[0] == (shuffled == encoded), "the order of the fields")
        check(not ours.ask("manifest", canonical(dict(pairs) | {19: 0}))[0], "a field of tomorrow")
        required = chance.choice([1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 15])
        without = {key: value for key, value in pairs if key != required}
        check(not ours.ask("manifest", canonical(without))[0], f"without field {required}")
    return 1000


def world():
    image = bytes((at * 7 + at // 251) & 0xFF for at in range(600))
    return {
        "vendor": VENDOR,
        "class": CLASS,
        "kind": 0,
        "seq": 42,
        "version": [2, 10, 300],
        "image_len": len(image),
        "image_hash": hashlib.sha256(image).digest(),
        "chunk_log2": 8,
        "chunk_root": tree([image[at : at + 256] for at in range(0, len(image), 256)]),
        "min_boot_seq": 5,
        "epoch": 3,
    }


def check_updates(ours, chance):
    ed_root = root(3, -8, [(2, [public(seed) for seed in seeds]) for seeds in ((1, 2, 3), (4, 5, 6))] + [(1, [public(7)])])
    secp = lambda *seeds: [secp_public(seed) for seed in seeds]
    secp_root = root(3, -47, [(1, secp(1)), (2, secp(4, 5, 6)), (1, secp(7))])
    state = f"kind=0,seq=41,hash={RUNNING.hex()},slot=1,director=8,device={DEVICE},class={CLASS.hex()},boot=5"
    count = 0
    for _ in range(40):
        fields = world() | {"seq": chance.randint(35, 50)}
        encoded = manifest(fields)
        order = directive([hashlib.sha256(encoded).digest()], seq=chance.randint(5, 20))
        is_new = fields["seq"] >= 41 and cbor2.loads(order)[4] > 8
        for who, sign in ((ed_root, sign_by_pycose), (secp_root, sign_by_secp)):
            seeds = chance.sample((4, 5, 6), chance.randint(1, 3))
            release, signed_order = sign("release", seeds, encoded), sign("director", [7], order)
            is_taken, answer = ours.ask("update", who, release, signed_order, state)
            check(is_taken == (is_new and len(seeds) >= 2), f"{fields['seq']} {seeds}: {answer}")
            # In the wrong role, nothing counts.
            check(not ours.ask("update", who, sign("root", seeds, encoded), signed_order, state)[0], "role")
            count += 1
        # What we sign, the other way round.
        for role, payload in (("release", encoded), ("director", order), ("root", ed_root)):
            ours_signed = bytes.fromhex(ours.do("sign", role, ",".join(map(str, seeds)), payload))
            check(ours_signed == sign_by_pycose(role, seeds, payload), f"another envelope of a {role}")
            verify_by_pycose(role, seeds, ours_signed, payload)
    return count


def check_rotations(ours):
    sets = lambda *roots: [(2, [public(seed) for seed in roots]), (1, [public(4)]), (1, [public(7)])]
    old, new = root(3, -8, sets(1, 2, 3)), root(4, -8, sets(11, 12, 13), [(0, 7), (2, 9)])
    for seeds, is_enough in (((1, 2, 11, 13), True), ((1, 2, 3), False), ((11, 12, 13), False), ((1, 11, 12), False)):
        check(ours.ask("rotate", old, sign_by_pycose("root", seeds, new))[0] == is_enough, f"rotation by {seeds}")
    check(not ours.ask("rotate", old, sign_by_pycose("root", (1, 2), root(5, -8, sets(1, 2, 3))))[0], "a skipped root")


def check_trees(ours, chance):
    count = 0
    for size in [*range(1, 40), 64, 100, 255, 256, 257]:
        leaves = [chance.randbytes(chance.randint(1, 40)) for _ in range(size)]
        listed = ",".join(leaf.hex() for leaf in leaves)
        check(ours.do("tree", listed) == tree(leaves).hex(), f"another root of {size} leaves")
        for index in {0, size - 1, *chance.sample(range(size), min(size, 6))}:
            proof = path(index, leaves)
            check(ours.do("prove", index, listed) == proof.hex(), f"another proof of {index} of {size}")
            ours.do("check", tree(leaves), size, index, leaves[index], proof)
            check(not ours.ask("check", tree(leaves), size, index, b"other", proof)[0], "another leaf")
            check(not ours.ask("check", tree(leaves), size, index, leaves[index], proof + bytes(32))[0], "length")
            count += 1
    return count


def main():
    ours, chance = Ours(sys.argv[1]), random.Random(20261122)
    manifests = check_manifests(ours, chance)
    updates = check_updates(ours, chance)
    check_rotations(ours)
    trees = check_trees(ours, chance)
    print(f"cbor2, pycose, cryptography: {manifests} manifests, {updates} updates, {trees} proofs")


if __name__ == "__main__":
    main()
