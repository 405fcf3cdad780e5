"""The binary forms against the packages protobuf and fastavro: `check_telemetry.py TELEMETRY_PEER`.

Needs protobuf (7.36) and fastavro (1.13), and eth-utils for keccak256. The columns are read and made here after the comments in
telemetry.proto alone, once for both packages. What the peer writes has to have the readings it says, to the bit; what is written
here, the peer has to read.
"""
import base64
import csv
import io
import json
import random
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import fastavro
from eth_utils import keccak
from fastavro.schema import fingerprint, parse_schema, to_parsing_canonical_form
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

SCHEMAS = Path(__file__).parents[2] / "avro"
RAW, UNSIGNED, FLOAT, TEXT, STATE, LOCATION = range(1, 7)
PLACE = ["latitude", "longitude", "altitude", "hdop", "heading"]
rng = random.Random(20)


def bits(value):
    return "-" if value is None else struct.pack(">d", value).hex()


def signed(value):
    """The residue modulo 2^64 as a signed integer."""
    return (value + 2**63) % 2**64 - 2**63


# What the comments of the schema say, read.

def timelines(batch):
    firsts, steps, made = iter(batch["timeline_firsts_us"]), iter(batch["timeline_steps_us"]), []
    for length in batch["timeline_lengths"]:
        assert length >= 1
        times, distance = [batch["start_us"] + next(firsts)], 0
        for _ in range(length - 1):
            distance += next(steps)
            times.append(times[-1] + distance)
        made.append(times)
    assert not list(firsts) and not list(steps), "left over"
    return made


def readings(batch):
    """(time, signal, kind, value), sorted by time, then by signal."""
    heads = list(zip(batch["column_signals"], batch["column_timelines"], batch["column_kinds"], strict=True))
    shorts = batch["column_shorts"] or [0] * len(heads)
    lines, found, signal, line = timelines(batch), [], -1, 0
    left = {name: iter(batch[name]) for name in ("raw_firsts", "raw_steps", "floats", "texts", "states", "locations")}
    for (signal_step, line_step, kind), short in zip(heads, shorts, strict=True):
        signal, line = signal + 1 + signal_step, line + line_step
        assert 0 <= signal <= 65535 and line >= 0
        assert short < len(lines[line])
        raw = None
        for time in lines[line][:len(lines[line]) - short]:
            if kind in (RAW, UNSIGNED):
                raw = next(left["raw_firsts"]) if raw is None else signed(raw + next(left["raw_steps"]))
                value = raw % 2**64 if kind == UNSIGNED else raw
            else:
                value = next(left[{FLOAT: "floats", TEXT: "texts", STATE: "states", LOCATION: "locations"}[kind]])
            found.append((time, signal, kind, value))
    assert not any(list(values) for values in left.values()), "left over"
    return sorted(found, key=lambda reading: reading[:2])


def scale(entry):
    factor, offset = entry["factor"], entry["offset"]
    return (1.0 if factor is None else factor), (0.0 if offset is None else offset)


def parts(batch):
    for event in batch["events"]:
        duration = "-" if event["duration_ns"] is None else event["duration_ns"] % 2**64
        metadata = "-" if event["metadata"] is None else event["metadata"].encode().hex() + ":"
        tags = "".join(tag.encode().hex() + ":" for tag in event["tags"])
        yield f"event {event['time_us']} {event['name'].encode().hex()}: {duration} {metadata} {tags}"
    for report in batch["trouble_codes"]:
        yield f"report {report['time_us']} {report['codes'].hex()}"
    if batch["fingerprint"] is not None:
        it = batch["fingerprint"]
        protocol = "-" if it["protocol"] is None else it["protocol"]
        version = it["software_version"].encode().hex()
        yield f"fingerprint {it['time_us']} {it['vehicle_number']} {protocol} {bits(it['odometer_km'])} {version}:"
    if batch["leaf_seed"] is not None:
        yield f"seed {batch['leaf_seed'].hex()}"
    if batch["movement"] is not None:
        yield from movement_rows(batch["movement"])


