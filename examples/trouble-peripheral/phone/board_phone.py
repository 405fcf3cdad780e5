"""A phone beside a device that somebody else switches on: `board_phone.py KEPT STEP... [--plan FILE] [--release FILE]
[--share-with ADDRESS --vehicle NUMBER]`.

The first line of output, `port<TAB>number`, says where the device's controller is: whoever connects there is the device. The steps
follow, each a line. `KEPT` is a file with what an app keeps: its key and its slot. The step `keep` writes it; `come-back` reads it, so that the
device and the phone may both have been off meanwhile. The steps about a firmware need a release: FILE.order and FILE.payload. A plan that is
uploaded is the file, where the device takes no other bytes. What the owner consents to is all of the vehicle for that address, for a day.
"""
import argparse
import asyncio
import dataclasses
import json
import sys
import time
from collections.abc import Awaitable
from pathlib import Path

import proofs
import asks
from asks import Upload
from channel import Refused
from consents import ALL_PERMISSIONS, Consent, SharingGrant
from label import Label
from link import Phone, phone as virtual_phone
from phone import upload
from radio_link import RadioLink
from secure_phone import LABEL, OWNER_KEY, Radio
from secure_steps import DAY, REGISTRY, SecureSteps, check
from steps import Steps

MTU = 247
ENGINE_STATE, NOT_VALID = 14, 17
IDLE, CAN_11_BIT_500 = 0, 6
STEPS = (
    "discover", "mtu", "handshake", "device-proof", "owner-grant", "identify", "claim", "vin", "plan-upload", "drop-and-resume",
    "wrong-secret-refused", "replay-refused", "keep", "come-back", "forgotten", "order-needed", "order", "forged-image-refused", "image",
    "consent-refused", "consent", "codes-kept", "codes-cleared", "status",
)


def pieces(order: bytes) -> list[bytes]:
    """A directive and the manifests that it names, each behind its length."""
    found = []
    while order:
        end = 2 + int.from_bytes(order[:2], "little")
        found.append(order[2:end])
        order = order[end:]
    return found


class Seeker(Radio):
    """Looks for the device before each connection: it has another address each time, and a hint that only who has the label tells from others."""

    async def connect(self) -> RadioLink:
        await self.discover()
        return await super().connect()


