"""The small forms that messages are made of (SPEC.md, section 8)."""


class FormError(ValueError):
    """A message is not in the form of the document."""


def number(value: int, length: int) -> bytes:
    return value.to_bytes(length, "big")


def prefixed(data: bytes) -> bytes:
    """*bytes* and *text*: one byte of length, then that many."""
    return number(len(data), 1) + data


class Reader:
    """The fields of a body, one after the other; `end` says that nothing may be behind."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def bytes(self, length: int) -> bytes:
        if self.left() < length:
            raise FormError(f"{length} bytes expected, {self.left()} there")
        self._at += length
        return self._data[self._at - length : self._at]

    def number(self, length: int) -> int:
        return int.from_bytes(self.bytes(length), "big")

    def signed(self, length: int) -> int:
        return int.from_bytes(self.bytes(length), "big", signed=True)

    def prefixed(self, shortest: int, longest: int) -> bytes:
        length = self.number(1)
        if not shortest <= length <= longest:
            raise FormError(f"a field of {length} bytes, {shortest} to {longest} are allowed")
        return self.bytes(length)

    def text(self, shortest: int, longest: int) -> str:
        data = self.prefixed(shortest, longest)
        if not all(0x20 <= byte <= 0x7E for byte in data):
            raise FormError("a text that cannot be printed")
        return data.decode("ascii")

    def one_of(self, allowed: range) -> int:
        value = self.number(1)
        if value not in allowed:
            raise FormError(f"{value} is not in {allowed}")
        return value

    def rest(self) -> bytes:
        return self.bytes(self.left())

    def left(self) -> int:
        return len(self._data) - self._at

    def end(self) -> None:
        if self.left():
            raise FormError(f"{self.left()} bytes behind the last field")
