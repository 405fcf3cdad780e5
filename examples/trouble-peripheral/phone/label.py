"""The label's QR code (SPEC.md, section 3)."""
import base64
import binascii
import re
import zlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORM = re.compile(r"DIMO-PAIR:1\.([0-9A-F]{40})\.([A-Z2-7]{26})\.([0-9A-F]{8})")


class LabelError(ValueError):
    """The text is not a label, or was not read right."""


@dataclass(frozen=True)
class Label:
    """What a label says: the device's address and a secret."""

    address: bytes
    secret: bytes

    @classmethod
    def read(cls, text: str) -> "Label":
        """Raises LabelError."""
        text = text.upper()
        match = FORM.fullmatch(text)
        if match is None:
            raise LabelError("not a label")
        address, secret, checksum = match.groups()
        if zlib.crc32(text.rpartition(".")[0].encode()) != int(checksum, 16):
            raise LabelError("the checksum is wrong")
        try:
            decoded = base64.b32decode(secret + "======")
        except binascii.Error as error:
            raise LabelError("the secret is wrong") from error
        # 26 characters carry two bits more than 16 bytes; they are zero.
        if base64.b32encode(decoded).decode().rstrip("=") != secret:
            raise LabelError("the secret has another form")
        return cls(bytes.fromhex(address), decoded)

    def write(self) -> str:
        """The text of the QR code."""
        secret = base64.b32encode(self.secret).decode().rstrip("=")
        body = f"DIMO-PAIR:1.{self.address.hex().upper()}.{secret}"
        return f"{body}.{zlib.crc32(body.encode()):08X}"

    def pre_shared_key(self) -> bytes:
        """For the handshake by the label."""
        return self._derive(b"psk", 32)

    def hint_key(self) -> bytes:
        """For the hint in the scan response."""
        return self._derive(b"hint", 16)

    def _derive(self, purpose: bytes, length: int) -> bytes:
        kdf = HKDF(algorithm=SHA256(), length=length, salt=b"DIMO-PAIR/1 label", info=purpose + self.address)
        return kdf.derive(self.secret)
