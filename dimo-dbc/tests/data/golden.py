"""Writes world.golden.csv: frames of world.dbc and what cantools 45.1 decodes from them.

pip install cantools==45.1.0 && python golden.py
"""
import random
import struct
from pathlib import Path

import cantools

random.seed(20261122)
here = Path(__file__).parent
# cantools decodes no overlapping signals, so the one that overlaps is left out.
text = (here / "world.dbc").read_text()
text = "".join(line for line in text.splitlines(True) if "SG_ Flags" not in line)
database = cantools.database.load_string(text, "dbc", strict=False)


def payloads(message):
    """Edges, random bytes, and random bytes behind switch values that select something."""
    yield bytes(message.length)
    yield b"\xff" * message.length
    switches = {"Page": [(0,), (1,), (2,)], "Nested": [(1, 3), (11, 7), (12, 6), (2,), (255, 3), (3, 3), (1, 5)]}
    for start in switches.get(message.name, [()] * 12):
        for _ in range(3 if start else 1):
            yield bytes(start) + random.randbytes(message.length - len(start))
    if message.name == "Floats":
        yield struct.pack("<f", 0.1) + struct.pack(">f", -1e30)
    if message.name == "Double":
        yield struct.pack("<d", -123456.789)


with open(here / "world.golden.csv", "w") as out:
    print("id,data,signal,raw,value", file=out)
    for message in database.messages:
        for data in payloads(message):
            try:
                raw = message.decode(data, decode_choices=False, scaling=False)
            except cantools.database.errors.DecodeError:
                continue  # A switch at a value that selects nothing, which cantools refuses.
            for name, value in raw.items():
                conversion = message.get_signal_by_name(name).conversion
                physical = float(value) * float(conversion.scale) + float(conversion.offset)
                kind = "%08X" if message.is_extended_frame else "%03X"
                print(kind % message.frame_id, data.hex(), name, repr(value), repr(physical), sep=",", file=out)
