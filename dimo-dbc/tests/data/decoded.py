"""Writes world.decoded.csv: what world.log says through world.dbc.

cantools reads the DBC file, and the bits are taken one by one here: cantools refuses frames that are short.
pip install cantools==45.1.0 && python decoded.py
"""
import re
import struct
from decimal import Decimal
from pathlib import Path

import cantools

here = Path(__file__).parent
database = cantools.database.load_file(here / "world.dbc", strict=False, sort_signals=None, encoding="utf-8")
messages = {(message.frame_id, message.is_extended_frame): message for message in database.messages}


def places(signal):
    """The bits of the signal, the least significant first."""
    if signal.byte_order == "little_endian":
        return [signal.start + at for at in range(signal.length)]
    bits = [signal.start]
    while len(bits) < signal.length:
        bits.append(bits[-1] - 1 if bits[-1] % 8 else bits[-1] + 15)
    return bits[::-1]


def unsigned(signal, data):
    return sum((data[bit // 8] >> bit % 8 & 1) << at for at, bit in enumerate(places(signal)))


def is_there(message, signal, data):
    if max(places(signal)) // 8 >= len(data):
        return False
    if not signal.multiplexer_ids:
        return True
    switch = message.get_signal_by_name(signal.multiplexer_signal)
    return is_there(message, switch, data) and unsigned(switch, data) in signal.multiplexer_ids


def raw(signal, data):
    bits = unsigned(signal, data)
    if signal.is_float:
        return struct.unpack({32: "<f", 64: "<d"}[signal.length], bits.to_bytes(signal.length // 8, "little"))[0]
    return bits - (1 << signal.length) if signal.is_signed and bits >> signal.length - 1 else bits


def text(number):
    """As Rust prints it: the shortest digits that read back, never with an exponent."""
    digits = format(Decimal(repr(number)), "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


with open(here / "world.log") as log, open(here / "world.decoded.csv", "w") as out:
    print("timestamp,id,message,signal,raw,value", file=out)
    for line in log:
        frame = re.match(r"\((.*)\) can0 ([0-9A-F]{3}|[01][0-9A-F]{7})#(?:#.)?((?:[0-9A-F]{2})*)( R)?$", line)
        message = frame and messages.get((int(frame[2], 16), len(frame[2]) == 8))
        data = bytes.fromhex(frame[3]) if frame else b""
        for signal in message.signals if message else []:
            if is_there(message, signal, data):
                value = float(raw(signal, data)) * float(signal.scale) + float(signal.offset)
                cells = frame[1], frame[2], message.name, signal.name, text(raw(signal, data)), text(value)
                print(*cells, sep=",", file=out)
