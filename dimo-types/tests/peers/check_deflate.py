"""Streams of our encoder against zlib: `check_deflate.py DEFLATE_PEER`.

zlib reads every one with a window no larger than the stream says, to its last byte. At the highest level none is longer than
what zlib writes with the same window.
"""
import random
import subprocess
import sys
import zlib

WINDOWS = [256, 512, 1024, 2048, 4096]
EDGES = [255, 256, 257, 511, 512, 513, 2047, 2048, 2049, 4095, 4096, 4097, 32768, 65535, 65536, 65537]


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


class Ours:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def encode(self, level, window, data):
        self.process.stdin.write(f"{level} {window} {data.hex()}\n")
        self.process.stdin.flush()
        return bytes.fromhex(self.process.stdout.readline())


def fibonacci(count, source):
    one, other, data = 1, 1, []
    for byte in range(count):
        data += [byte * 11] * one
        one, other = other, one + other
    source.shuffle(data)
    return bytes(data)


def columns(length, source):
    data = bytearray(source.randbytes(40))
    while len(data) < length:
        count, kind = source.randrange(20, 400), source.randrange(5)
        if kind == 0:
            data += bytes(count)
        elif kind == 1:
            data += bytes(source.choices(range(6), [9, 5, 3, 2, 1, 1], k=count))
        elif kind == 2:
            data += b"".join(bytes([0x80 | source.randrange(16), source.randrange(3)]) for _ in range(count))
        elif kind == 3:
            data += (bytes([2, 2, 2, source.randrange(64)]) * count)[:count]
        else:
            data += source.randbytes(count // 4)
    return bytes(data[:length])


def inputs(source):
    yield from [b"", b"\0", b"ab", b"aaa", bytes(258), bytes(259), bytes(100_000), bytes(range(256)) * 40]
    yield from [source.randbytes(300), source.randbytes(70_000), fibonacci(15, source), fibonacci(22, source)]
    for edge in EDGES:
        block = source.randbytes(edge)
        yield block + block[:300]
    for length in [200, 700, 3000, 12_000, 100_000]:
        yield columns(length, source)
    with open(__file__, "rb") as text:
        yield text.read()


def main():
    ours, source, count = Ours(sys.argv[1]), random.Random(5), 0
    for data in inputs(source):
        for window in WINDOWS:
            bits = window.bit_length() - 1
            for level in range(10):
                what = f"{len(data)} bytes, level {level}, window {window}"
                stream = ours.encode(level, window, data)
                zlibs = zlib.decompressobj(wbits=bits)
                check(zlibs.decompress(stream) == data, what)
                check(zlibs.eof and not zlibs.unused_data, what)
                check(len(stream) <= len(data) + 5 * max(1, -(-len(data) // 65_535)) + 6, what)
                count += 1
            # zlib does not write with a window of 256.
            theirs = zlib.compressobj(9, zlib.DEFLATED, max(bits, 9))
            theirs = len(theirs.compress(data) + theirs.flush())
            check(len(stream) <= theirs * 1.005 + 4 or window == 256, f"{what}: {len(stream)}, zlib {theirs}")
    print(f"{count} streams read by zlib {zlib.ZLIB_RUNTIME_VERSION}")


main()
