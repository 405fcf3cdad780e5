"""Packets and their fragments (SPEC.md, section 2)."""
import zlib

FIRST, LAST, SEQUENCE = 0x80, 0x40, 0x3F
# Flags, length and checksum.
FIRST_HEADER = 7
ATT_HEADER = 3
LONGEST = 237


class FragmentError(Exception):
    """A fragment does not fit; `code` is the ATT error that a device answers with."""

    def __init__(self, code: int) -> None:
        super().__init__(f"fragment refused: {code:#04x}")
        self.code = code


def fragments(packet: bytes, mtu: int) -> list[bytes]:
    """The packet cut for an ATT MTU, every fragment but the last one filled."""
    if not 1 <= len(packet) <= LONGEST:
        raise ValueError(f"a packet of {len(packet)} bytes")
    return cut(packet, mtu - ATT_HEADER)


def cut(packet: bytes, size: int) -> list[bytes]:
    """The packet cut into fragments of a size."""
    start = size - FIRST_HEADER
    bodies = [packet[:start]]
    bodies += [packet[at : at + size - 1] for at in range(start, len(packet), size - 1)]
    head = len(packet).to_bytes(2, "big") + zlib.crc32(packet).to_bytes(4, "big")
    result = []
    for number, body in enumerate(bodies):
        flags = number & SEQUENCE | (FIRST if number == 0 else 0) | (LAST if number == len(bodies) - 1 else 0)
        result.append(bytes([flags]) + (head if number == 0 else b"") + body)
    return result


class Assembly:
    """The packet that is coming in."""

    def __init__(self) -> None:
        self.drop()

    def drop(self) -> None:
        """Gives up what has begun."""
        self._body: bytes | None = None
        self._length = self._checksum = self._due = 0

    def take(self, fragment: bytes) -> bytes | None:
        """The packet when this fragment ends it. Raises FragmentError, and the packet begun is dropped."""
        try:
            return self._take(fragment)
        except FragmentError:
            self.drop()
            raise

    def _take(self, fragment: bytes) -> bytes | None:
        if not fragment:
            raise FragmentError(0x80)
        flags, body = fragment[0], fragment[1:]
        if flags & FIRST:
            body = self._begin(fragment)
        if self._body is None or flags & SEQUENCE != self._due & SEQUENCE:
            raise FragmentError(0x81)
        if not body and not flags & LAST:
            raise FragmentError(0x80)
        self._due += 1
        self._body += body
        if (len(self._body) == self._length) != bool(flags & LAST) or len(self._body) > self._length:
            raise FragmentError(0x83)
        return self._end() if flags & LAST else None

    def _begin(self, fragment: bytes) -> bytes:
        self.drop()
        if len(fragment) < FIRST_HEADER:
            raise FragmentError(0x80)
        self._length = int.from_bytes(fragment[1:3], "big")
        self._checksum = int.from_bytes(fragment[3:7], "big")
        if not 1 <= self._length <= LONGEST:
            raise FragmentError(0x82 if self._length else 0x85)
        self._body = b""
        return fragment[FIRST_HEADER:]

    def _end(self) -> bytes:
        packet, checksum = self._body or b"", self._checksum
        self.drop()
        if zlib.crc32(packet) != checksum:
            raise FragmentError(0x84)
        return packet
