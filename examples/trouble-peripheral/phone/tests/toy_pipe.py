"""The small device behind a pipe, with the commands that any device behind a pipe takes."""
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from toy_requests import Device  # noqa: E402

NOW = 1_800_000_000
PIN = "27182818"


def run(device: Device, words: list[str]) -> list[str]:
    """The lines that answer one command."""
    match words:
        case [">", *value]:
            rejected, notified = device.take_fragment(bytes.fromhex("".join(value)))
            return [f"! {rejected:02x}"] if rejected else [f"< {each.hex()}" for each in notified]
        case ["connect", mtu]:
            device.connected(int(mtu))
        case ["mtu", mtu]:
            device.mtu = int(mtu)
        case ["disconnect"]:
            device.disconnected()
        case ["wait", seconds]:
            device.now += int(seconds)
        case ["window", "open"]:
            device.open_window()
        case ["window", "close"]:
            device.window_until = 0
        case ["owner", owner]:
            set_owner(device, None if owner == "none" else bytes.fromhex(owner[2:]))
        case ["ignition", state]:
            device.ignition = state
        case ["reset"]:
            device.start()
        case ["factory-reset"]:
            device.stored.slots.clear()
            device.stored.pin_attempts = 0
        case ["clock", state]:
            device.clock_off_next = state == "off"
        case ["break", what]:
            device.broken = what
        case _:
            return ["? not known"]
    return []


def set_owner(device: Device, owner: bytes | None) -> None:
    device.stored.owner = owner
    slots = device.stored.slots
    device.stored.slots = {slot: phone for slot, phone in slots.items() if phone.owner == owner}


def main() -> None:
    device = Device(NOW, PIN, "0x" + "41" * 32, bytes(range(16)))
    print(device.label.write(), PIN, NOW, sep="\n", flush=True)
    for line in sys.stdin:
        print(*run(device, line.split()), ".", sep="\n", flush=True)


if __name__ == "__main__":
    main()