class BoardPhone:
    """An app on a phone."""

    def __init__(self, made: Phone, asked: argparse.Namespace) -> None:
        self._label = label = Label.read(LABEL)
        self._kept, self._release, self._asked = asked.kept, asked.release, asked
        self._owner = proofs.account(OWNER_KEY)
        self._radio = Seeker(made, label, MTU)
        self._steps = SecureSteps(self._radio.connect, label, self._owner, int(time.time()))
        if asked.plan is not None:
            self._steps.plan = self._steps.other_plan = asked.plan.read_bytes()

    async def run(self, name: str) -> None:
        own = {
            "discover": self._radio.discover, "mtu": self._mtu, "keep": self._keep, "come-back": self._come_back,
            "forgotten": self._forgotten, "order-needed": self._order_needed, "order": self._order,
            "forged-image-refused": self._forged_image_refused, "image": self._image,
            "consent-refused": self._consent_refused, "consent": self._consent,
            "codes-kept": self._codes_kept, "codes-cleared": self._codes_cleared, "status": self._status,
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

    def _part(self, extension: str) -> bytes:
        if self._release is None:
            raise ValueError("there is no release")
        return self._release.with_suffix("." + extension).read_bytes()

    async def _upload(self, what: int, data: bytes) -> None:
        await upload(self._steps.session, data, what)

    async def _order_needed(self) -> None:
        """A release that nobody ordered is refused, and so is its image."""
        _, manifest = pieces(self._part("order"))
        await self._refused(self._upload(Upload.FIRMWARE_MANIFEST, manifest))
        await self._refused(self._upload(Upload.FIRMWARE_IMAGE, self._part("payload")))

    async def _order(self) -> None:
        directive, manifest = pieces(self._part("order"))
        await self._upload(Upload.FIRMWARE_DIRECTIVE, directive)
        await self._upload(Upload.FIRMWARE_MANIFEST, manifest)

    async def _forged_image_refused(self) -> None:
        """A bit in the second page."""
        forged = bytearray(self._part("payload"))
        forged[5000] ^= 1
        await self._refused(self._upload(Upload.FIRMWARE_IMAGE, bytes(forged)))

    async def _image(self) -> None:
        await self._upload(Upload.FIRMWARE_IMAGE, self._part("payload"))

    def _consented(self, version: int) -> Consent:
        now = int(time.time())
        recipient = bytes.fromhex(self._asked.share_with[2:])
        grant = SharingGrant(recipient, ALL_PERMISSIONS, now - 60, now + DAY)
        return Consent(REGISTRY, self._asked.vehicle, self._label.address, version, (grant,))

    async def _consent_refused(self) -> None:
        """Of somebody else, and for another vehicle."""
        consent, stranger = self._consented(int(time.time())), proofs.account(b"\x07" * 32)
        await self._refused(self._upload(Upload.SHARING_CONSENT, consent.file(stranger)))
        other = dataclasses.replace(consent, vehicle=consent.vehicle + 1)
        await self._refused(self._upload(Upload.SHARING_CONSENT, other.file(self._owner)))

    async def _consent(self) -> None:
        """Taken once, and not again."""
        file = self._consented(int(time.time())).file(self._owner)
        await self._upload(Upload.SHARING_CONSENT, file)
        await self._refused(self._upload(Upload.SHARING_CONSENT, file))

    async def _codes(self) -> int:
        total, codes = await self._steps.session.ask(asks.read_codes())
        check(total == len(codes), f"{len(codes)} of {total} trouble codes in one answer")
        return total

    async def _codes_kept(self) -> None:
        """A vehicle that moves keeps its trouble codes."""
        check(await self._codes() > 0, "the vehicle has no trouble codes")
        await self._refused(self._steps.session.ask(asks.clear_codes()), ENGINE_STATE)
        check(await self._codes() > 0, "the trouble codes are gone")

    async def _codes_cleared(self) -> None:
        """One that stands, with its engine off, has none after that."""
        check(await self._codes() > 0, "the vehicle has no trouble codes")
        await self._steps.session.ask(asks.clear_codes())
        check(await self._codes() == 0, "the trouble codes are still there")

    async def _status(self) -> None:
        """What runs, how the vehicle speaks, and for how long the device stays awake."""
        ask = self._steps.session.ask
        firmware, identity = await ask(asks.FIRMWARE_STATUS), await ask(asks.IDENTIFY)
        check(firmware.running == identity.firmware, f"{firmware.running} runs, or {identity.firmware}")
        check((firmware.state, firmware.percent, firmware.next) == (IDLE, 100, ""), f"the firmware is {firmware}")
        check(await ask(asks.READ_PROTOCOL) == CAN_11_BIT_500, "another protocol")
        check(await ask(asks.hold_awake(60)) == 60, "it does not stay awake")
        check(await ask(asks.hold_awake(0)) == 0, "it stays awake")

    @staticmethod
    async def _refused(asked: Awaitable[object], reason: int = NOT_VALID) -> None:
        try:
            await asked
            check(False, "it was taken")
        except Refused as refused:
            check(refused.reason == reason, f"reason {refused.reason} instead of {reason}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kept", type=Path)
    parser.add_argument("steps", nargs="+", choices=STEPS, metavar="STEP")
    parser.add_argument("--plan", type=Path)
    parser.add_argument("--release", type=Path)
    parser.add_argument("--share-with", help="the address of a recipient")
    parser.add_argument("--vehicle", type=int, default=1)
    return parser.parse_args()


async def main() -> int:
    asked, lines = arguments(), Steps()
    async with virtual_phone(lambda port: print(f"port\t{port}", flush=True)) as made:
        board = BoardPhone(made, asked)
        for name in asked.steps:
            await lines.run(name, lambda: board.run(name))
    return 1 if lines.failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
