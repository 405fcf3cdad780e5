"""Long messages between our J1939 transport protocol and can-j1939, both ways: `check_j1939.py J1939_PEER`.

Needs can-j1939 (2.0.12). The clock is the script's: nothing waits, nothing flakes.
"""
import logging
import subprocess
import sys
import types

from j1939 import j1939_21

OURS, THEIRS, ALL = 0xF9, 0x03, 0xFF
# What it says is judged here.
logging.getLogger("j1939").setLevel(logging.CRITICAL)


class Clock:
    """Microseconds. can-j1939 looks at it in place of the machine's."""

    def __init__(self):
        self.now = 1_000_000
        j1939_21.time = types.SimpleNamespace(time=lambda: self.now / 1e6)


class Ours:
    """The program `j1939_peer`, and what it said."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.next, self.outbox, self.said = None, [], []

    def do(self, now, command):
        """Gives a command at a time, and takes what it answers: frames to `outbox`, the rest to `said`."""
        self.process.stdin.write(f"{now} {command}\n")
        self.process.stdin.flush()
        self.next = None
        while (line := self.process.stdout.readline().rstrip("\n")) != ".":
            if not line:
                sys.exit(f"FAILED: j1939_peer ended at {command}")
            word, _, rest = line.partition(" ")
            if word == "frame":
                number, data = rest.split("#")
                self.outbox.append((int(number, 16), bytearray.fromhex(data)))
            elif word == "next":
                self.next = int(rest)
            else:
                self.said.append((word, rest))


class Theirs:
    """The transport protocol of can-j1939 alone."""

    def __init__(self, clock, at_once):
        self.outbox, self.received, self.clock = [], [], clock
        self.layer = j1939_21.J1939_21(
            send_message=lambda can_id, _, data: self.outbox.append((can_id, bytearray(data))),
            job_thread_wakeup=lambda: None,
            notify_subscribers=lambda *message: self.received.append(message),
            max_cmdt_packets=at_once,
            minimum_tp_rts_cts_dt_interval=None,
            minimum_tp_bam_dt_interval=None,
            ecu_is_message_acceptable=lambda address: address == THEIRS,
        )

    def run(self):
        self.layer.async_job_thread(self.clock.now / 1e6)

    def next(self):
        buffers = [*self.layer._rcv_buffer.values(), *self.layer._snd_buffer.values()]
        times = [buffer["deadline"] for buffer in buffers if buffer["deadline"] != 0]
        # A deadline has passed when the clock is there, in whole microseconds.
        return min((int(time * 1e6) + 1 for time in times), default=None)


class Bus:
    """Carries frames both ways until nothing is left to do. `keeps(from_us, number)` may lose one."""

    def __init__(self, clock, ours, theirs, keeps=lambda *_: True):
        self.clock, self.ours, self.theirs, self.keeps = clock, ours, theirs, keeps
        # (time, whether it is from us, identifier, data)
        self.seen, self.count = [], {True: 0, False: 0}

    def run(self):
        while True:
            if self.carry():
                continue
            times = [time for time in (self.ours.next, self.theirs.next()) if time is not None]
            if not times:
                return
            self.clock.now = max(self.clock.now, min(times))
            if self.ours.next is not None and self.ours.next <= self.clock.now:
                self.ours.do(self.clock.now, "tick")

    def carry(self):
        self.theirs.run()
        from_us, self.ours.outbox = self.ours.outbox, []
        for can_id, data in from_us:
            if self.passes(True, can_id, data):
                self.theirs.layer.notify(can_id, bytearray(data), self.clock.now / 1e6)
        from_them, self.theirs.outbox = self.theirs.outbox, []
        for can_id, data in from_them:
            if self.passes(False, can_id, data):
                self.ours.do(self.clock.now, f"frame {can_id:08X}#{data.hex().upper()}")
        return bool(from_us or from_them)

    def passes(self, is_ours, can_id, data):
        self.seen.append((self.clock.now, is_ours, can_id, bytes(data)))
        self.count[is_ours] += 1
        return self.keeps(is_ours, self.count[is_ours] - 1)


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def payload(length):
    return bytes((at * 7 + at // 251 + length) & 0xFF for at in range(length))


def from_us(clock, ours, length, destination, at_once, keeps=lambda *_: True):
    """What they received, and the bus it went over."""
    ours.said.clear()
    theirs = Theirs(clock, at_once)
    pgn = 0xFECA if destination == ALL else 0xEF00
    ours.do(clock.now, f"send {OURS:02X} {destination:02X} {pgn:05X} {payload(length).hex()}")
    bus = Bus(clock, ours, theirs, keeps)
    bus.run()
    received = [(pgn, source, to, bytes(data)) for _, pgn, source, to, _, data in theirs.received]
    return [message for message in received if message[0] == pgn], bus


def to_us(clock, ours, length, destination, at_once, keeps=lambda *_: True):
    """What we say of it, and the bus it went over."""
    ours.said.clear()
    theirs = Theirs(clock, at_once)
    ours.do(clock.now, f"receive {OURS:02X}")
    group = (0, 0xFE, 0xCA) if destination == ALL else (0, 0xEF, destination)
    theirs.layer.send_pgn(*group, 6, THEIRS, list(payload(length)), 0, 0)
    bus = Bus(clock, ours, theirs, keeps)
    bus.run()
    return list(ours.said), bus


def spacing_is_kept(bus):
    """A broadcast has 50 to 200 ms between its frames."""
    times = [time for time, is_ours, *_ in bus.seen if is_ours]
    return all(50_000 <= after - before <= 200_000 for before, after in zip(times, times[1:]))


def main():
    ours, clock = Ours(sys.argv[1]), Clock()
    messages = frames = 0
    lengths = [*range(9, 200), 255, 256, 1000, 1778, 1779, 1784, 1785]
    for length in lengths:
        for destination, at_once in ((ALL, 1), (THEIRS, 1), (THEIRS, 2), (THEIRS, 16), (THEIRS, 255)):
            what = f"{length} bytes to {destination:02X}, {at_once} packets at once"
            received, bus = from_us(clock, ours, length, destination, at_once)
            pgn = 0xFECA if destination == ALL else 0xEF00
            check(received == [(pgn, OURS, destination, payload(length))], f"{what}: {received} {ours.said}")
            check(ours.said == [("finished", "")], f"{what}: {ours.said}")
            check(destination != ALL or spacing_is_kept(bus), f"{what}: spacing")
            frames += len(bus.seen)
            to = ALL if destination == ALL else OURS
            said, bus = to_us(clock, ours, length, to, at_once)
            expected = f"{pgn:05X} {THEIRS:02X} {to:02X} {payload(length).hex().upper()}"
            check(said == [("message", expected)], f"{what} to us: {said}")
            frames += len(bus.seen)
            messages += 2
    print(f"can-j1939: {messages} messages of 9 to 1785 bytes in {frames} frames")
    print(f"{lose_frames(clock, ours)} messages with a lost frame end typed, and the next one arrives")


def lose_frames(clock, ours):
    """Every frame of a message to one unit is lost once, in both directions."""
    length, at_once, count = 100, 4, 0
    for run, destination in ((from_us, THEIRS), (to_us, OURS)):
        _, bus = run(clock, ours, length, destination, at_once)
        for lost_is_ours in (True, False):
            for lost in range(bus.count[lost_is_ours]):
                what = f"frame {lost} of {'us' if lost_is_ours else 'them'} lost, {run.__name__}"
                result, _ = run(clock, ours, length, destination, at_once, lambda *at: at != (lost_is_ours, lost))
                if run is from_us:
                    # Theirs does not look at the numbers of packets, so it may take a message with a hole; we must fail.
                    words = [word for word, _ in ours.said]
                    check(words == ["error"], f"{what}: {ours.said}")
                else:
                    # When only the confirmation was lost, we have the message.
                    confirmation = lost_is_ours and lost == bus.count[True] - 1
                    words = [word for word, _ in result]
                    check(words == (["message"] if confirmation else ["error"] if result else []), f"{what}: {result}")
                    begun = lost_is_ours or lost > 0
                    check(confirmation or bool(result) == begun, f"{what}: {result}")
                result, _ = run(clock, ours, length, destination, at_once)
                check([word for word, _ in ours.said] in (["finished"], ["message"]), f"after {what}: {ours.said}")
                count += 1
    return count


main()
