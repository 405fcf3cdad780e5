"""Steps, each a line on standard output: `ok<TAB>step`, or `FAIL<TAB>step<TAB>reason`."""

import asyncio
import logging
import os
import sys
import traceback

from link import phone


class Steps:
    """Runs steps in order. What needs a step that has failed fails too, and says so."""

    def __init__(self):
        self.failed = 0

    async def run(self, name, step):
        try:
            await step()
        except Exception as error:  # whatever it was, the step has failed
            traceback.print_exc(file=sys.stderr)
            self.failed += 1
            reason = str(error) or type(error).__name__
            print(f"FAIL\t{name}\t{' '.join(reason.split())}", flush=True)
        else:
            print(f"ok\t{name}", flush=True)


def check(truth, reason):
    """Fails the step for `reason` unless `truth`."""
    if not truth:
        raise AssertionError(reason)


async def with_device(command, script):
    """Runs `script(phone)` beside the device `command HOST:PORT ..`, and ends the device."""
    logging.basicConfig(level=os.environ.get("BUMBLE_LOGLEVEL", "ERROR").upper(), stream=sys.stderr)
    program, *options = command
    started = asyncio.get_running_loop().create_future()
    async with phone(started.set_result) as made:
        hci = f"127.0.0.1:{await started}"
        # What the device prints is for people: standard output has the steps and nothing else.
        device = await asyncio.create_subprocess_exec(program, hci, *options, stdout=sys.stderr)
        try:
            await script(made)
        finally:
            if device.returncode is None:
                device.kill()
            await device.wait()