def timed(entries):
    """With their times, of which each entry has the distance from the one before."""
    time = 0
    for entry in entries:
        time += entry["step_us"]
        yield time, entry


def movement_rows(movement):
    yield "movement"
    for time, fix in timed(movement["fixes"]):
        place = " ".join(bits(fix["location"][part]) for part in PLACE)
        satellites = "-" if fix["satellites"] is None else fix["satellites"]
        yield f"fix {time} {place} {bits(fix['speed_m_s'])} {satellites}"
    for time, speed in timed(movement["bus_speeds"]):
        yield f"speed {time} {bits(speed['speed_km_h'])}"
    for time, it in timed(movement["motion"]):
        yield f"motion {time} {time + it['span_us']} {bits(it['mean_m_s2'])} {bits(it['peak_m_s2'])} {it['samples']}"
    for time, cell in timed(movement["cells"]):
        yield f"cell {time} {cell['mcc']} {cell['mnc']} {cell['area']} {cell['cell'] % 2**64}"


def rows(batch, signals):
    vehicle = "-" if batch["vehicle"] is None else int.from_bytes(batch["vehicle"], "big")
    made = [f"batch {batch['id'].hex()} {batch['device'].hex()} {vehicle}"]
    made += parts(batch)
    for time, signal, kind, value in readings(batch):
        entry = signals[signal]
        name, unit = entry["name"].encode().hex(), entry["unit"].encode().hex()
        if kind in (RAW, UNSIGNED):
            factor, offset = scale(entry)
            text = f"{'raw' if kind == RAW else 'unsigned'} {value} {bits(factor)} {bits(offset)}"
        elif kind == FLOAT:
            text = f"float {bits(value)}"
        elif kind == TEXT:
            text = f"text {value.encode().hex()}:"
        elif kind == STATE:
            text = f"state {int(value)}"
        else:
            text = "location " + " ".join(bits(value[part]) for part in PLACE)
        made.append(f"{time} {name}: {unit}: {text}")
    return made


def table(batch, signals):
    """(time, name, number or None), as the table of telemetry_decode has them."""
    for time, signal, kind, value in readings(batch):
        entry = signals[signal]
        if kind in (RAW, UNSIGNED):
            factor, offset = scale(entry)
            yield time, entry["name"], value * factor + offset
        else:
            yield time, entry["name"], None if kind in (TEXT, LOCATION) else float(value)


# And written.

def random_value(kind):
    if kind == RAW:
        return rng.choice([rng.randrange(-(2**63), 2**63), rng.randrange(100)])
    if kind == UNSIGNED:
        return rng.randrange(2**64)
    if kind == FLOAT:
        return rng.choice([rng.uniform(-1e9, 1e9), -0.0, float("inf"), float("nan"), 5e-324])
    if kind == TEXT:
        return "".join(rng.choice("aZ09,\"\n é€😀") for _ in range(rng.randrange(6)))
    if kind == STATE:
        return rng.random() < 0.5
    place = {part: rng.choice([None, rng.uniform(0, 360)]) for part in PLACE}
    return place | {"latitude": rng.uniform(-90, 90), "longitude": rng.uniform(-180, 180)}


