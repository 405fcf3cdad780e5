"""Sealed payloads against ChaCha20 of `cryptography`, HMAC and SHA-256 of Python: `check_payload.py PAYLOAD_PEER`.

Written from MANIFEST.md alone. Both sides seal the same payloads, each opens what the other sealed, from any byte on.
"""

import hashlib
import hmac
import pathlib
import random
import re
import subprocess
import sys
import tempfile

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20

PAYLOADS = 60


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def key_of(secret, payload):
    return hmac.digest(secret, b"DIMO payload 1 key" + payload, "sha256")


def name_of(key):
    return hashlib.sha256(b"DIMO payload 1 name" + key).digest()[:8]


def stream(key, text):
    """Sealing and opening are the same. The first 4 of the 16 bytes are the counter."""
    return Cipher(ChaCha20(key, bytes(16)), mode=None).encryptor().update(text)


def check_vector(folder, seal):
    document = (pathlib.Path(__file__).parents[2] / "MANIFEST.md").read_text()
    key, name, first, digest = re.search(
        r"key    (\w{64})\nname   (\w{16})\nsent   (\w{32}) \.\.\.\n       SHA-256 (\w{64})", document
    ).groups()
    secret, payload = b"\x07" * 32, b"\x55" * 10_000
    sealed = stream(key_of(secret, payload), payload)
    check(seal(secret, payload) == (bytes.fromhex(name), bytes.fromhex(key), sealed), "our side and the document")
    check(key_of(secret, payload).hex() == key and name_of(bytes.fromhex(key)).hex() == name, "key of the document")
    check(sealed[:16].hex() == first and hashlib.sha256(sealed).hexdigest() == digest, "stream of the document")


def main():
    (program,) = sys.argv[1:]
    generator = random.Random(18)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        file, out = folder / "in", folder / "out"

        def ours(*words):
            return subprocess.run([program, *words], check=True, capture_output=True, text=True).stdout

        def seal(secret, payload):
            file.write_bytes(payload)
            named, key = ours("seal", secret.hex(), str(file), str(out)).split()
            return bytes.fromhex(named.removeprefix("0x")), bytes.fromhex(key.removeprefix("0x")), out.read_bytes()

        check_vector(folder, seal)
        for _ in range(PAYLOADS):
            secret, payload = generator.randbytes(32), generator.randbytes(generator.randrange(1, 20_000))
            key = key_of(secret, payload)
            check(seal(secret, payload) == (name_of(key), key, stream(key, payload)), "what we sealed")
            offset = generator.randrange(len(payload))
            file.write_bytes(stream(key, payload))
            ours("open", key.hex(), str(file), str(offset), str(out))
            check(out.read_bytes() == payload[offset:], f"what we opened from byte {offset} on")
    print(f"{PAYLOADS} payloads and the vector of the document are sealed and opened alike")


main()
