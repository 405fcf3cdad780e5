"""Frames over a pseudo-terminal between python-can and our driver: `check_slcan.py SLCAN_PEER`."""

import os
import random
import subprocess
import sys
import threading
import tty

import can

FRAMES = 400


def message(generator):
    """A frame of any kind that SLCAN has on a classic bus."""
    extended = generator.random() < 0.5
    remote = generator.random() < 0.1
    length = generator.randrange(9)
    return can.Message(
        arbitration_id=generator.randrange(1, 0x1FFFFFFE if extended else 0x7FE),
        is_extended_id=extended,
        is_remote_frame=remote,
        dlc=length,
        data=None if remote else generator.randbytes(length),
    )


def line():
    """Two pseudo-terminals, what is written to one of which is read from the other: the paths of both."""
    pairs = [os.openpty() for _ in range(2)]
    for pair in pairs:
        for end in pair:
            tty.setraw(end)
    (first, _), (second, _) = pairs
    for source, target in ((first, second), (second, first)):
        threading.Thread(target=carry, args=(source, target), daemon=True).start()
    return [os.ttyname(end) for _, end in pairs]


def carry(source, target):
    while True:
        os.write(target, os.read(source, 4096))


def main():
    (program,) = sys.argv[1:]
    ours, theirs = line()
    device = subprocess.Popen([program, ours])
    generator = random.Random(20)
    with can.Bus(interface="slcan", channel=theirs, bitrate=500000) as bus:
        for number in range(FRAMES):
            sent = message(generator)
            bus.send(sent)
            received = bus.recv(10)
            assert received is not None, f"frame {number} has no answer: {sent}"
            assert received.arbitration_id == sent.arbitration_id + 1, (sent, received)
            assert received.is_extended_id == sent.is_extended_id, (sent, received)
            assert received.is_remote_frame == sent.is_remote_frame, (sent, received)
            assert received.dlc == sent.dlc, (sent, received)
            assert sent.is_remote_frame or received.data == sent.data, (sent, received)
        bus.send(can.Message(arbitration_id=0, is_extended_id=False, data=b""))
        assert device.wait(10) == 0
    print(f"python-can: {FRAMES} frames there and back over SLCAN")


if __name__ == "__main__":
    main()
