"""The reward curve against Python's integers: `check_curve.py CURVE`, where CURVE is the example of that name.

Early sales are held against exact fractions, later ones against intervals of 400 binary places that must decide every wei.
"""
import hashlib
import random
import subprocess
import sys
import time

DIMO = 10**18
HIGHEST = 10**6 * DIMO
PLACES = 400
SALES = 5_200_000
AT_FLOOR = 5_010_634
RANDOM = random.Random(4)


def main(curve):
    start = time.monotonic()
    single = early(curve) + exact_far(curve) + late(curve) + nearest(curve)
    hashed = hashes(curve)
    refused = refusals(curve) + bad_lines(curve) + good_lines(curve) + nobody_reads(curve)
    seconds = time.monotonic() - start
    print(f"{single} rewards, {hashed} rewards in hashes and {refused} odd calls agree with Python, {seconds:.0f} s")


# What is right.

def exact(n, price):
    """max(0.1 %, 15 % x 0.999999^(n-1)) of a price in wei, as a fraction, floored."""
    falling = price * 15 * 999_999 ** (n - 1) // (100 * 10 ** (6 * (n - 1)))
    return max(falling, price // 1000)


def floored(low, high, n, price):
    """The same from a power between two numbers in 2^-400; the few that these leave open are early and whole."""
    falling, upper = (price * 15 * power // 100 >> PLACES for power in (low, high))
    return max(falling, price // 1000) if falling == upper else exact_if_early(n, price)


def exact_if_early(n, price):
    check(n <= 60, f"{PLACES} places decide sale {n} at {price} wei")
    return exact(n, price)


def power(n):
    """Both ends of 0.999999^(n-1) in 2^-400, each rounded to its side, from the highest bit down."""
    low = high = 1 << PLACES
    for bit in bin(n - 1)[2:]:
        low, high = low * low >> PLACES, (high * high >> PLACES) + 1
        if bit == "1":
            low, high = low * 999_999 // 10**6, high * 999_999 // 10**6 + 1
    return low, high


def by_interval(n, price):
    return floored(*power(n), n, price)


# Single rewards.

def early(curve):
    """Every one of the first sales at prices that make it whole or nearly whole, and random sales of the first 3,000."""
    prices = [1, 2, 6, 7, 999, 1000, 1001, HIGHEST, HIGHEST - 1, 50 * DIMO]
    prices += [10 ** (6 * k) * 20 * m + d for k in range(4) for m in (1, 3, 7) for d in (-1, 0, 1)]
    prices += [RANDOM.randint(1, HIGHEST) for _ in range(20)]
    prices += [RANDOM.randint(1, 10 ** RANDOM.randint(1, 24)) for _ in range(20)]
    return sum(same(curve, price, [*range(1, 41), *many(20, 3_000)], exact) for price in prices)


def exact_far(curve):
    return same(curve, 123_456 * DIMO + 789, [20_000, 65_536, 100_001, 300_000], exact)


def late(curve):
    around = [AT_FLOOR - 2, AT_FLOOR - 1, AT_FLOOR, AT_FLOOR + 1, SALES, 2**26, 2**28, 2**28 + 1]
    numbers = [1_000, 30_000, 100_000, 1_000_000, *around, *many(300, SALES)]
    prices = [1, 50 * DIMO, HIGHEST - 1, HIGHEST, *(RANDOM.randint(1, HIGHEST) for _ in range(6))]
    return sum(same(curve, price, numbers, by_interval) for price in prices)


def nearest(curve):
    """The prices whose rewards come nearest to a whole number of wei: denominators of continued fractions."""
    checked = 0
    for n in [5, 6, 7, 60, *many(12, AT_FLOOR)]:
        rest, divisor, before, price = 100 << PLACES, 15 * power(n)[0], 0, 1
        while divisor and (step := rest // divisor * price + before) <= HIGHEST:
            rest, divisor, before, price = divisor, rest % divisor, price, step
            if price > 10**12:
                checked += same(curve, price, [n], by_interval)
    return checked


def many(count, last):
    return [RANDOM.randint(1, last) for _ in range(count)]


def same(curve, price, numbers, right):
    text = "".join(f"{n}\n" for n in numbers)
    expected = "".join(f"{n}\t{right(n, price)}\n" for n in numbers)
    code, out, err = call(curve, ["--price", dimo(price)], text)
    check((code, err) == (0, ""), f"price {price}: exit {code}, {err}")
    for ours, theirs in zip(out.splitlines(), expected.splitlines()):
        check(ours == theirs, f"price {price}: {ours!r}, not {theirs!r}")
    check(out == expected, f"price {price}: {len(out)} bytes, not {len(expected)}")
    return len(numbers)


# Hashes of many.

def hashes(curve):
    few = [(price, n) for price in (1, 6_667, HIGHEST, 20 * DIMO, RANDOM.randint(1, HIGHEST)) for n in (1, 20_000)]
    wanted = [*few, (50 * DIMO, SALES)]
    for price, last in wanted:
        code, out, err = call(curve, ["--price", dimo(price), "--all", str(last)])
        check((code, err) == (0, ""), f"--all {last}: exit {code}, {err}")
        check(out == digest(price, last) + "\n", f"--all {last} at {price} wei: {out}")
    return sum(last for _, last in wanted)


def digest(price, last):
    """Each power from the one before; rounding down takes less than one place each time."""
    rewards, low = hashlib.sha256(), 1 << PLACES
    for n in range(1, last + 1):
        rewards.update(floored(low, low + n, n, price).to_bytes(16, "little"))
        low = low * 999_999 // 10**6
    return rewards.hexdigest()


# Arguments and lines.

def refusals(curve):
    prices = ["0", "0.0", "0.0000000000000000001", "1.0000000000000000000", "1000000.000000000000000001", "1000001",
              "-1", "+1", "1e3", "", " 1", "1 ", ".5", "5.", "1,5", "1_000", "0x1", "nan", "1.5.2", "9" * 400, "٣"]
    calls = [["--price", price] for price in prices]
    calls += [["--price", "50", "--all", count] for count in ["0", "-1", "+5", "1.5", "", "x", " 7", "9" * 30]]
    calls += [[], ["--price"], ["50"], ["--all", "5"], ["--price", "50", "--all"], ["--price", "50", "--price", "50"],
              ["--price", "50", "--all", "2", "--all", "2"], ["--price", "50", "--what", "1"], ["--price", "50", "7"],
              ["--price=50"], ["--help"], [b"--price", b"\xff"]]
    for arguments in calls:
        code, out, err = call(curve, arguments, "1\n")
        check((code, out) == (2, "") and err, f"{arguments}: exit {code}, {out!r}, {err!r}")
    return len(calls)


def bad_lines(curve):
    lines = ["0", "000", "", " ", "-1", "+5", " 7", "7 ", "1e3", "1.0", "1_0", "0x10", "x", "٣", "1\t", "\ufeff1", "1\0",
             "\r", "1\r\r", "1 2"]
    for line in lines:
        code, out, err = call(curve, ["--price", "50"], f"1\n2\n{line}\n4\n")
        right = f"1\t{exact(1, 50 * DIMO)}\n2\t{exact(2, 50 * DIMO)}\n"
        check((code, out) == (2, right) and "line 3" in err, f"{line!r}: exit {code}, {out!r}, {err!r}")
    code, out, err = call(curve, ["--price", "50"], b"\xff\n")
    check((code, out) == (2, "") and "line 1" in err, f"no UTF-8: exit {code}, {out!r}, {err!r}")
    long = "".join(f"{n}\n" for n in range(1, 100_001))
    code, out, err = call(curve, ["--price", "50"], long + "bad\n" + long)
    check(code == 2 and out.count("\n") == 100_000 and "line 100001" in err, f"late bad line: exit {code}, {err!r}")
    return len(lines) + 2


def good_lines(curve):
    floor = 50 * DIMO // 1000
    big = "1" + "0" * 5_000
    for text, out in [
        ("", ""),
        ("1", f"1\t{exact(1, 50 * DIMO)}\n"),
        ("007\r\n1\n", f"7\t{exact(7, 50 * DIMO)}\n1\t{exact(1, 50 * DIMO)}\n"),
        (f"{2**64 - 1}\n{2**64}\n{2**64 + 1}\n{big}\n",
         f"{2**64 - 1}\t{floor}\n{2**64}\t{floor}\n{2**64 + 1}\t{floor}\n{big}\t{floor}\n"),
    ]:
        said = call(curve, ["--price", "0050.000000000000000000"], text)
        check(said == (0, out, ""), f"{text[:30]!r}: {said}")
    return 4


def nobody_reads(curve):
    """A reader who leaves is no failure."""
    ours = subprocess.Popen([curve, "--price", "50"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    ours.stdout.close()
    try:
        ours.stdin.write(b"1\n" * 1_000_000)
        ours.stdin.close()
    except BrokenPipeError:
        pass
    err = ours.stderr.read()
    check((ours.wait(), err) == (0, b""), f"closed output: exit {ours.returncode}, {err!r}")
    return 1


def call(curve, arguments, text=""):
    data = text.encode() if isinstance(text, str) else text
    done = subprocess.run([curve, *arguments], input=data, capture_output=True, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def dimo(wei):
    return f"{wei // DIMO}.{wei % DIMO:018}"


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


if __name__ == "__main__":
    main(sys.argv[1])
