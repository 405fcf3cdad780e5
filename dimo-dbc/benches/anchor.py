"""Makes one case of `cargo xtask bench dbc`: cantools' generated C around a timing loop, and the frames for it.

anchor.py DIRECTORY DBC [--log CANDUMP] [--frames N]

Writes into DIRECTORY: db.c, db.h (cantools), all.c and filter.c (loops that decode every signal, or twenty of them),
frames.bin (records of 16 bytes, then 8 or 64 bytes of data) and select.txt (the twenty signals). Prints the width of the data,
and how many million frames a second cantools decodes in Python.
Messages that cantools cannot make right code for are left out of the frames, so that both sides do the same work.
"""

import argparse
import itertools
import pathlib
import random
import struct
import time

import cantools
from cantools.database.can import c_source

EXTENDED = 1 << 31


def bits_of(signal):
    """Places of the bits, least significant first, counted as 8 * byte + bit."""
    if signal.byte_order == "little_endian":
        return [signal.start + i for i in range(signal.length)]
    place, places = signal.start, []
    for _ in range(signal.length):
        places.append(place)
        place = place + 15 if place % 8 == 0 else place - 1
    return places[::-1]


def is_fair(message):
    fits = all(max(bits_of(s)) < 8 * message.length and s.length <= 64 for s in message.signals)
    switches = all(not (s.is_multiplexer and s.is_signed) for s in message.signals)
    return message.signals and fits and switches and not message.is_container and message.length <= 64


def load(path):
    database = cantools.database.load_file(path, strict=False, encoding="cp1252")
    key = lambda m: m.frame_id | (EXTENDED if m.is_extended_frame else 0)
    seen, twice = set(), set()
    for message in database.messages:
        (twice if key(message) in seen else seen).add(key(message))
    messages = [m for m in database.messages if is_fair(m) and key(m) not in twice]
    return cantools.database.can.Database(messages=messages, strict=False), {key(m): m for m in messages}


def leaves(tree):
    for item in tree:
        if isinstance(item, dict):
            for switch, groups in item.items():
                yield switch
                for group in groups.values():
                    yield from leaves(group)
        else:
            yield item


def decode_lines(coded, tree, wanted):
    lines = []

    def value(name):
        if (coded.message.name, name) in wanted:
            signal = coded.get_signal_by_name(name)
            lines.append(f"VALUE(db_{coded.snake_name}_{signal.snake_name}_decode(m.{signal.snake_name}));")

    for item in tree:
        if not isinstance(item, dict):
            value(item)
            continue
        for switch, groups in item.items():
            value(switch)
            bodies = {mux: decode_lines(coded, group, wanted) for mux, group in groups.items()}
            if any(bodies.values()):
                lines.append(f"switch (m.{coded.get_signal_by_name(switch).snake_name}) {{")
                for mux, body in bodies.items():
                    lines += [f"case {mux}u:", *body, "break;"]
                lines.append("default: break; }")
    return lines


LOOP = """
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "db.c"
struct frame {{ uint64_t time; uint32_t id; uint8_t length; uint8_t reserved[3]; uint8_t data[{width}]; }};
#define VALUE(x) do {{ double v = (x); uint64_t b; memcpy(&b, &v, 8); row[k++] = v; mix ^= b; sum += b; }} while (0)
static uint64_t count, mix, sum;
__attribute__((noinline)) static void decode(const struct frame *frames, size_t n, double *row) {{
    uint64_t count_ = count, mix_ = mix, sum_ = sum;
#define mix mix_
#define sum sum_
    for (size_t i = 0; i < n; i++) {{
        const struct frame *f = &frames[i];
        size_t k = 0;
        switch (f->id) {{
{cases}
        default: break;
        }}
        count_ += k;
    }}
#undef mix
#undef sum
    count = count_; mix = mix_; sum = sum_;
}}
int main(int argc, char **argv) {{
    FILE *file = fopen(argv[argc - 1], "rb");
    if (!file) return 1;
    fseek(file, 0, SEEK_END);
    size_t n = ftell(file) / sizeof(struct frame);
    rewind(file);
    struct frame *frames = malloc(n * sizeof *frames);
    double *row = calloc(4096, sizeof *row);
    if (fread(frames, sizeof *frames, n, file) != n) return 1;
    /* The best time of each block in several runs over all frames, as on our side. */
    double best[4096], seconds = 0;
    for (int run = 0; run < 15; run++) {{
        count = mix = sum = 0;
        for (size_t first = 0, block = 0; first < n; first += 65536, block++) {{
            size_t length = n - first < 65536 ? n - first : 65536;
            struct timespec a, b;
            clock_gettime(CLOCK_MONOTONIC, &a);
            decode(frames + first, length, row);
            clock_gettime(CLOCK_MONOTONIC, &b);
            double taken = (b.tv_sec - a.tv_sec) + 1e-9 * (b.tv_nsec - a.tv_nsec);
            if (run == 0 || taken < best[block]) best[block] = taken;
        }}
    }}
    for (size_t block = 0; block * 65536 < n; block++) seconds += best[block];
    fprintf(stderr, "%g\\n", row[0]);
    printf("{name} %.3f %llu %016llx %016llx\\n", n / seconds / 1e6,
        (unsigned long long)count, (unsigned long long)mix, (unsigned long long)sum);
    return 0;
}}
"""


