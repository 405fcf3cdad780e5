"""What `dbc_decode` prints, against cantools: `check_cantools.py DBC_DECODE DATA WORK`.

Every DBC file of DATA that cantools reads decodes seeded frames of every message, and the logs that fit one decode whole. The raw
value is what cantools unpacks; the value must be raw * factor + offset in doubles, bit for bit, and what cantools makes of it
but for rounding. Signals are unpacked one by one, because cantools refuses short frames, overlapping signals and
switch values that select nothing; where it takes the whole frame, that must give the same.
"""
import collections
import csv
import io
import logging
import math
import pathlib
import random
import re
import struct
import subprocess
import sys

import cantools
from cantools.database.utils import create_encode_decode_formats

# It warns of identifiers that are taken twice; the first one counts.
logging.disable(logging.WARNING)

FRAMES_OF_A_MESSAGE = 12
CAN_FD_LENGTHS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64)
# Messages that cantools reads otherwise, and why that is no fault of ours. Each must still differ.
KNOWN = {
    ("dbc/293_example_float32_invalid_signal_length.dbc", "IOFloat32"): "a float of 16 bits, which DBC files do not have",
    ("dbc/317_minimal.dbc", "TestMessage"): "cantools drops a signal without receivers",
}
LOGS = [
    ("can/dbc/EV-can_ZE0.dbc", "can/leaf24_ZE0_stock.log", False),
    ("can/dbc/EV-can_ZE1.dbc", "can/leaf62_ZE1_2.log", False),
    ("can/dbc/BMW-i3-PT-CAN2.dbc", "can/bmw_i3_ptcan_startcharge.log", False),
    ("can/dbc/J1939.dbc", "can/css_asammdf_basics.log", True),
]


