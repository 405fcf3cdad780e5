"""A hostile phone and a decent one against a device behind a pipe: `check_pairing.py PROGRAM [ARGUMENT...] [--only TEXT]`.

One line for each check on stdout, `ok<TAB>name` or `FAIL<TAB>name<TAB>reason`; ends with 0 when all are ok.
"""
import asyncio
import inspect
import sys
import traceback
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import checks_fragments
import checks_grants
import checks_handshakes
import checks_pin
import checks_proofs
import checks_requests
import checks_sessions
import checks_slots
import checks_steps
import checks_troubles
import checks_uploads
from pipe_link import NotUnderstood, PipeDevice
from world import World

MODULES = (
    checks_steps, checks_fragments, checks_handshakes, checks_grants, checks_sessions, checks_requests, checks_proofs,
    checks_uploads, checks_slots, checks_pin, checks_troubles,
)
Check = Callable[[World], Awaitable[None]]


def checks_of(module: ModuleType) -> list[Check]:
    """The checks of a module: its coroutines that take a world only, but for helpers with an underscore."""
    return [
        each for each in vars(module).values()
        if inspect.iscoroutinefunction(each) and each.__module__ == module.__name__ and each.__name__[0] != "_"
        and list(inspect.signature(each).parameters) == ["world"]
    ]


def run(check: Check, command: list[str]) -> str:
    """The line for one check, against a device of its own; none when the device cannot be brought into the state."""
    device = None
    try:
        device = PipeDevice(command)
        asyncio.run(check(World(device)))
        return f"ok\t{check.__name__}"
    except NotUnderstood as error:
        print(f"not run: {check.__name__} needs {error}", file=sys.stderr)
        return ""
    except Exception as error:
        print(f"{check.__name__}:\n{traceback.format_exc()}", file=sys.stderr)
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        return f"FAIL\t{check.__name__}\t{reason}"
    finally:
        if device is not None:
            device.close()


def main() -> int:
    arguments = sys.argv[1:]
    wanted = ""
    if "--only" in arguments:
        at = arguments.index("--only")
        wanted = arguments[at + 1]
        del arguments[at : at + 2]
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    checks = [check for module in MODULES for check in checks_of(module) if wanted in check.__name__]
    passed = failed = 0
    with ThreadPoolExecutor(max_workers=4) as pool:
        for line in pool.map(lambda check: run(check, arguments), checks):
            print(line, end="\n" if line else "", flush=True)
            failed += line.startswith("FAIL")
            passed += line.startswith("ok")
    print(f"{passed} ok, {failed} failed", file=sys.stderr)
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
