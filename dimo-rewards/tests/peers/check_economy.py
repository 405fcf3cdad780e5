"""Holds the Rust example `economy` against hand-written answers and against economy_model.py.

Run as `python -B check_economy.py PATH_TO_EXAMPLE [STREAMS]`. Exit code 0: no difference.
"""

import os
import subprocess
import sys
import tempfile
from collections import Counter

import economy_model
import economy_scenarios
import economy_streams


def of_rust(program, body):
    """(exit code, standard output, refused line numbers, standard error) of the example."""
    with tempfile.NamedTemporaryFile("wb", suffix=".jsonl", delete=False) as file:
        file.write(body.encode())
    try:
        run = subprocess.run([program, file.name], capture_output=True, text=True, timeout=60, check=False)
    finally:
        os.unlink(file.name)
    return run.returncode, run.stdout, refused(run.stderr), run.stderr


def of_model(body):
    lines, err = body.split("\n"), []
    if lines[-1] == "":
        lines.pop()
    report = economy_model.replay(lines, err)
    log = "".join(line + "\n" for line in err)
    return (0, report, refused(log), log) if report is not None else (2, "", refused(log), log)


def refused(log):
    parts = [line.split("\t") for line in log.splitlines() if line.startswith("refused\t")]
    return [int(part[1]) for part in parts]


def body_of(lines):
    return "".join(line + "\n" for line in lines)


def differ(program, lines):
    body = body_of(lines)
    return of_rust(program, body)[:3] != of_model(body)[:3]


def shrunk(program, lines):
    """A smaller stream that still differs: lines dropped while the difference stays."""
    size = len(lines) // 2
    while size:
        at = 1
        while at < len(lines):
            fewer = lines[:at] + lines[at + size :]
            if differ(program, fewer):
                lines = fewer
            else:
                at += size
        size //= 2
    return lines


def show(program, lines):
    body = body_of(lines)
    print(body, end="")
    for name, answer in (("example", of_rust(program, body)), ("model", of_model(body))):
        print(f"--- {name}: exit {answer[0]}\n{answer[1]}{answer[3]}", end="")


def check_streams(program, count):
    tally, events, differences = Counter(), 0, 0
    for seed in range(count):
        lines = economy_streams.stream(seed)
        body = body_of(lines)
        rust, model = of_rust(program, body), of_model(body)
        events += len(lines)
        for number in range(1, len(lines) + 1):
            do = lines[number - 1].split('"')[3]
            tally[do, number in set(model[2])] += 1
        if rust[:3] != model[:3]:
            differences += 1
            print(f"stream {seed} differs; the smallest that still does:")
            show(program, shrunk(program, lines))
            if differences == 5:
                break
    turned_down = sum(n for (_, bad), n in tally.items() if bad)
    print(f"{count} streams, {events} events, {turned_down} refused, {differences} streams differ")
    if "-v" in sys.argv:
        for do in sorted({do for do, _ in tally}):
            print(f"  {do}: {tally[do, False]} taken, {tally[do, True]} refused")
    return differences


def check_scenarios(program):
    """Each scenario's hand-written answer against the example and against the model."""
    failures, all_scenarios = 0, list(economy_scenarios.scenarios())
    for scenario in all_scenarios:
        for name, answer in (("example", of_rust(program, scenario.body)), ("model", of_model(scenario.body))):
            wrong = scenario.wrong(answer)
            if wrong:
                failures += 1
                print(f"{scenario.name}\n  the {name}: {wrong}")
    print(f"{len(all_scenarios)} scenarios, {failures} failures")
    return failures


def main():
    program = sys.argv[1]
    numbers = [argument for argument in sys.argv[2:] if argument.isdigit()]
    failures = check_scenarios(program)
    failures += check_streams(program, int(numbers[0]) if numbers else 200)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
