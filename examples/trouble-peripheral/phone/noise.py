"""The Noise protocol framework, revision 34: the patterns XX and KK with pre-shared keys over 25519, ChaChaPoly, SHA256."""
import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

# What each side knows of the other beforehand, and the tokens of each message; the initiator sends the first.
KNOWN = {"XX": False, "KK": True}
MESSAGES = {
    "XX": (("e",), ("e", "ee", "s", "es"), ("s", "se")),
    "KK": (("e", "es", "ss"), ("e", "ee", "se")),
}
KEY = 32
TAG = 16


class HandshakeError(Exception):
    """A message of a handshake, or a sealed one, is not from who it should be from."""


class Keypair:
    """A key of X25519."""

    def __init__(self, private: bytes | None = None) -> None:
        self.private = private if private is not None else os.urandom(KEY)
        self._key = X25519PrivateKey.from_private_bytes(self.private)
        self.public = self._key.public_key().public_bytes_raw()

    def secret_with(self, public: bytes) -> bytes:
        """The shared secret; an all-zero one is refused."""
        try:
            return self._key.exchange(X25519PublicKey.from_public_bytes(public))
        except ValueError as error:
            raise HandshakeError("the public key leads to an all-zero secret") from error


def hkdf(chaining_key: bytes, material: bytes, outputs: int) -> list[bytes]:
    """Noise's HKDF, which is RFC 5869's with the chaining key as salt and no info."""
    temporary = hmac.digest(chaining_key, material, "sha256")
    result, last = [], b""
    for number in range(1, outputs + 1):
        last = hmac.digest(temporary, last + bytes([number]), "sha256")
        result.append(last)
    return result


def nonce(number: int) -> bytes:
    """Noise's nonce for ChaChaPoly: four zero bytes and the number, lowest byte first."""
    return bytes(4) + number.to_bytes(8, "little")


def seal(key: bytes, number: int, text: bytes, associated: bytes = b"") -> bytes:
    """The sealed text and its tag."""
    return ChaCha20Poly1305(key).encrypt(nonce(number), text, associated)


def unseal(key: bytes, number: int, sealed: bytes, associated: bytes = b"") -> bytes:
    """The text. Raises HandshakeError when the seal is wrong."""
    try:
        return ChaCha20Poly1305(key).decrypt(nonce(number), sealed, associated)
    except (InvalidTag, ValueError) as error:
        raise HandshakeError("the seal is wrong") from error


class SymmetricState:
    """The chaining key, the hash and the cipher of a handshake under way."""

    def __init__(self, name: bytes) -> None:
        self.hash = name.ljust(32, b"\0") if len(name) <= 32 else hashlib.sha256(name).digest()
        self.chaining_key = self.hash
        self.key: bytes | None = None
        self.number = 0

    def mix_hash(self, data: bytes) -> None:
        self.hash = hashlib.sha256(self.hash + data).digest()

    def mix_key(self, material: bytes) -> None:
        self.chaining_key, self.key = hkdf(self.chaining_key, material, 2)
        self.number = 0

    def mix_key_and_hash(self, material: bytes) -> None:
        self.chaining_key, hashed, self.key = hkdf(self.chaining_key, material, 3)
        self.mix_hash(hashed)
        self.number = 0

    def encrypt(self, text: bytes) -> bytes:
        sealed = text if self.key is None else seal(self.key, self.number, text, self.hash)
        self.number += self.key is not None
        self.mix_hash(sealed)
        return sealed

    def decrypt(self, sealed: bytes) -> bytes:
        text = sealed if self.key is None else unseal(self.key, self.number, sealed, self.hash)
        self.number += self.key is not None
        self.mix_hash(sealed)
        return text


class Handshake:
    """One side of one handshake.

    `name` is the full name, such as `Noise_XXpsk0_25519_ChaChaPoly_SHA256`; the pre-shared keys are in the order of the
    messages that mix them.
    """

    def __init__(
        self, name: str, *, initiator: bool, prologue: bytes, static: Keypair,
        remote_static: bytes | None = None, psks: Sequence[bytes] = (), ephemeral: Keypair | None = None,
    ) -> None:
        pattern, self._messages = tokens(name)
        self._initiator, self._static, self._ephemeral = initiator, static, ephemeral or Keypair()
        self._psks, self._has_psk = list(psks), bool(psks)
        self.remote_static, self._remote_ephemeral = remote_static, b""
        self._next = 0
        self._state = SymmetricState(name.encode())
        self._state.mix_hash(prologue)
        if KNOWN[pattern]:
            ours, theirs = static.public, remote_static or b""
            for public in (ours, theirs) if initiator else (theirs, ours):
                self._state.mix_hash(public)

    @property
    def hash(self) -> bytes:
        """h, as it is after the latest message."""
        return self._state.hash

    def write(self, payload: bytes = b"") -> bytes:
        """The next message."""
        message = b""
        for token in self._take():
            if token == "e":
                message += self._ephemeral.public
                self._mix_ephemeral(self._ephemeral.public)
            elif token == "s":
                message += self._state.encrypt(self._static.public)
            else:
                self._mix(token)
        return message + self._state.encrypt(payload)

    def read(self, message: bytes) -> bytes:
        """The payload of the message that the other side wrote. Raises HandshakeError."""
        for token in self._take():
            if token == "e":
                self._remote_ephemeral, message = cut(message, KEY)
                self._mix_ephemeral(self._remote_ephemeral)
            elif token == "s":
                sealed, message = cut(message, KEY + (TAG if self._state.key else 0))
                self.remote_static = self._state.decrypt(sealed)
            else:
                self._mix(token)
        return self._state.decrypt(message)

    def split(self) -> tuple[bytes, bytes]:
        """The keys of what the initiator and of what the responder sends."""
        first, second = hkdf(self._state.chaining_key, b"", 2)
        return first, second

    def _take(self) -> tuple[str, ...]:
        self._next += 1
        return self._messages[self._next - 1]

    def _mix_ephemeral(self, public: bytes) -> None:
        self._state.mix_hash(public)
        # Section 9.2: with a pre-shared key, what is sealed depends on the ephemeral key from the first message on.
        if self._has_psk:
            self._state.mix_key(public)

    def _mix(self, token: str) -> None:
        if token == "psk":
            self._state.mix_key_and_hash(self._psks.pop(0))
            return
        # The first letter is the initiator's key, the second the responder's.
        ours, theirs = token if self._initiator else token[::-1]
        own = self._ephemeral if ours == "e" else self._static
        other = self._remote_ephemeral if theirs == "e" else self.remote_static
        self._state.mix_key(own.secret_with(other or b""))


def tokens(name: str) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """The base pattern of a name, and the tokens of its messages with the pre-shared keys in their places."""
    part = name.split("_")[1]
    pattern = part[:2]
    messages = [list(message) for message in MESSAGES[pattern]]
    for modifier in filter(None, part[2:].split("+")):
        place = int(modifier.removeprefix("psk"))
        if place == 0:
            messages[0].insert(0, "psk")
        else:
            messages[place - 1].append("psk")
    return pattern, tuple(tuple(message) for message in messages)


def cut(data: bytes, length: int) -> tuple[bytes, bytes]:
    """The first bytes and the rest. Raises HandshakeError when there are fewer."""
    if len(data) < length:
        raise HandshakeError("the message is too short")
    return data[:length], data[length:]
