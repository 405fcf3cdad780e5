"""What devices that serve the secure protocol send to everybody, as Bumble hears it (SPEC.md, section 1)."""
import asyncio

from bumble.core import UUID, AdvertisingData
from bumble.device import Advertisement, Device
from bumble.hci import Address

import advertising
from advertising import SERVICE, ServiceData

PATIENCE = 20.0


async def find(device: Device) -> tuple[Address, ServiceData]:
    """The first device that names the pairing service and has service data of it. Raises TimeoutError."""
    found: asyncio.Future[tuple[Address, ServiceData]] = asyncio.get_running_loop().create_future()
    named: set[Address] = set()
    told: dict[Address, ServiceData] = {}

    def heard(advertisement: Advertisement) -> None:
        address = advertisement.address
        if names_service(advertisement.data):
            named.add(address)
        data = service_data(advertisement.data)
        if data is not None:
            told[address] = data
        if address in named and address in told and not found.done():
            found.set_result((address, told[address]))

    device.on("advertisement", heard)
    await device.start_scanning(legacy=True, active=True)
    try:
        return await asyncio.wait_for(found, PATIENCE)
    finally:
        await device.stop_scanning()
        device.remove_listener("advertisement", heard)


def names_service(data: AdvertisingData) -> bool:
    """Whether the complete list of 128-bit UUIDs has the pairing service."""
    lists = data.get_all(AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS)
    return any(UUID(SERVICE) in uuids for uuids in lists)


def service_data(data: AdvertisingData) -> ServiceData | None:
    """The pairing service's data; None when there are none, or of a format that is not known."""
    for uuid, value in data.get_all(AdvertisingData.SERVICE_DATA_128_BIT_UUID):
        if uuid == UUID(SERVICE):
            try:
                return ServiceData.read(value)
            except advertising.AdvertisingError:
                continue
    return None
