"""The program `backend` at mosquitto: it is killed while a device sends, and pyarrow finds every reading that was acknowledged in its files, once."""

import collections
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as parquet

BACKEND = Path(sys.argv[1])
DEVICE = BACKEND.parent / "examples" / "device"
RECIPIENT = "0x" + "be" * 20
GOOD, STRANGER, BANNED, FALLEN = "1", "2", "3", "4"
SIGNALS = {0: ("speed", "km/h"), 1: ("gear\tand more", ""), 2: ("currentLocationCoordinates", "")}
PATIENCE = 30


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(what, is_there):
    until = time.monotonic() + PATIENCE
    while not is_there():
        assert time.monotonic() < until, f"no {what}"
        time.sleep(0.05)


class World:
    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.registry = folder / "registry.json"
        config = folder / "mosquitto.conf"
        config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\n")
        self.broker = subprocess.Popen(["mosquitto", "-c", config], stderr=subprocess.DEVNULL)
        wait_for("broker", self.is_listening)
        self.server = None

    def is_listening(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def register(self, banned):
        """The whole registry; the file is changed at once."""
        device = lambda secret: self.run("address", secret).stdout.strip()
        devices = {device(GOOD): {"provider": "acme"}, device(FALLEN): {"provider": "fallen"}}
        devices |= {device(secret): {"provider": "acme", "banned": True} for secret in banned}
        providers = {"acme": {"good_standing": True}, "fallen": {"good_standing": False}}
        new = self.folder / "registry.new"
        new.write_text(json.dumps({"providers": providers, "devices": devices}))
        os.replace(new, self.registry)

    def start(self, *options):
        """The backend, once it listens."""
        command = [BACKEND, "--broker", f"127.0.0.1:{self.port}", "--key", self.folder / "key", "--recipient", RECIPIENT]
        command += ["--registry", self.registry, "--folder", self.folder / "stored", "--rotate-rows", "200", *options]
        lines = open(self.folder / f"lines-{time.monotonic_ns()}", "w+")
        backend = subprocess.Popen(command, stdout=lines, stderr=open(self.folder / "notes", "a"), text=True)
        backend.lines = Path(lines.name)
        wait_for("key of the backend", lambda: backend.lines.read_text().endswith("\n"))
        self.server = backend.lines.read_text().split()[1]
        return backend

    def command(self, *words):
        what, secret, *more = words
        broker = [] if what == "address" else [f"127.0.0.1:{self.port}", self.server, RECIPIENT]
        return [DEVICE, what, *broker, secret, *map(str, more)]

    def run(self, *words):
        return subprocess.run(self.command(*words), stdout=subprocess.PIPE, text=True, timeout=90)

    def opens(self, secret, counter):
        return self.run("open", secret, counter).stdout.strip()


def counts(backend):
    lines = [line.split("\t") for line in backend.lines.read_text().splitlines()]
    return {name: int(number) for word, name, number in (line for line in lines if line[0] == "count")}


def end(backend):
    backend.send_signal(signal.SIGTERM)
    assert backend.wait(PATIENCE) == 0
    return counts(backend)


def words(lines, first):
    return [line.split("\t")[1:] for line in lines.splitlines() if line.split("\t")[0] == first]


def number(bits):
    return struct.unpack(">d", bytes.fromhex(bits))[0]


def expected(sent):
    """What pyarrow is to find of what a device has sent."""
    for batch, micros, index, kind, value in sent:
        name, unit = SIGNALS[int(index)]
        row = {"batch": batch, "time": int(micros), "signal": name, "unit": unit}
        row |= {"number": None, "text": None, "latitude": None, "longitude": None}
        if kind == "number":
            row["number"] = number(value)
        elif kind == "text":
            row["text"] = bytes.fromhex(value).decode()
        else:
            row["latitude"], row["longitude"] = map(number, value.split())
        yield tuple(sorted(row.items(), key=lambda item: item[0]))


def found(folder):
    for file in sorted(folder.glob("readings-*.parquet")):
        table = parquet.read_table(file)
        assert str(table.schema.field("time").type) == "timestamp[us, tz=UTC]"
        times = table.column("time").cast("int64").to_pylist()
        for row, micros in zip(table.to_pylist(), times):
            assert row.pop("device")
            yield tuple(sorted((row | {"time": micros}).items(), key=lambda item: item[0]))


def check(world):
    world.register(banned=[BANNED])
    first = world.start()
    early = world.run("send", GOOD, 1, 0, 20)
    assert early.returncode == 0, early.stdout
    # Killed while a device sends; what it had acknowledged is stored.
    device = subprocess.Popen(world.command("send", GOOD, 2, 20, 40), stdout=subprocess.PIPE, text=True)
    heard = []
    while sum(line.startswith("acknowledged") for line in heard) < 10:
        line = device.stdout.readline()
        assert line, "the device ended"
        heard.append(line)
    first.kill()
    first.wait()
    rest, _ = device.communicate(timeout=60)
    assert device.returncode == 1, "with nobody to acknowledge, a device gives up"
    acknowledged = {id for id, in words("".join(heard) + rest, "acknowledged")}
    assert 10 <= len(acknowledged) < 40, f"{len(acknowledged)} of 40 were acknowledged"

    second = world.start()
    again = world.run("send", GOOD, 3, 20, 40)
    assert again.returncode == 0, again.stdout
    assert {id for id, in words(again.stdout, "acknowledged")} == {row[0] for row in words(again.stdout, "sent")}
    assert world.opens(GOOD, 2) == "refused", "an opening of before the restart"
    assert world.opens(STRANGER, 1) == "refused"
    assert world.opens(BANNED, 1) == "refused"
    assert world.opens(FALLEN, 1) == "refused"
    world.run("wrong", GOOD, 4)
    # A ban is in force without a restart.
    world.register(banned=[BANNED, GOOD])
    time.sleep(1)
    assert world.opens(GOOD, 5) == "refused"
    counted = end(second)
    assert counted["batches"] + counted["duplicates"] >= 40 and counted["duplicates"] >= len(acknowledged), counted
    for reason, least in {"stranger": 1, "banned": 2, "not-in-good-standing": 1, "old-opening": 2, "replay": 1, "tampered": 1, "topic": 1}.items():
        assert counted[f"refused-{reason}"] >= least, f"{reason}: {counted}"
    assert counted["refused-unreadable"] == counted["refused-other-device"] == 0, counted

    sent = collections.Counter(expected(words(early.stdout + again.stdout, "sent")))
    stored = collections.Counter(found(world.folder / "stored"))
    assert sent and stored == sent, f"lost {list((sent - stored))[:3]}, too many {list((stored - sent))[:3]}"
    lines = [line for line in second.lines.read_text().splitlines() if re.match(r"\d{4}-", line)]
    assert lines and all(line.count("\t") == 4 for line in lines)
    assert len(lines) == counted["readings"], "a line for each reading"
    files = len(list((world.folder / "stored").glob("readings-*.parquet")))
    assert files >= 3, "journals become files while it runs"
    assert end(world.start())["batches"] == 0
    print(f"ok\t{len(sent)} readings in {files} files after a kill, {counted['duplicates']} duplicates known")


with tempfile.TemporaryDirectory() as folder:
    world = World(Path(folder))
    try:
        check(world)
    except AssertionError:
        sys.stderr.write((Path(folder) / "notes").read_text()[-4000:])
        raise
    finally:
        world.broker.kill()
