"""SPAKE2+ (RFC 9383), suite P256-SHA256-HKDF-SHA256-HMAC-SHA256, for tests: plain arithmetic, whose time tells secrets."""
import hashlib
import hmac
import secrets
from dataclasses import dataclass

PRIME = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
A = PRIME - 3
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B

# None is the identity.
Point = tuple[int, int] | None


class Spake2Error(Exception):
    """A share or a confirmation of the other side is wrong."""


def add(first: Point, second: Point) -> Point:
    """The sum of two points."""
    if first is None or second is None:
        return second if first is None else first
    (x1, y1), (x2, y2) = first, second
    if x1 == x2:
        if (y1 + y2) % PRIME == 0:
            return None
        slope = (3 * x1 * x1 + A) * pow(2 * y1, -1, PRIME)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, PRIME)
    x3 = (slope * slope - x1 - x2) % PRIME
    return x3, (slope * (x1 - x3) - y1) % PRIME


def multiply(scalar: int, point: Point) -> Point:
    """The point, scalar times."""
    result = None
    for bit in bin(scalar % ORDER)[2:]:
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


def negate(point: Point) -> Point:
    """The point whose sum with this one is the identity."""
    return None if point is None else (point[0], -point[1] % PRIME)


def encode(point: Point) -> bytes:
    """65 bytes, uncompressed."""
    if point is None:
        raise Spake2Error("the identity")
    return b"\4" + point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")


def decode(data: bytes) -> Point:
    """The point of 65 or 33 bytes. Raises Spake2Error when it is not on the curve."""
    if len(data) not in (33, 65) or data[0] not in ((4,) if len(data) == 65 else (2, 3)):
        raise Spake2Error("not a point")
    x = int.from_bytes(data[1:33], "big")
    square = (x * x * x + A * x + B) % PRIME
    if len(data) == 33:
        y = pow(square, (PRIME + 1) // 4, PRIME)
        y = y if y % 2 == data[0] % 2 else PRIME - y
    else:
        y = int.from_bytes(data[33:], "big")
    if x >= PRIME or y >= PRIME or y * y % PRIME != square:
        raise Spake2Error("not a point of the curve")
    return x, y


BASE = decode(bytes.fromhex("036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"))
M = decode(bytes.fromhex("02886e2f97ace46e55ba9dd7242579f2993b64e16ef3dcab95afd497333d8fa12f"))
N = decode(bytes.fromhex("03d8bbd6c639c62937b04d997f38c3770719c629d7014d49a24b4f98baa1292b49"))


def hkdf(material: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 without a salt."""
    key = hmac.digest(bytes(32), material, "sha256")
    result = last = b""
    for number in range(1, -(-length // 32) + 1):
        last = hmac.digest(key, last + info + bytes([number]), "sha256")
        result += last
    return result[:length]


@dataclass(frozen=True)
class Context:
    """What both sides know of the exchange: a context and their names."""

    context: bytes
    prover: bytes
    verifier: bytes


@dataclass(frozen=True)
class Keys:
    """What comes out."""

    confirm_prover: bytes
    confirm_verifier: bytes
    shared: bytes


def schedule(context: Context, share_p: bytes, share_v: bytes, z: Point, v: Point, w0: int) -> Keys:
    """Section 3.4 and 4 of the RFC."""
    parts = (
        context.context, context.prover, context.verifier, encode(M), encode(N), share_p, share_v,
        encode(z), encode(v), w0.to_bytes(32, "big"),
    )
    transcript = b"".join(len(part).to_bytes(8, "little") + part for part in parts)
    main = hashlib.sha256(transcript).digest()
    confirmation = hkdf(main, b"ConfirmationKeys", 64)
    return Keys(
        hmac.digest(confirmation[:32], share_v, "sha256"),
        hmac.digest(confirmation[32:], share_p, "sha256"),
        hkdf(main, b"SharedKey", 32),
    )


class Prover:
    """The side that knows the password."""

    def __init__(self, context: Context, w0: int, w1: int, x: int | None = None) -> None:
        self._context, self._w0, self._w1 = context, w0, w1
        self._x = x if x is not None else secrets.randbelow(ORDER - 1) + 1
        self.share = encode(add(multiply(self._x, BASE), multiply(w0, M)))

    def keys(self, share_v: bytes) -> Keys:
        """The keys, from the verifier's share."""
        unmasked = add(decode(share_v), negate(multiply(self._w0, N)))
        z, v = multiply(self._x, unmasked), multiply(self._w1, unmasked)
        return schedule(self._context, self.share, share_v, z, v, self._w0)


class Verifier:
    """The side that knows only w0 and L."""

    def __init__(self, context: Context, w0: int, registered: bytes, y: int | None = None) -> None:
        self._context, self._w0, self._registered = context, w0, decode(registered)
        self._y = y if y is not None else secrets.randbelow(ORDER - 1) + 1
        self.share = encode(add(multiply(self._y, BASE), multiply(w0, N)))

    def keys(self, share_p: bytes) -> Keys:
        """The keys, from the prover's share."""
        unmasked = add(decode(share_p), negate(multiply(self._w0, M)))
        z, v = multiply(self._y, unmasked), multiply(self._y, self._registered)
        return schedule(self._context, share_p, self.share, z, v, self._w0)


def stretch(password: bytes, salt: bytes, iterations: int) -> tuple[int, int]:
    """w0 and w1: PBKDF2-HMAC-SHA256 to twice 40 bytes, each modulo the order."""
    derived = hashlib.pbkdf2_hmac("sha256", password, salt, iterations, 80)
    return int.from_bytes(derived[:40], "big") % ORDER, int.from_bytes(derived[40:], "big") % ORDER


def registration(w1: int) -> bytes:
    """L, which the verifier keeps."""
    return encode(multiply(w1, BASE))
