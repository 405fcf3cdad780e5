"""Logs between our readers, our writer and python-can: `check_python_can.py DBC_PEER DATA WORK`; DATA may be missing."""
import pathlib
import random
import subprocess
import sys

import can

START = 1_700_000_000


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def messages(chance, kinds):
    """Frames of every kind, some microseconds apart."""
    time = START * 1_000_000
    for _ in range(3000):
        time += chance.randrange(1, 5000)
        kind, is_extended = chance.choice(kinds), chance.random() < 0.5
        common = dict(
            timestamp=time / 1e6,
            arbitration_id=chance.randrange(1 << (29 if is_extended else 11)),
            is_extended_id=is_extended,
            is_rx=chance.random() < 0.5,
        )
        if "remote" in kind:
            length = 0 if kind == "empty remote" else chance.randrange(9)
            yield can.Message(**common, is_remote_frame=True, dlc=length)
        else:
            lengths = (0, 1, 8, 12, 16, 20, 24, 32, 48, 64) if kind == "fd" else range(9)
            data = chance.randbytes(chance.choice(lengths))
            yield can.Message(**common, is_fd=kind == "fd", bitrate_switch=kind == "fd" and len(data) > 8, data=data)


def content(message):
    """All but its time, and what candump does not write."""
    is_remote = message.is_remote_frame
    data = message.dlc if is_remote else bytes(message.data).hex()
    return message.arbitration_id, message.is_extended_id, message.is_fd, is_remote, message.is_error_frame, data


def micros(time):
    return round(time * 1e6)


def through_us(program, file, work):
    """The frames of a log as our reader sees them: our writer's text, read by python-can."""
    again = work / "again.log"
    printed = subprocess.run([program, "candump", file], capture_output=True, text=True)
    check(printed.returncode == 0, f"{file}: {printed.stderr}")
    again.write_text(printed.stdout)
    with can.CanutilsLogReader(again) as reader:
        return list(reader)


def compare(name, ours, theirs, tolerance=0):
    """Equal frames, at times that are equal from the first frame on."""
    check(len(ours) == len(theirs) > 0, f"{name}: {len(ours)} frames, not {len(theirs)}")
    first = micros(ours[0].timestamp) - micros(theirs[0].timestamp)
    for number, (mine, other) in enumerate(zip(ours, theirs)):
        check(content(mine) == content(other), f"{name}, frame {number}: {mine} is not {other}")
        late = micros(mine.timestamp) - micros(other.timestamp) - first
        check(abs(late) <= tolerance, f"{name}, frame {number}: {late} us late")
    return len(ours)


def main():
    program, data, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    work.mkdir(parents=True, exist_ok=True)
    chance, written, read = random.Random(11898), 0, 0
    for suffix, writer, kinds, tolerance in (
        # It does not write the length of remote frames.
        ("log", can.CanutilsLogWriter, ("classic", "fd", "empty remote"), 0),
        # Its microseconds are those of a difference of doubles.
        ("asc", can.ASCWriter, ("classic", "fd", "remote"), 1),
        # It writes every frame as a classic one with data.
        ("trc", can.TRCWriter, ("classic",), 1),
    ):
        file, sent = work / f"written.{suffix}", list(messages(chance, kinds))
        with writer(file) as log:
            for message in sent:
                log(message)
        written += compare(file.name, through_us(program, file, work), sent, tolerance)
    print(f"python-can: {written} frames written by it and read by us, written by us and read by it")

    if not data.is_dir():
        print("not run: real logs need ../shared/data")
        return
    for file in sorted([*data.glob("can/*.log"), *data.glob("can/*.asc")]):
        reader = can.ASCReader(file, base="hex") if file.suffix == ".asc" else can.CanutilsLogReader(file)
        with reader:
            read += compare(file.name, through_us(program, file, work), list(reader), 1)
    print(f"python-can: {read} frames of real logs are the same")


main()
