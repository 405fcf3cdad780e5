"""A phone of the secure protocol, from SPEC.md alone: `secure_phone.py PERIPHERAL [--mtu N] [--label TEXT] [--owner-key HEX]`.

`PERIPHERAL` is the program of this package; it is run as `PERIPHERAL HOST:PORT`. Without more, its label is that of the
document's vectors, and so is the owner's wallet.
"""
import argparse
import asyncio
import sys
import time

import proofs
from advertising import SERVICE
from label import Label
from link import Phone
from radio_link import RadioLink
from scan import find
from secure_steps import SecureSteps, check
from steps import Steps, with_device

ATT_DEFAULT = 23
LABEL = "DIMO-PAIR:1.F39FD6E51AAD88F6F4CE6AB8827279CFFFB92266.NRQWEZLMEBXWMIDBEBSGK3LPEE.27BF4291"
OWNER_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"


class Radio:
    """The steps before the handshake, and every connection after them."""

    def __init__(self, phone: Phone, label: Label, mtu: int) -> None:
        self._phone, self._label, self._mtu = phone, label, mtu
        self._address = None

    async def discover(self) -> None:
        """The hint is that of the label, and nobody else's."""
        self._address, data = await find(self._phone.device)
        check(data.has_label and data.window_open, f"flags {data.flags:#04x}")
        check(data.is_from(self._label), "the hint is not that of the label")
        other = Label(self._label.address, bytes(16))
        check(not data.is_from(other), "the hint is that of another label too")

    async def connect(self) -> RadioLink:
        # The device advertises again once it has seen that the link before is gone.
        if self._address is None:
            raise RuntimeError("no device was found")
        connection = await self._phone.connect(self._address)
        check(SERVICE in {str(service).lower() for service in connection.services()}, "no pairing service")
        return await RadioLink.open(connection, self._mtu)

    async def mtu(self, steps: SecureSteps) -> None:
        """The one that was asked for is the one that is agreed on."""
        agreed = (await steps.connect()).link.mtu
        check(agreed == self._mtu, f"the MTU is {agreed}, {self._mtu} was asked for")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peripheral")
    parser.add_argument("--label", default=LABEL, type=Label.read)
    parser.add_argument("--owner-key", default=OWNER_KEY, type=proofs.account)
    parser.add_argument("--mtu", type=int, default=247, choices=(ATT_DEFAULT, 185, 247))
    parser.add_argument("--now", type=int, default=int(time.time()), help="the Unix time that the device believes")
    return parser.parse_args()


async def main() -> int:
    asked, lines = arguments(), Steps()

    async def script(phone: Phone) -> None:
        radio = Radio(phone, asked.label, asked.mtu)
        steps = SecureSteps(radio.connect, asked.label, asked.owner_key, asked.now)
        await lines.run("discover", radio.discover)
        await lines.run("mtu", lambda: radio.mtu(steps))
        for name in (
            "handshake", "device-proof", "owner-grant", "identify", "claim", "vin", "plan-upload", "drop-and-resume",
            "wrong-secret-refused", "replay-refused",
        ):
            await lines.run(name, getattr(steps, name.replace("-", "_")))

    await with_device([asked.peripheral], script)
    return 1 if lines.failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