def random_batch(signals, dictionary_hash):
    """Columns of random kinds over random timelines, each signal at most once."""
    start = rng.randrange(2**50)
    batch = {
        "id": rng.randbytes(20), "device": rng.randbytes(20), "dictionary_hash": dictionary_hash, "start_us": start,
        "vehicle": rng.choice([None, b"", (rng.randrange(2**256) | 2**248).to_bytes(32, "big"), b"\x05\x39"]),
    }
    for name in ("timeline_lengths timeline_firsts_us timeline_steps_us column_signals column_timelines column_kinds "
                 "raw_firsts raw_steps floats texts states locations events trouble_codes column_shorts").split():
        batch[name] = []
    for _ in range(rng.randrange(1, 4)):
        length, last, distance = rng.randrange(1, 30), 0, 0
        batch["timeline_lengths"].append(length)
        for place in range(length):
            step = rng.choice([10_000, rng.randrange(2**20)])
            last += step
            if place == 0:
                batch["timeline_firsts_us"].append(last)
            else:
                batch["timeline_steps_us"].append(step - distance)
            distance = step if place else 0
    signal, line = -1, 0
    for index in rng.sample(range(len(signals)), rng.randrange(len(signals) + 1)):
        to, kind = rng.randrange(len(batch["timeline_lengths"])), rng.randrange(1, 7)
        batch["column_signals"].append(index - signal - 1)
        batch["column_timelines"].append(to - line)
        batch["column_kinds"].append(kind)
        signal, line = index, to
        short = rng.choice([0, rng.randrange(batch["timeline_lengths"][to])])
        batch["column_shorts"].append(short)
        values = [random_value(kind) for _ in range(batch["timeline_lengths"][to] - short)]
        if kind in (RAW, UNSIGNED):
            batch["raw_firsts"].append(signed(values[0]))
            batch["raw_steps"] += [signed(b - a) for a, b in zip(values, values[1:])]
        else:
            batch[{FLOAT: "floats", TEXT: "texts", STATE: "states", LOCATION: "locations"}[kind]] += values
    if not any(batch["column_shorts"]):
        batch["column_shorts"] = []
    return batch | random_parts()


def random_parts():
    def time():
        return rng.randrange(2**50)

    def maybe(value):
        return rng.choice([None, value])

    names = ["behavior.harshBraking", "safety.collision", "security.engineUnblock"]
    events = [
        {"name": rng.choice(names), "time_us": time(), "duration_ns": maybe(rng.randrange(2**63)),
         "metadata": maybe("{}"), "tags": [random_value(TEXT) for _ in range(rng.randrange(3))]}
        for _ in range(rng.randrange(3))
    ]
    reports = [
        {"time_us": time(), "codes": bytes(rng.randrange(1, 256) for _ in range(2 * rng.randrange(4)))}
        for _ in range(rng.randrange(3))
    ]
    fingerprint = {"time_us": time(), "vehicle_number": "1HGBH41JXMN109186", "protocol": maybe(rng.randrange(6, 10)),
                   "odometer_km": maybe(rng.uniform(0, 1e6)), "software_version": random_value(TEXT)}
    seed = maybe(rng.randbytes(16))
    return {"events": events, "trouble_codes": reports, "fingerprint": maybe(fingerprint), "leaf_seed": seed,
            "movement": maybe(random_movement())}


def random_movement():
    def some(entry):
        """Up to three entries, the second and third of which may go back in time."""
        steps = [rng.randrange(2**49, 2**50), rng.randrange(-(2**47), 2**47), rng.randrange(-(2**47), 2**47)]
        return [{"step_us": step} | entry() for step in steps[:rng.randrange(4)]]

    return {
        "fixes": some(lambda: {
            "location": random_value(LOCATION), "speed_m_s": rng.choice([None, random_value(FLOAT)]),
            "satellites": rng.choice([None, rng.randrange(256)])}),
        "bus_speeds": some(lambda: {"speed_km_h": random_value(FLOAT)}),
        "motion": some(lambda: {
            "span_us": rng.randrange(-(2**40), 2**40), "mean_m_s2": random_value(FLOAT),
            "peak_m_s2": random_value(FLOAT), "samples": rng.randrange(2**32)}),
        "cells": some(lambda: {
            "mcc": rng.randrange(1000), "mnc": rng.randrange(1000), "area": rng.randrange(2**32),
            "cell": rng.randrange(2**63)}),
    }


# The two packages.

