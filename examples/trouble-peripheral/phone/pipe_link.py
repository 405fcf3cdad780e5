"""A device without a radio: a program that hears fragments as lines and has a clock that is told to go on."""
import subprocess
import threading
from collections import deque

from channel import LinkLost, Silence, WriteRejected

END = "."


class NotUnderstood(Exception):
    """The program does not know a command."""


class PipeDevice:
    """The program, its first three lines (label, PIN, its clock in Unix seconds), and its commands."""

    def __init__(self, command: list[str], limit: float = 120.0) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        # A program that hangs must not hang whoever asks it.
        self._watch = threading.Timer(limit, self._process.kill)
        self._watch.start()
        self.label, self.pin = self._line(), self._line()
        self.now = int(self._line())
        self.notified: deque[bytes] = deque()

    def command(self, line: str) -> int | None:
        """Runs a command; what is notified is kept. The ATT error when the write was rejected."""
        if self._process.stdin is None:
            raise LinkLost("the program takes nothing")
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise LinkLost("the program has ended") from error
        rejected = unknown = None
        while (answer := self._line()) != END:
            sign, _, value = answer.partition(" ")
            if sign == "<":
                self.notified.append(bytes.fromhex(value))
            elif sign == "!":
                rejected = error_code(value)
            elif sign == "?":
                unknown = value
            else:
                raise LinkLost(f"the program says {answer!r}")
        if unknown is not None:
            raise NotUnderstood(f"{line}: {unknown}")
        return rejected

    def wait(self, seconds: int) -> None:
        """Lets the device's clock go on."""
        self.command(f"wait {seconds}")
        self.now += seconds

    def connect(self, mtu: int) -> "PipeLink":
        """A new connection; the earlier one must be gone."""
        self.command(f"connect {mtu}")
        return PipeLink(self, mtu)

    def disconnect(self) -> None:
        self.notified.clear()
        self.command("disconnect")
        self.notified.clear()

    def close(self) -> None:
        """Ends the program."""
        self._watch.cancel()
        self._process.kill()
        self._process.communicate()

    def _line(self) -> str:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise LinkLost("the program has ended")
        return line.strip()


class PipeLink:
    """One connection to the program."""

    def __init__(self, device: PipeDevice, mtu: int) -> None:
        self.device, self.mtu = device, mtu

    def change_mtu(self, mtu: int) -> None:
        self.device.command(f"mtu {mtu}")
        self.mtu = mtu

    async def write(self, fragment: bytes) -> None:
        rejected = self.device.command(f"> {fragment.hex()}")
        if rejected is not None:
            raise WriteRejected(rejected)

    async def drop(self) -> None:
        """Ends the connection."""
        self.device.disconnect()

    async def next_notification(self, timeout: float) -> bytes:
        waited = 0.0
        while not self.device.notified:
            if waited >= timeout:
                raise Silence(f"nothing for {timeout:g} s")
            self.device.wait(1)
            waited += 1.0
        return self.device.notified.popleft()


def error_code(text: str) -> int:
    """Two hexadecimal digits, with 0x or without, or three decimal ones."""
    return int(text, 10 if len(text) == 3 else 16)
