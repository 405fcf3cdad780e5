"""Sentences of a receiver, made here and read by pynmea2 and by our reader: `check_nmea.py NMEA_PEER`."""

import datetime
import random
import subprocess
import sys

import pynmea2

MOMENTS = 2000


def sentence(body):
    checksum = 0
    for byte in body.encode():
        checksum ^= byte
    return f"${body}*{checksum:02X}\r\n"


def angle(generator, degrees, width, letters):
    value = generator.randrange(degrees)
    minutes = generator.uniform(0, 59.9)
    places = generator.choice([3, 4, 5, 7])
    return f"{value:0{width}d}{minutes:0{3 + places}.{places}f}", generator.choice(letters)


def moment(generator, at):
    """The sentences of one second, by a talker of any constellation; fields may be empty."""
    talker = generator.choice(["GP", "GN", "GL", "GA", "GB"])
    clock = at.strftime("%H%M%S") + generator.choice(["", ".0", ".00", ".000", ".250"])
    latitude, north = angle(generator, 90, 2, "NS")
    longitude, east = angle(generator, 180, 3, "EW")
    place = f"{latitude},{north},{longitude},{east}"
    maybe = lambda text: text if generator.random() < 0.9 else ""
    speed = maybe(f"{generator.uniform(0, 140):.{generator.randrange(4)}f}")
    course = maybe(f"{generator.uniform(0, 359.9):.2f}")
    rmc = f"{talker}RMC,{clock},A,{place},{speed},{course},{at:%d%m%y},,,A"
    height = f"{generator.uniform(-400, 8000):.{generator.randrange(1, 4)}f}"
    separation = maybe(f"{generator.uniform(-100, 80):.1f}")
    used = maybe(f"{generator.randrange(25):02d}")
    dilution = maybe(f"{generator.uniform(0.5, 99):.2f}")
    gga = f"{talker}GGA,{clock},{place},{generator.choice('12456')},{used},{dilution},{height},M,{separation},M,,"
    pair = [rmc, gga]
    generator.shuffle(pair)
    noise = [f"{talker}GSV,1,1,01,05,40,083,46", f"{talker}VTG,{course},T,,M,{speed},N,,K,A", "PUBX,00,1"]
    return pair[0], [sentence(pair[0]), sentence(generator.choice(noise)), sentence(pair[1])]


def by_pynmea2(lines):
    """What pynmea2 makes of them, in our units."""
    rmc, gga = None, None
    for line in lines:
        if "RMC" in line:
            rmc = pynmea2.parse(line.strip(), check=True)
        elif "GGA" in line:
            gga = pynmea2.parse(line.strip(), check=True)
    at = datetime.datetime.combine(rmc.datestamp, rmc.timestamp.replace(tzinfo=datetime.timezone.utc))
    number = lambda value, scale: None if value in (None, "") else float(value) * scale
    altitude = None
    if gga.altitude is not None and gga.geo_sep not in (None, ""):
        altitude = (gga.altitude + float(gga.geo_sep)) * 1000
    return {
        "time": at.timestamp() * 1e6,
        "latitude": rmc.latitude * 1e7,
        "longitude": rmc.longitude * 1e7,
        "altitude": altitude,
        "speed": number(rmc.spd_over_grnd, 1852 / 3.6),
        "course": number(rmc.true_course, 100),
        "dilution": number(gga.horizontal_dil, 100),
        "satellites": number(gga.num_sats, 1),
    }


# What cutting off and rounding may cost, in the unit of each.
TOLERANCE = {"latitude": 1.0, "longitude": 1.0, "altitude": 2.0, "speed": 1.5, "course": 1.0, "dilution": 1.0}


def main():
    (program,) = sys.argv[1:]
    generator = random.Random(183)
    at = datetime.datetime(2027, 12, 31, 23, 40, 0)
    stream, expected = "", []
    for _ in range(MOMENTS):
        at += datetime.timedelta(seconds=generator.choice([1, 1, 1, 60, 86399]))
        _, lines = moment(generator, at)
        if generator.random() < 0.05:
            # A line of noise, one that was cut off, and one with a wrong checksum.
            stream += "\x00\xff garbage $GPRMC,12" + "$GPGGA,1*00\r\n"
        stream += "".join(lines)
        expected.append(by_pynmea2(lines))
    run = subprocess.run([program], input=stream.encode("latin-1"), capture_output=True, check=True)
    ours = run.stdout.decode().splitlines()
    assert len(ours) == MOMENTS, f"{len(ours)} reports of {MOMENTS}"
    names = ["time", "latitude", "longitude", "altitude", "speed", "course", "dilution", "satellites"]
    for line, want in zip(ours, expected):
        kind, *fields = line.split("\t")
        assert kind == "fix", line
        for name, field in zip(names, fields):
            value = None if field == "-" else int(field)
            same = value is want[name] is None or (
                value is not None and want[name] is not None and abs(value - want[name]) <= TOLERANCE.get(name, 0.5)
            )
            assert same, f"{name}: {value} of ours, {want[name]} of pynmea2, in {line}"
    print(f"{MOMENTS} reports agree with pynmea2")


main()
