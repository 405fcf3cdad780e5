"""The pairing service over a radio, or over what takes its place (SPEC.md, section 2)."""
import asyncio

from advertising import ANSWER, REQUEST
from channel import LinkLost, Silence, WriteRejected
from link import Connection, Refused

SMALLEST_MTU = 23


class RadioLink:
    """One connection, subscribed."""

    def __init__(self, connection: Connection, answers: asyncio.Queue[bytes], mtu: int) -> None:
        self._connection, self._answers, self.mtu = connection, answers, mtu

    @classmethod
    async def open(cls, connection: Connection, mtu: int) -> "RadioLink":
        """Asks for the MTU and subscribes to the answers."""
        agreed = await connection.request_mtu(mtu) if mtu > SMALLEST_MTU else SMALLEST_MTU
        return cls(connection, await connection.subscribe(ANSWER), agreed)

    async def write(self, fragment: bytes) -> None:
        try:
            await self._connection.write(REQUEST, fragment)
        except Refused as error:
            raise WriteRejected(error.code) from error
        except TimeoutError as error:
            raise LinkLost("no response to a write") from error

    async def next_notification(self, timeout: float) -> bytes:
        try:
            return await asyncio.wait_for(self._answers.get(), timeout)
        except TimeoutError as error:
            raise Silence(f"nothing for {timeout:g} s") from error

    async def drop(self) -> None:
        """Ends the connection."""
        await self._connection.disconnect()
