"""Deltas that our encoder makes, applied by a reader written from the documentation alone: `check_delta.py DELTA`."""

import pathlib
import random
import subprocess
import sys
import tempfile


def apply(base, delta):
    """The image that a delta makes."""
    assert delta[:4] == b"DFD1"
    at = 4

    def number():
        nonlocal at
        value, bits = 0, 0
        while True:
            byte = delta[at]
            at += 1
            value |= (byte & 0x7F) << bits
            bits += 7
            if byte < 0x80:
                return value

    def take(count):
        nonlocal at
        at += count
        return delta[at - count : at]

    length = number()
    image, place = bytearray(), 0
    while len(image) < length:
        image += take(number())
        if len(image) == length:
            break
        left = number()
        if left == 0:
            continue
        moved = number()
        place += moved // 2 if moved % 2 == 0 else -(moved + 1) // 2
        while left:
            same = number()
            image += base[place : place + same]
            place, left = place + same, left - same
            if left == 0:
                break
            changed = number()
            image += bytes((old + by) % 256 for old, by in zip(base[place:], take(changed)))
            place, left = place + changed, left - changed
    assert at == len(delta), f"{len(delta) - at} bytes behind the end"
    return bytes(image)


def images(generator):
    """Two images that have much in common, in other places."""
    base = bytes(generator.choices([0, 0, 0, 70, 71, 189, generator.randrange(256)], k=generator.randrange(3000)))
    new = bytearray()
    for _ in range(generator.randrange(6)):
        start = generator.randrange(len(base) + 1)
        piece = bytearray(base[start : start + generator.randrange(1500)])
        for _ in range(len(piece) // 50):
            piece[generator.randrange(len(piece))] = generator.randrange(256)
        new += piece + generator.randbytes(generator.randrange(40))
    return base, bytes(new)


def main():
    (program,) = sys.argv[1:]
    generator = random.Random(4)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        paths = [str(folder / part) for part in ("base", "new", "delta", "again")]
        saved = 0
        for _ in range(200):
            base, new = images(generator)
            pathlib.Path(paths[0]).write_bytes(base)
            pathlib.Path(paths[1]).write_bytes(new)
            subprocess.run([program, "encode", *paths[:3]], check=True, stdout=subprocess.DEVNULL)
            delta = pathlib.Path(paths[2]).read_bytes()
            assert apply(base, delta) == new, "Python makes another image"
            subprocess.run([program, "apply", paths[0], paths[2], paths[3]], check=True)
            assert pathlib.Path(paths[3]).read_bytes() == new, "we make another image"
            saved += len(new) - len(delta)
        assert saved > 0
        bad = subprocess.run([program, "apply", paths[0], paths[1], paths[3]], capture_output=True)
        assert bad.returncode == 2 and bad.stderr, "what is no delta was taken"
    print("200 deltas make the same images")


main()
