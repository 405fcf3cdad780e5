"""A device behind a pipe given a radio by Bumble: `pipe_peripheral.py HOST:PORT PROGRAM [ARGUMENT...]`.

With it the secure phone runs over a link before any other peripheral does, and against two stacks afterwards.
"""
import asyncio
import os
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from bumble.att import ATT_Error  # noqa: E402
from bumble.core import UUID, AdvertisingData  # noqa: E402
from bumble.device import Connection, Device  # noqa: E402
from bumble.gatt import Characteristic, CharacteristicValue, Service  # noqa: E402
from bumble.hci import Address  # noqa: E402
from bumble.transport import open_transport  # noqa: E402

from advertising import ANSWER, FORMAT, REQUEST, SERVICE, hint  # noqa: E402
from channel import WriteRejected  # noqa: E402
from label import Label  # noqa: E402
from pipe_link import PipeDevice, PipeLink  # noqa: E402

WINDOW_OPEN, HAS_LABEL = 1, 2
SMALLEST_MTU = 23
ADDRESS = "FF:E4:05:1A:8F:FE"


class Radio(Device):
    """One that advertises as small devices do."""

    @property
    def supports_le_extended_advertising(self) -> bool:
        return False


class Peripheral:
    """The two characteristics, and the program behind them."""

    def __init__(self, radio: Device, program: PipeDevice) -> None:
        self._radio, self._program = radio, program
        self._link: PipeLink | None = None
        self._at = time.monotonic()
        self._answer = Characteristic(ANSWER, Characteristic.Properties.NOTIFY, Characteristic.Permissions(0), b"")
        request = Characteristic(
            REQUEST, Characteristic.Properties.WRITE, Characteristic.WRITEABLE, CharacteristicValue(write=self._written))
        radio.add_services([Service(SERVICE, [request, self._answer])])
        radio.on("connection", self._connected)

    async def advertise(self) -> None:
        """With a new nonce each time."""
        uuid, nonce, flags = bytes(UUID(SERVICE)), os.urandom(4), WINDOW_OPEN | HAS_LABEL
        data = bytes([FORMAT, flags]) + nonce + hint(Label.read(self._program.label), flags, nonce)
        listed = (AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, uuid)
        told = (AdvertisingData.SERVICE_DATA_128_BIT_UUID, uuid + data)
        await self._radio.start_advertising(
            advertising_data=bytes(AdvertisingData([(AdvertisingData.FLAGS, b"\6"), listed])),
            scan_response_data=bytes(AdvertisingData([told])),
        )

    def _connected(self, connection: Connection) -> None:
        self._link = self._program.connect(SMALLEST_MTU)
        connection.on("disconnection", lambda _: self._disconnected())

    def _disconnected(self) -> None:
        self._program.disconnect()
        self._link = None
        asyncio.get_running_loop().create_task(self.advertise())

    async def _written(self, connection: Connection, fragment: bytes) -> None:
        if self._link is None:
            return
        passed = int(time.monotonic() - self._at)
        if passed:
            self._at += passed
            self._program.wait(passed)
        if connection.att_mtu != self._link.mtu:
            self._link.change_mtu(connection.att_mtu)
        try:
            await self._link.write(fragment)
        except WriteRejected as rejected:
            raise ATT_Error(rejected.code) from rejected
        while self._program.notified:
            await self._radio.notify_subscriber(connection, self._answer, self._program.notified.popleft())


async def main() -> None:
    program = PipeDevice(sys.argv[2:], limit=600)
    program.command("window open")
    async with await open_transport(f"tcp-client:{sys.argv[1]}") as (source, sink):
        radio = Radio.with_hci("pipe", Address(ADDRESS), source, sink)
        peripheral = Peripheral(radio, program)
        await radio.power_on()
        await peripheral.advertise()
        await source.wait_for_termination()
    program.close()


if __name__ == "__main__":
    asyncio.run(main())