class Protobuf:
    def __init__(self, program):
        schema = subprocess.run([program, "schema"], capture_output=True, check=True).stdout
        pool = descriptor_pool.DescriptorPool()
        for file in descriptor_pb2.FileDescriptorSet.FromString(schema).file:
            pool.Add(file)
        self.message = {
            name: message_factory.GetMessageClass(pool.FindMessageTypeByName("dimo.v1." + name))
            for name in ("TelemetryBatch", "Dictionary")
        }

    def read(self, name, encoded):
        return self.plain(self.message[name].FromString(encoded))

    def plain(self, message):
        """Fields by name; None for what is absent."""
        made = {}
        for field in message.DESCRIPTOR.fields:
            value = getattr(message, field.name)
            if field.is_repeated:
                made[field.name] = [self.plain(v) if field.message_type else v for v in value]
            elif field.has_presence and not message.HasField(field.name):
                made[field.name] = None
            else:
                made[field.name] = self.plain(value) if field.message_type else value
        return made

    @staticmethod
    def present(fields):
        return {key: value for key, value in fields.items() if value is not None}

    def fix(self, fix):
        return self.present(fix | {"location": self.present(fix["location"])})

    def write(self, name, fields):
        present = self.present(fields)
        if name == "TelemetryBatch":
            for key in ("locations", "events"):
                present[key] = [self.present(entry) for entry in fields[key]]
            if fields["fingerprint"] is not None:
                present["fingerprint"] = self.present(fields["fingerprint"])
            if fields["movement"] is not None:
                present["movement"] = fields["movement"] | {"fixes": [self.fix(fix) for fix in fields["movement"]["fixes"]]}
        else:
            present["signals"] = [self.present(entry) for entry in fields["signals"]]
        return self.message[name](**present).SerializeToString(deterministic=True)


class Avro:
    def __init__(self):
        self.json = {n: json.loads((SCHEMAS / f"dimo.v1.{n}.avsc").read_text()) for n in ("TelemetryBatch", "Dictionary")}

    def marker(self, name):
        return b"\xc3\x01" + bytes.fromhex(fingerprint(to_parsing_canonical_form(self.json[name]), "CRC-64-AVRO"))

    def read(self, name, encoded):
        assert encoded[:10] == self.marker(name), encoded[:10].hex()
        stream = io.BytesIO(encoded[10:])
        record = fastavro.schemaless_reader(stream, parse_schema(self.json[name]), None)
        assert not stream.read()
        return record

    def write(self, name, record):
        stream = io.BytesIO()
        fastavro.schemaless_writer(stream, parse_schema(self.json[name]), record)
        return self.marker(name) + stream.getvalue()

    def read_file(self, content):
        """With nothing but the file."""
        reader = fastavro.reader(io.BytesIO(content))
        inner = io.BytesIO(base64.b64decode(reader.metadata["dimo.dictionary"], validate=True))
        [dictionary] = list(fastavro.reader(inner))
        return dictionary, list(reader)

    def write_file(self, dictionary, records, codec):
        inner, outer = io.BytesIO(), io.BytesIO()
        fastavro.writer(inner, parse_schema(self.json["Dictionary"]), [dictionary], codec=codec)
        metadata = {"dimo.dictionary": base64.b64encode(inner.getvalue()).decode()}
        schema = parse_schema(self.json["TelemetryBatch"])
        fastavro.writer(outer, schema, records, codec=codec, metadata=metadata, sync_interval=2000)
        return outer.getvalue()