def loop(name, messages, width, wanted):
    cases = []
    for key, message in messages.items():
        coded = c_source.CodeGenMessage(message)
        body = decode_lines(coded, message.signal_tree, wanted)
        if body:
            cases.append(f"case {key}u: {{ struct db_{coded.snake_name}_t m;")
            cases.append(f"if (db_{coded.snake_name}_unpack(&m, f->data, f->length) == 0) {{")
            cases += [*body, "} break; }"]
    return LOOP.format(name=name, width=width, cases="\n".join(cases))


def paths(message, tree):
    """The settings of switches that select something: lists of (signal, value)."""
    options = [[]]
    for item in tree:
        if isinstance(item, dict):
            for switch, groups in item.items():
                ways = [[(switch, mux), *rest] for mux, group in groups.items() for rest in paths(message, group)]
                options = [a + b for a, b in itertools.islice(itertools.product(options, ways), 512)]
    return options


def settings(message):
    """Pairs (mask, value) over the data as one little-endian number."""
    made = []
    for path in paths(message, message.signal_tree):
        mask = value = 0
        for name, mux in path:
            for i, place in enumerate(bits_of(message.get_signal_by_name(name))):
                mask |= 1 << place
                value |= (mux >> i & 1) << place
        made.append((mask, value))
    return made


def synthetic(messages, count, width):
    dice = random.Random(42)
    kinds = [(key, m.length, settings(m)) for key, m in messages.items()]
    weights = [1 / dice.randint(1, 10) for _ in kinds]
    for number, (key, length, ways) in enumerate(dice.choices(kinds, weights, k=count)):
        data = dice.getrandbits(8 * length)
        if ways != [(0, 0)]:
            mask, value = ways[int(dice.random() * len(ways))]
            data = data & ~mask | value
        yield number, key, length, data.to_bytes(width, "little")


def recorded(messages, path, count, width):
    frames = []
    for line in open(path, encoding="utf-8"):
        words = line.split()
        if len(words) < 3 or "#" not in words[2] or "##" in words[2] or "R" in words[2].upper():
            continue
        identifier, data = words[2].split("#")
        key = int(identifier, 16) | (EXTENDED if len(identifier) > 3 else 0)
        data = bytes.fromhex(data)
        if key in messages and len(data) >= messages[key].length:
            time = int(words[0].strip("()").replace(".", ""))
            frames.append((time, key, len(data), data.ljust(width, b"\0")))
    return itertools.islice(itertools.cycle(frames), count)


def python_speed(database, path, width):
    """Million frames a second, every signal to a float, of the first frames."""
    records = list(struct.iter_unpack(f"<QIB3x{width}s", open(path, "rb").read(20_000 * (16 + width))))
    frames = [(key & ~EXTENDED, bool(key & EXTENDED), data[:length]) for _, key, length, data in records]
    messages = {(m.frame_id, m.is_extended_frame): m for m in database.messages}
    decoders = [(messages[identifier, extended], data) for identifier, extended, data in frames]
    started = time.perf_counter()
    for message, data in decoders:
        try:
            message.decode(data, decode_choices=False)
        except cantools.database.DecodeError:
            pass  # A switch that selects nothing.
    return len(decoders) / (time.perf_counter() - started) / 1e6


def main():
    words = argparse.ArgumentParser()
    words.add_argument("directory", type=pathlib.Path)
    words.add_argument("dbc")
    words.add_argument("--log")
    words.add_argument("--frames", type=int, default=2_000_000)
    words = words.parse_args()
    database, messages = load(words.dbc)
    to = words.directory
    to.mkdir(parents=True, exist_ok=True)
    header, source, _, _ = c_source.generate(database, "db", "db.h", "db.c", "fuzzer.c")
    (to / "db.h").write_text(header)
    (to / "db.c").write_text(source)
    width = 8 if max(m.length for m in messages.values()) <= 8 else 64
    every = [(m.name, name) for m in messages.values() for name in dict.fromkeys(leaves(m.signal_tree))]
    twenty = sorted(random.Random(7).sample(every, min(20, len(every))))
    (to / "select.txt").write_text("".join(f"{message}.{signal}\n" for message, signal in twenty))
    (to / "all.c").write_text(loop("all", messages, width, set(every)))
    (to / "filter.c").write_text(loop("filter", messages, width, set(twenty)))
    if words.log:
        frames = recorded(messages, words.log, words.frames, width)
    else:
        frames = synthetic(messages, words.frames, width)
    with open(to / "frames.bin", "wb") as file:
        for time, key, length, data in frames:
            file.write(struct.pack("<QIB3x", time, key, length) + data)
    print(width, python_speed(database, to / "frames.bin", width))


main()