class Codec:
    """One signal, unpacked by cantools from as many bytes as it needs."""

    def __init__(self, message, signal):
        self.signal = signal
        if signal.byte_order == "little_endian":
            last = signal.start + signal.length - 1
        else:
            last = 8 * (signal.start // 8) + 7 - signal.start % 8 + signal.length - 1
        self.bytes = last // 8 + 1
        formats = create_encode_decode_formats([signal], self.bytes)
        self.is_big = signal.byte_order == "big_endian"
        self.unpack = (formats.big_endian if self.is_big else formats.little_endian).unpack
        # A switch selects by its bits, whatever its sign.
        self.mask = (1 << signal.length) - 1

    def raw(self, data):
        if len(data) < self.bytes:
            return None
        data = data[: self.bytes]
        return self.unpack(data if self.is_big else data[::-1])[self.signal.name]


class Message:
    def __init__(self, message):
        self.message = message
        self.codecs = [Codec(message, signal) for signal in message.signals]
        self.by_name = {}
        for codec in self.codecs:
            self.by_name.setdefault(codec.signal.name, codec)
        self.has_unique_names = len(self.by_name) == len(self.codecs)

    def is_active(self, codec, data):
        signal = codec.signal
        if not signal.multiplexer_ids:
            return True
        switch = self.by_name[signal.multiplexer_signal]
        raw = switch.raw(data)
        return raw is not None and self.is_active(switch, data) and raw & switch.mask in signal.multiplexer_ids

    def rows(self, data):
        for codec in self.codecs:
            raw = codec.raw(data)
            if raw is not None and self.is_active(codec, data):
                yield codec.signal, raw

    def whole(self, data):
        """What cantools itself says of the frame; `None` when it refuses it."""
        try:
            return self.message.decode(data, decode_choices=False, scaling=False)
        except Exception:
            return None


def same(ours, theirs):
    """The same double, bit for bit; every NaN is one."""
    ours, theirs = float(ours), float(theirs)
    return struct.pack("d", ours) == struct.pack("d", theirs) or math.isnan(ours) and math.isnan(theirs)


def near(ours, signal, raw):
    """Whether cantools scales to the same but for rounding: it does so in integers where it can."""
    try:
        theirs = float(signal.conversion.raw_to_scaled(raw, decode_choices=False))
    except OverflowError:
        return True
    ours = float(ours)
    if not math.isfinite(ours) or not math.isfinite(theirs):
        return ours == theirs or not math.isfinite(raw) or abs(raw) > 1e290
    size = abs(float(raw) * float(signal.conversion.scale)) + abs(float(signal.conversion.offset))
    return abs(ours - theirs) <= 1e-12 * size


class Comparison:
    def __init__(self, program):
        self.program = program
        self.count = collections.Counter()
        self.faults, self.known = [], set()

    def compare(self, dbc, database, log, by_group=False):
        messages = {}
        for message in database.messages:
            key = group(message.frame_id) if by_group and message.is_extended_frame else message.frame_id
            messages.setdefault((key, message.is_extended_frame), message)
        messages = {key: Message(message) for key, message in messages.items()}
        options = ["--pgn"] if by_group else []
        printed = subprocess.run([self.program, dbc, *options, log], capture_output=True, check=True, text=True).stdout
        rows = csv.reader(io.StringIO(printed))
        next(rows)
        row = next(rows, None)
        for time, number, data in frames(log):
            is_extended = len(number) == 8
            key = group(int(number, 16)) if by_group and is_extended else int(number, 16)
            message = messages.get((key, is_extended))
            if message is None:
                continue
            self.count["frames"] += 1
            whole = message.whole(data) if message.has_unique_names else None
            self.count["frames that cantools decodes whole"] += whole is not None
            expected = list(message.rows(data))
            known = (f"{dbc.parent.name}/{dbc.name}", message.message.name)
            if known in KNOWN:
                mine = []
                while row is not None and row[:2] == [time, number]:
                    mine.append(row)
                    row = next(rows, None)
                theirs = [(time, number, *pair) for pair in expected]
                if len(mine) != len(theirs) or not all(map(self.agrees, mine, *zip(*theirs))):
                    self.known.add(known)
                continue
            for signal, raw in expected:
                if row is None or not self.agrees(row, time, number, signal, raw):
                    self.faults.append(f"{dbc} {time} {number}#{data.hex()}: {row} is not {signal.name} {raw}")
                    return
                self.count["signals"] += 1
                row = next(rows, None)
            if whole is not None and not agree(whole, expected):
                self.faults.append(f"{dbc} {number}#{data.hex()}: {whole} is not {expected}")
                return
        if row is not None:
            self.faults.append(f"{dbc}: {row} is too much")

    def agrees(self, row, time, number, signal, raw):
        conversion = signal.conversion
        value = float(raw) * float(conversion.scale) + float(conversion.offset)
        is_raw = same(row[4], raw) if isinstance(raw, float) else row[4] == str(raw)
        # cantools takes the long name of an attribute in place of the one in the statement, which is cut at 32 characters.
        is_named = row[3] == signal.name or letters(row[3])[:20] == letters(signal.name)[:20]
        is_same = [row[0], row[1]] == [time, number] and is_named and is_raw and same(row[5], value)
        return is_same and near(row[5], signal, raw)


def letters(name):
    return re.sub("[^A-Za-z0-9]", "", name)


def agree(whole, expected):
    return {name: repr(raw) for name, raw in whole.items()} == {signal.name: repr(raw) for signal, raw in expected}


def group(number):
    """The J1939 parameter group: without priority and sender, and for one receiver without it."""
    return number >> 8 & 0x3FF00 if (number >> 16 & 0xFF) < 240 else number >> 8 & 0x3FFFF


def frames(log):
    for line in open(log, encoding="ascii"):
        frame = re.match(r"\((.*)\) \S+ ([0-9A-F]+)#(?:#.)?([0-9A-F]*)(?: [RT])?$", line.rstrip())
        if frame and int(frame[2], 16) < 0x20000000:
            yield frame[1], frame[2], bytes.fromhex(frame[3])


def write_frames(database, log, chance):
    """Frames of every message: as long as it says, a few shorter or longer ones; small bytes, so that switches select something."""
    time = 0
    with open(log, "w", encoding="ascii") as out:
        for message in database.messages:
            number = f"{message.frame_id:08X}" if message.is_extended_frame else f"{message.frame_id:03X}"
            if message.length > 64 or message.frame_id >= 1 << (29 if message.is_extended_frame else 11):
                continue
            for at in range(FRAMES_OF_A_MESSAGE):
                length = next(length for length in CAN_FD_LENGTHS if length >= message.length)
                length = chance.choice(CAN_FD_LENGTHS[:9]) if at % 6 == 5 else length
                top = 256 if at % 2 else 8
                data = bytes(chance.randrange(chance.choice((top, 256))) for _ in range(length))
                time += 1
                mark = "##0" if length > 8 else "#"
                print(f"({time // 1000}.{time % 1000:03}000) can0 {number}{mark}{data.hex().upper()}", file=out)


def load(file):
    """Signals stay in file order. What cantools finds to be about no signal, and refuses the file for, is taken out."""
    text = file.read_bytes().decode("cp1252", "replace")
    try:
        return cantools.database.load_string(text, "dbc", strict=False, sort_signals=None)
    except cantools.database.UnsupportedDatabaseFormatError as error:
        unused = re.findall(r"^ *((?:VAL_|SIG_VALTYPE_) [0-9]+ \w+)", str(error), re.MULTILINE)
        if not unused:
            raise
        about_nothing = "|".join(map(re.escape, unused))
        text = re.sub(rf"^ *(?:{about_nothing})\b[^;]*;", "", text, flags=re.MULTILINE)
        return cantools.database.load_string(text, "dbc", strict=False, sort_signals=None)


def main():
    program, data, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    work.mkdir(parents=True, exist_ok=True)
    comparison, refused, read = Comparison(program), collections.Counter(), {}
    files = sorted(file for file in [*data.glob("dbc/*"), *data.glob("can/dbc/*")] if file.suffix.lower() == ".dbc")
    for number, file in enumerate(files):
        try:
            database = load(file)
        except Exception as error:
            refused[re.split("[0-9:]", str(error).removeprefix("DBC: "))[0].strip('" ')] += 1
            continue
        read[str(file.relative_to(data))] = database
        log = work / "frames.log"
        write_frames(database, log, random.Random(number))
        comparison.compare(file, database, log)
    for dbc, log, by_group in LOGS:
        if dbc in read:
            comparison.compare(data / dbc, read[dbc], data / log, by_group)
        else:
            print(f"    {log}: cantools does not read {dbc}")
    print(f"cantools: {len(read)} of {len(files)} DBC files and {len(LOGS)} logs;", dict(comparison.count))
    for reason, count in refused.most_common():
        print(f"    {count} files that cantools does not read: {reason}")
    for fault in comparison.faults[:20]:
        print(f"FAILED: {fault}")
    for (dbc, message), reason in KNOWN.items():
        print(f"    {dbc} {message}: not compared, {reason}")
        if (dbc, message) not in comparison.known:
            sys.exit(f"FAILED: {dbc} {message} is read alike: it is no exception")
    if comparison.faults or len(read) < 100 or comparison.count["signals"] < 100_000:
        sys.exit(f"FAILED: {len(comparison.faults)} files differ")


main()
