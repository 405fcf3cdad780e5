"""Messages between our ISO-TP and can-isotp, both ways: `check_isotp.py DBC_PEER`."""
import logging
import random
import sys

from isotp import Address, AddressingMode

from bus import Bus, Clock, Ours, Theirs

# Addressing: our link, and their address. With it, how frames look: our words, and their parameters.
NORMAL_11 = ("7E0:7E8", dict(addressing_mode=AddressingMode.Normal_11bits, txid=0x7E8, rxid=0x7E0))
NORMAL_29 = (
    "18DA10F1:18DAF110",
    dict(addressing_mode=AddressingMode.NormalFixed_29bits, target_address=0xF1, source_address=0x10),
)
EXTENDED_11 = (
    "6F1:660:60:F1",
    dict(
        addressing_mode=AddressingMode.Extended_11bits, txid=0x660, rxid=0x6F1, target_address=0xF1, source_address=0x60
    ),
)
EXTENDED_29 = (
    "18000001:18000002:60:F1",
    dict(
        addressing_mode=AddressingMode.Extended_29bits,
        txid=0x18000002,
        rxid=0x18000001,
        target_address=0xF1,
        source_address=0x60,
    ),
)
MIXED_11 = (
    "6F1:660:99:99",
    dict(addressing_mode=AddressingMode.Mixed_11bits, txid=0x660, rxid=0x6F1, address_extension=0x99),
)
CLASSIC = ("8/-", {})
PADDED = ("8/CC", dict(tx_padding=0xCC))
FD_64 = ("fd64/-", dict(can_fd=True, tx_data_length=64))
FD_24 = ("fd24/AA", dict(can_fd=True, tx_data_length=24, tx_padding=0xAA, tx_data_min_length=8))
# Block size, and separation time as it stands in flow control: 2 ms, 300 us, 127 ms.
FLOWS = [(0, 0), (1, 0), (2, 2), (8, 0), (15, 0xF3), (16, 0), (3, 0x7F), (255, 1)]

# What it says is judged here.
logging.getLogger("isotp").setLevel(logging.CRITICAL)

CASES = [
    (address, shape, FLOWS[number % len(FLOWS)])
    for number, (address, shape) in enumerate(
        (address, shape)
        for address in (NORMAL_11, NORMAL_29, EXTENDED_11, EXTENDED_29, MIXED_11)
        for shape in (CLASSIC, PADDED, FD_64, FD_24)
    )
]