def check_written_by_peer(program, folder, protobuf, avro):
    subprocess.run([program, "write", folder], check=True)
    [file] = folder.glob("dictionary-*.pb")
    # The peer left it as it travels; a receiver keeps it plain, under its hash.
    plain = zlib.decompress(file.read_bytes())
    assert file.name == f"dictionary-{keccak(plain).hex()}.pb"
    file.write_bytes(plain)
    dictionary = protobuf.read("Dictionary", plain)
    assert avro.read("Dictionary", (folder / "dictionary.object").read_bytes()) == dictionary
    everything, numbers, count = [], [], 0
    for path in sorted(folder.glob("*.pb.z")):
        number = path.name[:6]
        batch = protobuf.read("TelemetryBatch", zlib.decompress(path.read_bytes()))
        assert batch["dictionary_hash"] == keccak(plain)
        expected = (folder / f"{number}.rows").read_text().splitlines()
        assert rows(batch, dictionary["signals"]) == expected, path
        record = avro.read("TelemetryBatch", (folder / f"{number}.object").read_bytes())
        assert rows(record, dictionary["signals"]) == expected, path
        numbers += table(batch, dictionary["signals"])
        everything += expected
        count += sum(row[0].isdigit() for row in expected)
    own, records = avro.read_file((folder / "all.avro").read_bytes())
    assert own == dictionary and len(records) == len(list(folder.glob("*.object"))) - 1
    assert [row for record in records for row in rows(record, own["signals"])] == everything
    check_table(program, folder, numbers)
    print(f"{count} readings in {len(records)} batches are read by protobuf and by fastavro as we wrote them")


def check_table(program, folder, expected):
    run = subprocess.run([program, "csv", folder], capture_output=True, check=True)
    # Texts stand in it as they are: what follows the first line of one is no row.
    lines = [row for row in csv.reader(run.stdout.decode().split("\n")[1:]) if row and row[0].isdigit() and len(row) > 2]
    assert len(lines) == len(expected), (len(lines), len(expected))
    for line, (time, name, number) in zip(lines, expected):
        assert (int(line[0]), line[1]) == (time, name), (line, time, name)
        if number is not None:
            assert bits(abs(float(line[2]))) == bits(abs(number)) or number != number, (line, number)


def check_read_by_peer(program, folder, protobuf, avro):
    units = ["", "km/h", "rpm", "furlong"]
    signals = [
        {"name": f"signal {i}" * (i % 5), "unit": units[i % 4], "factor": [None, 0.1, -2.0][i % 3], "offset": [None, -40.0][i % 2]}
        for i in range(40)
    ]
    dictionary = {"signals": signals}
    plain = protobuf.write("Dictionary", dictionary)
    (folder / f"dictionary-{keccak(plain).hex()}.pb").write_bytes(plain)
    (folder / "dictionary.object").write_bytes(avro.write("Dictionary", dictionary))
    batches = [random_batch(signals, keccak(plain)) for _ in range(60)]
    expected = {}
    for number, batch in enumerate(batches):
        written = protobuf.write("TelemetryBatch", batch)
        (folder / f"{number:06}.pb.z").write_bytes(zlib.compress(written))
        (folder / f"{number:06}.object").write_bytes(avro.write("TelemetryBatch", batch))
        expected[f"{number:06}.pb.z"] = expected[f"{number:06}.object"] = rows(batch, signals)
    for codec in ("null", "deflate"):
        (folder / f"{codec}.avro").write_bytes(avro.write_file(dictionary, batches, codec))
        expected[f"{codec}.avro"] = [row for batch in batches for row in rows(batch, signals)]
    subprocess.run([program, "read", folder], check=True)
    for name, lines in expected.items():
        # What is not a number is that to the bit.
        assert (folder / f"{name}.rows").read_text().splitlines() == lines, name
    count = sum(row[0].isdigit() for row in expected["null.avro"])
    print(f"{count} readings in {len(batches)} batches of protobuf and fastavro are read by us")


def main(program):
    protobuf, avro = Protobuf(program), Avro()
    for check in (check_written_by_peer, check_read_by_peer):
        with tempfile.TemporaryDirectory() as folder:
            check(program, Path(folder), protobuf, avro)


if __name__ == "__main__":
    main(sys.argv[1])
