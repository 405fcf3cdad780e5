"""A phone and the controller of a device, both virtual, on one link: Bumble in the place of radios.

The device's controller is served as HCI over TCP; whoever connects there is the device.
"""

import asyncio
import contextlib

from bumble.att import ATT_Error
from bumble.controller import Controller
from bumble.core import AdvertisingData, UUID
from bumble.device import Device, Peer
from bumble.hci import Address
from bumble.host import Host
from bumble.link import LocalLink
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.transport import open_transport

from scan_response import ScannedController

# How long anything on the link may take, in seconds.
PATIENCE = 20


class Refused(Exception):
    """The device answered a request with this ATT error code."""

    def __init__(self, code):
        super().__init__(f"ATT error 0x{code:02X}")
        self.code = code


class Typist(PairingDelegate):
    """A user who types the passkey of the label."""

    def __init__(self, passkey):
        super().__init__(PairingDelegate.KEYBOARD_INPUT_ONLY)
        self.passkey = passkey

    async def get_number(self):
        return self.passkey


class Phone:
    """A phone that looks for devices."""

    def __init__(self, device, hci):
        self._device = device
        self._hci = hci

    @property
    def device(self):
        """What listens to advertising."""
        return self._device

    async def find(self, service):
        """The address and the name of the first device that advertises `service`."""
        found = asyncio.get_running_loop().create_future()
        names = {}

        def advertised(advertisement):
            data = advertisement.data
            address = advertisement.address
            name = data.get(AdvertisingData.COMPLETE_LOCAL_NAME)
            if name is not None:
                names[address] = name if isinstance(name, str) else name.decode()
            lists = data.get_all(AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS)
            if any(UUID(service) in uuids for uuids in lists) and not found.done():
                found.set_result(address)

        self._device.on("advertisement", advertised)
        await self._device.start_scanning(legacy=True, active=True)
        try:
            address = await asyncio.wait_for(found, PATIENCE)
            # The scan response comes behind.
            for _ in range(20):
                if address in names:
                    break
                await asyncio.sleep(0.1)
        finally:
            await self._device.stop_scanning()
            self._device.remove_listener("advertisement", advertised)
        return address, names.get(address)

    async def connect(self, address, passkey=0):
        """A connection, its services discovered."""
        self._device.pairing_config_factory = lambda _: PairingConfig(
            sc=True, mitm=True, bonding=True, delegate=Typist(passkey)
        )
        connection = await asyncio.wait_for(self._device.connect(address), PATIENCE)
        peer = Peer(connection)
        await peer.discover_services()
        for service in peer.services:
            await service.discover_characteristics()
        return Connection(connection, peer)

    async def close(self):
        await self._hci.close()


class Connection:
    """One connection to a device."""

    def __init__(self, connection, peer):
        self._connection = connection
        self._peer = peer
        self._rows = {row.uuid: row for service in peer.services for row in service.characteristics}

    def services(self):
        """The UUIDs of its services."""
        return {service.uuid for service in self._peer.services}

    def properties(self, uuid):
        """The properties of a characteristic, `None` where there is none."""
        row = self._rows.get(UUID(uuid))
        return None if row is None else int(row.properties)

    async def request_mtu(self, mtu):
        """The MTU that both sides agree on."""
        return await self._peer.request_mtu(mtu)

    async def read(self, uuid):
        """The whole value, in parts where it is long."""
        return bytes(await self._asked(self._rows[UUID(uuid)].read_value()))

    async def write(self, uuid, value):
        """Writes with response."""
        await self._asked(self._rows[UUID(uuid)].write_value(value, with_response=True))

    async def subscribe(self, uuid):
        """A queue of what the characteristic notifies."""
        row, queue = self._rows[UUID(uuid)], asyncio.Queue()
        await row.discover_descriptors()
        await row.subscribe(lambda value: queue.put_nowait(bytes(value)))
        return queue

    async def bond(self):
        """Bonds; says whether the link is encrypted by LE Secure Connections with man-in-the-middle protection."""
        await asyncio.wait_for(self._connection.pair(), PATIENCE)
        return bool(self._connection.is_encrypted and self._connection.authenticated and self._connection.sc)

    async def encrypt(self):
        """Encrypts with the bond of before."""
        await asyncio.wait_for(self._connection.encrypt(), PATIENCE)

    async def disconnect(self):
        await asyncio.wait_for(self._connection.disconnect(), PATIENCE)

    @staticmethod
    async def _asked(request):
        try:
            return await asyncio.wait_for(request, PATIENCE)
        except ATT_Error as error:
            raise Refused(int(error.error_code)) from None


@contextlib.asynccontextmanager
async def phone(on_port):
    """A phone, and a device's controller at a port that the system chooses; `on_port(port)` is told which, before anybody
    connects there."""
    link = LocalLink()
    port = free_port()
    hci = await open_transport(f"tcp-server:127.0.0.1:{port}")
    ScannedController("device", host_source=hci.source, host_sink=hci.sink, link=link, public_address="C4:F2:17:1A:1D:AA")
    host = Host()
    host.controller = Controller("phone", link=link, public_address="C4:F2:17:1A:1D:BB")
    device = Device(name="phone", address=Address("F0:F1:F2:F3:F4:F5"), host=host)
    await device.power_on()
    on_port(port)
    made = Phone(device, hci)
    try:
        yield made
    finally:
        await made.close()


def free_port():
    """A port that nobody listens at."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