def payload(length):
    return bytes((at * 7 + at // 251 + length) & 0xFF for at in range(length))


def received(length):
    """What our receiver says of it."""
    return [("message", payload(length).hex().upper())]


def ends(address, shape, **params):
    link = f"{address[0]}/{shape[0]}"
    theirs = Theirs(Address(**address[1]), max_frame_size=8192, wftmax=10, **shape[1], **params)
    return link, theirs


def stmin_micros(code):
    return code * 1000 if code <= 0x7F else (code & 0xF) * 100


def from_us(clock, ours, case, length, keeps=lambda *_: True):
    address, shape, (block_size, stmin) = case
    link, theirs = ends(address, shape, blocksize=block_size, stmin=stmin)
    ours.said.clear()
    ours.do(clock.now, f"send {link} {payload(length).hex()}")
    bus = Bus(clock, ours, [theirs], keeps)
    bus.run()
    return bus, theirs


def to_us(clock, ours, case, length, keeps=lambda *_: True):
    address, shape, (block_size, stmin) = case
    link, theirs = ends(address, shape)
    ours.said.clear()
    ours.do(clock.now, f"receive {link} {block_size} {stmin}")
    theirs.layer.send(payload(length))
    bus = Bus(clock, ours, [theirs], keeps)
    bus.run()
    return bus, theirs


def keeps_the_flow(bus, sender_is_us, case):
    """Whether the sender paused as told, and stopped behind each block."""
    behind_address = 2 if case[0][0].count(":") == 3 else 0
    block_size, stmin = case[2]
    last, in_block = None, 0
    for time, is_ours, frame in bus.seen:
        data = frame.split("#", 1)[1].removeprefix("#0")
        kind = data[behind_address]
        if is_ours != sender_is_us:
            in_block, last = 0, None
        elif kind == "2":
            in_block += 1
            if last is not None and time - last < stmin_micros(stmin):
                return False
            if block_size and in_block > block_size:
                return False
            last = time
    return True


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def main():
    ours, clock, chance = Ours(sys.argv[1]), Clock(), random.Random(15765)
    messages = frames = 0
    others = iter(chance.sample(range(131, 4095), 24 * len(CASES)))
    for case in CASES:
        lengths = [*range(1, 131), *(next(others) for _ in range(24)), 4094, 4095]
        # Beyond it the first frame states the length in four bytes.
        lengths += [4096, 5000] if case[2] == (0, 0) else []
        for length in lengths:
            what = f"{length} bytes, {case}"
            bus, theirs = from_us(clock, ours, case, length)
            check(theirs.layer.recv() == payload(length), f"{what}: not received: {theirs.errors} {ours.said}")
            check(not theirs.errors and not ours.said and keeps_the_flow(bus, True, case), what)
            frames += len(bus.seen)
            bus, theirs = to_us(clock, ours, case, length)
            check(ours.said == received(length), f"{what}: {ours.said} {theirs.errors}")
            check(not theirs.errors and keeps_the_flow(bus, False, case), what)
            frames += len(bus.seen)
            messages += 2
    print(f"can-isotp: {messages} messages in {frames} frames over {len(CASES)} links")

    losses = 0
    for case in CASES:
        losses += lose_frames(clock, ours, case)
    refuse(clock, ours)
    print(f"{losses} messages with a lost frame end typed on both sides, and the next one arrives")


def lose_frames(clock, ours, case):
    """Every frame of a message is lost once, in both directions."""
    length, count = 150, 0
    for run, sender_is_us in ((from_us, True), (to_us, False)):
        bus, theirs = run(clock, ours, case, length)
        total = {is_ours: bus.count[is_ours] for is_ours in (True, False)}
        for lost_is_ours in (True, False):
            for lost in range(total[lost_is_ours]):
                what = f"frame {lost} of {'us' if lost_is_ours else 'them'} lost, {run.__name__} {case}"
                is_kept = lambda is_ours, at, _: (is_ours, at) != (lost_is_ours, lost)
                bus, theirs = run(clock, ours, case, length, is_kept)
                judge(ours, theirs, sender_is_us, lost_is_ours, what)
                count += 1
                bus, theirs = run(clock, ours, case, length)
                arrived = theirs.layer.recv() == payload(length) if sender_is_us else ours.said == received(length)
                check(arrived, f"after {what}")
    return count


def judge(ours, theirs, sender_is_us, lost_is_ours, what):
    mine = [rest for word, rest in ours.said if word == "error"]
    check(theirs.layer.recv() is None and not any(word == "message" for word, _ in ours.said), f"{what}: it arrived")
    if sender_is_us:
        # The first frame or flow control: the sender waits in vain. Later ones: the receiver notices.
        receiver = {"WrongSequenceNumberError", "ConsecutiveFrameTimeoutError", "UnexpectedConsecutiveFrameError"}
        check(mine == [] or len(mine) == 1 and mine[0].startswith("no flow control"), f"{what}: {mine}")
        check(set(theirs.errors) <= receiver and (mine or theirs.errors), f"{what}: {theirs.errors}")
    else:
        receiver = ("consecutive frame", "nothing more after")
        check(all(text.startswith(receiver) for text in mine), f"{what}: {mine}")
        check(set(theirs.errors) <= {"FlowControlTimeoutError"} and (mine or theirs.errors), f"{what}: {theirs.errors}")


def refuse(clock, ours):
    """Messages that the other side has no room for."""
    theirs = Theirs(Address(**NORMAL_11[1]), max_frame_size=100)
    ours.said.clear()
    ours.do(clock.now, f"send 7E0:7E8/8/00 {payload(101).hex()}")
    Bus(clock, ours, [theirs]).run()
    check(ours.said == [("error", "the receiver has no room for 101 bytes")], ours.said)
    theirs = Theirs(Address(**NORMAL_11[1]))
    ours.said.clear()
    ours.do(clock.now, "receive 7E0:7E8/8/00 0 0")
    theirs.layer.send(payload(9000))
    Bus(clock, ours, [theirs]).run()
    check(theirs.errors == ["OverflowError"], theirs.errors)
    check([word for word, _ in ours.said] == ["error"], ours.said)


main()
