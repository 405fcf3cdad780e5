"""A bus between can-isotp and our machines (`dbc_peer`), with a clock that the script moves: nothing waits, nothing flakes."""
import subprocess
import types

import isotp


class Clock:
    """Microseconds. can-isotp looks at it in place of the machine's."""

    def __init__(self):
        self.now = 1_000_000
        isotp.tools.time = types.SimpleNamespace(perf_counter_ns=lambda: self.now * 1000)


class Ours:
    """The program, and what it said last."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.next = None
        self.outbox, self.said = [], []

    def do(self, now, *commands):
        """Gives commands at a time, and takes what they answer: frames to `outbox`, the rest to `said`."""
        self.process.stdin.write("".join(f"{now} {command}\n" for command in commands))
        self.process.stdin.flush()
        for _ in commands:
            self.next = None
            while (line := self.process.stdout.readline().rstrip("\n")) != ".":
                if not line:
                    raise RuntimeError(f"dbc_peer ended at {commands}")
                word, _, rest = line.partition(" ")
                if word == "frame":
                    self.outbox.append(rest)
                elif word == "next":
                    self.next = int(rest)
                else:
                    self.said.append((word, rest))


class Theirs:
    """A can-isotp end, driven by the clock."""

    def __init__(self, address, **params):
        self.inbox, self.outbox, self.errors = [], [], []
        self.layer = isotp.TransportLayerLogic(
            rxfn=lambda: self.inbox.pop(0) if self.inbox else None,
            txfn=self.outbox.append,
            address=address,
            error_handler=lambda error: self.errors.append(type(error).__name__),
            params={"wait_func": lambda _: None, **params},
        )

    def run(self):
        self.layer.process()

    def remaining(self):
        """Microseconds until a timer ends; `None` when none runs."""
        timers = [self.layer.timer_rx_fc, self.layer.timer_rx_cf]
        if self.layer.tx_state == self.layer.TxState.TRANSMIT_CF:
            timers.append(self.layer.timer_tx_stmin)
        # It ends when its time has passed, not when it has come.
        left = [timer.remaining_ns() // 1000 + 1 for timer in timers if not timer.is_stopped()]
        return min(left, default=None)


def text(message):
    """A frame as candump writes it."""
    number = f"{message.arbitration_id:08X}" if message.is_extended_id else f"{message.arbitration_id:03X}"
    return f"{number}#{'#0' if message.is_fd else ''}{message.data.hex().upper()}"


def message(frame):
    """The reverse."""
    number, data = frame.split("#", 1)
    is_fd = data.startswith("#")
    data = bytes.fromhex(data[2:] if is_fd else data)
    return isotp.CanMessage(
        arbitration_id=int(number, 16), dlc=len(data), data=data, extended_id=len(number) == 8, is_fd=is_fd
    )


class Bus:
    """Carries frames both ways until nothing is left to do. `keeps(from_us, number, frame)` may lose one."""

    def __init__(self, clock, ours, theirs, keeps=lambda *_: True):
        self.clock, self.ours, self.theirs, self.keeps = clock, ours, theirs, keeps
        # (time, whether it is from us, frame)
        self.seen = []
        self.count = {True: 0, False: 0}

    def run(self, is_done=lambda: False):
        while not is_done():
            if self.carry():
                continue
            times = [self.clock.now + left for theirs in self.theirs if (left := theirs.remaining()) is not None]
            times += [self.ours.next] if self.ours.next is not None else []
            if not times:
                return
            # A timer of ours that has ended says so at its tick; one of theirs at the next look.
            self.clock.now = max(self.clock.now, min(times))
            if self.ours.next is not None and self.ours.next <= self.clock.now:
                self.ours.do(self.clock.now, "tick")

    def carry(self):
        for theirs in self.theirs:
            theirs.run()
        from_us, self.ours.outbox = self.ours.outbox, []
        from_us = [frame for frame in from_us if self.passes(True, frame)]
        from_them = [text(frame) for theirs in self.theirs for frame in theirs.outbox]
        for theirs in self.theirs:
            theirs.inbox += [message(frame) for frame in from_us]
            theirs.outbox.clear()
        from_them = [frame for frame in from_them if self.passes(False, frame)]
        if from_them:
            self.ours.do(self.clock.now, *(f"frame {frame}" for frame in from_them))
        return bool(from_us or from_them)

    def passes(self, is_ours, frame):
        self.seen.append((self.clock.now, is_ours, frame))
        self.count[is_ours] += 1
        return self.keeps(is_ours, self.count[is_ours] - 1, frame)
