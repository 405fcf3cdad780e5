"""A phone beside a device that somebody else switches on: `board_phone.py KEPT STEP...`.

The first line of output, `port<TAB>number`, says where the device's controller is: whoever connects there is the device. The steps
follow, each a line. `KEPT` is a file with what an app keeps: its key and its slot. The step `keep` writes it; `come-back` reads it, so that the
device and the phone may both have been off meanwhile.
"""
import argparse
import asyncio
import json
import sys
import time
from pathlib import Path

import proofs
from label import Label
from link import Phone, phone
from radio_link import RadioLink
from secure_phone import LABEL, OWNER_KEY, Radio
from secure_steps import SecureSteps
from steps import Steps

MTU = 247
STEPS = (
    "discover", "mtu", "handshake", "device-proof", "owner-grant", "identify", "claim", "vin", "plan-upload", "drop-and-resume",
    "wrong-secret-refused", "replay-refused", "keep", "come-back", "forgotten",
)


class Seeker(Radio):
    """Looks for the device before each connection: it has another address each time, and a hint that only who has the label tells from others."""

    async def connect(self) -> RadioLink:
        await self.discover()
        return await super().connect()


class BoardPhone:
    """An app on a phone."""

    def __init__(self, made: Phone, kept: Path) -> None:
        label = Label.read(LABEL)
        self._kept = kept
        self._radio = Seeker(made, label, MTU)
        self._steps = SecureSteps(self._radio.connect, label, proofs.account(OWNER_KEY), int(time.time()))

    async def run(self, name: str) -> None:
        own = {
            "discover": self._radio.discover, "mtu": self._mtu, "keep": self._keep, "come-back": self._come_back,
            "forgotten": self._forgotten,
        }
        await own.get(name, getattr(self._steps, name.replace("-", "_"), None))()

    async def _mtu(self) -> None:
        await self._radio.mtu(self._steps)

    async def _keep(self) -> None:
        self._kept.write_text(json.dumps(self._steps.keep()))

    async def _come_back(self) -> None:
        await self._steps.come_back(json.loads(self._kept.read_text()))

    async def _forgotten(self) -> None:
        await self._steps.forgotten(json.loads(self._kept.read_text()))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kept", type=Path)
    parser.add_argument("steps", nargs="+", choices=STEPS, metavar="STEP")
    return parser.parse_args()


async def main() -> int:
    asked, lines = arguments(), Steps()
    async with phone(lambda port: print(f"port\t{port}", flush=True)) as made:
        board = BoardPhone(made, asked.kept)
        for name in asked.steps:
            await lines.run(name, lambda: board.run(name))
    return 1 if lines.failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
