"""Each request: its answer, its form to the byte, presence and the state of the vehicle (SPEC.md, section 8)."""
import asks
from asks import Kind, Request, Vin
from fields import number, prefixed
from channel import Refused
from session import Session
from world import DEVICE_NODE, EACH_REQUEST, REGISTRY, VEHICLE_NODE, World, alive, check, refused, rejected

CANNOT_BE_READ, UNKNOWN, NOBODY, IGNITION, NOT_THERE = 4, 5, 1, 14, 12
# What follows the fields of these is up to the phone.
REST = (Kind.UPLOAD_CHUNK,)
PRESENT = (
    asks.claim(REGISTRY, DEVICE_NODE, bytes(20)), asks.pair(REGISTRY, DEVICE_NODE, VEHICLE_NODE),
    asks.unpair(REGISTRY, DEVICE_NODE, VEHICLE_NODE), asks.clear_codes(), asks.factory_reset(),
)


async def answered(session: Session, request: Request) -> object:
    """The answer; None when the device does not have or cannot do that now."""
    try:
        return await session.ask(request)
    except Refused as error:
        check(error.reason in (9, 10, 11, 12, 14, 17, 19), f"kind {request.kind:#04x}: reason {error.reason}")
        return None


async def every_answer_is_in_its_form(world: World) -> None:
    session, _ = await world.paired()
    for request in (
        asks.IDENTIFY, asks.read_vin(0), asks.read_vin(1), asks.READ_PROTOCOL, asks.read_codes(), asks.read_codes(1000),
        asks.wifi_networks(), asks.wifi_networks(255), asks.join_wifi(2, b"\xff" * 32, b"~" * 63),
        asks.join_wifi(0, b"open", b""), asks.WIFI_STATUS, asks.set_apn(b"a" * 63, b"u" * 32, b"p" * 32),
        asks.CELLULAR_STATUS, asks.READ_IMSI, asks.FIRMWARE_STATUS, asks.offer_firmware(b"9.9.9", 4000, bytes(32)),
        asks.hold_awake(0), asks.log_tail(), asks.log_tail(0xFFFFFFFF), asks.PHONES,
    ):
        await answered(session, request)
    await alive(session)


async def a_request_one_byte_short_is_refused(world: World) -> None:
    session, _ = await world.paired()
    for request in EACH_REQUEST:
        if request.body:
            await refused(session.ask(Request(request.kind, request.body[:-1])), CANNOT_BE_READ,
                          what=f"kind {request.kind:#04x}")
    await alive(session)


async def a_request_one_byte_long_is_refused(world: World) -> None:
    session, _ = await world.paired()
    for request in EACH_REQUEST:
        if request.kind not in REST:
            await refused(session.ask(Request(request.kind, request.body + b"\0")), CANNOT_BE_READ,
                          what=f"kind {request.kind:#04x}")
    await alive(session)


async def a_request_cut_anywhere_is_refused(world: World) -> None:
    session, _ = await world.paired()
    for request in EACH_REQUEST:
        for length in range(min(len(request.body), 70)):
            if request.kind not in REST or length <= 4:
                await refused(session.ask(Request(request.kind, request.body[:length])), CANNOT_BE_READ,
                              what=f"{length} bytes of kind {request.kind:#04x}")


async def a_message_shorter_than_its_head_is_turned_down(world: World) -> None:
    session, _ = await world.paired()
    for length in range(3):
        packet = session.seal(asks.IDENTIFY.message(99)[:length])
        await rejected(session.channel.send(packet), 0x85, what=f"a message of {length} bytes")
    await alive(session)


async def a_kind_that_is_not_known_is_refused(world: World) -> None:
    session, _ = await world.paired()
    for kind in (0x00, 0x1B, 0x50, 0x7F):
        await refused(session.ask(Request(kind)), UNKNOWN, what=f"kind {kind:#04x}")
        await refused(session.ask(Request(kind, bytes(200))), UNKNOWN, what=f"kind {kind:#04x} with a body")
    await alive(session)


async def a_device_s_own_kinds_are_refused_when_a_phone_sends_them(world: World) -> None:
    session, _ = await world.paired()
    for kind in (0x80, 0x82, 0xFE, 0xFF):
        request_id = session.take_id()
        answer = await session.exchange(Request(kind, bytes(30)).message(request_id), request_id)
        check((answer.kind, answer.body) in ((0xFF, b"\4"), (0xFF, b"\5")), f"kind {kind:#04x}: {answer}")
    await alive(session)


async def no_request_signs_a_digest(world: World) -> None:
    """Thirty-two bytes under any kind bring no signature."""
    session, _ = await world.paired()
    for kind in range(0x80):
        if kind == Kind.FORGET_ME:
            continue
        request_id = session.take_id()
        answer = await session.exchange(Request(kind, bytes(range(32))).message(request_id), request_id)
        check(answer.kind == 0xFF, f"kind {kind:#04x} takes 32 bytes and answers {answer.kind:#04x}")


async def what_needs_presence_is_refused_without_it(world: World) -> None:
    session, _ = await world.paired()
    world.device.command("ignition on")
    world.device.command("window close")
    for request in PRESENT:
        if request.kind == Kind.CLAIM:
            request = world.claim()
        await refused(session.ask(request), NOBODY, what=f"kind {request.kind:#04x}")
    world.device.command("window open")
    await session.ask(world.claim())


async def what_needs_no_presence_is_done_without_it(world: World) -> None:
    session, _ = await world.paired()
    world.device.command("window close")
    for request in EACH_REQUEST:
        if request.kind in [each.kind for each in PRESENT] + [Kind.FORGET_ME]:
            continue
        try:
            await session.ask(request)
        except Refused as error:
            check(error.reason != NOBODY, f"kind {request.kind:#04x} was refused for presence")


async def codes_are_cleared_with_the_ignition_on_and_the_engine_off(world: World) -> None:
    session, _ = await world.paired()
    for state in ("off", "running"):
        world.device.command(f"ignition {state}")
        await refused(session.ask(asks.clear_codes()), IGNITION, what=f"ignition {state}")
    world.device.command("ignition on")
    await session.ask(asks.clear_codes())


async def codes_are_not_cleared_without_the_word(world: World) -> None:
    session, _ = await world.paired()
    world.device.command("ignition on")
    for word in (b"", b"CLR", b"clr!", b"RST!", bytes(4), b"CLR!!"):
        await refused(session.ask(asks.clear_codes(word)), CANNOT_BE_READ, what=f"{word!r}")


async def nothing_is_reset_without_the_word(world: World) -> None:
    session, slot = await world.paired()
    for word in (b"", b"RST", b"rst!", b"CLR!", bytes(4), b"RST!!"):
        await refused(session.ask(asks.factory_reset(word)), CANNOT_BE_READ, what=f"{word!r}")
    await alive(await world.resumed(slot))


async def a_vin_says_where_it_comes_from(world: World) -> None:
    session, _ = await world.paired()
    fresh = await session.ask(asks.read_vin(Vin.FRESH))
    check(fresh.source == Vin.FRESH and fresh.age <= 1, f"a fresh VIN says {fresh}")
    world.device.wait(60)
    stored = await session.ask(asks.read_vin(Vin.STORED))
    check((stored.source, stored.text) == (Vin.STORED, fresh.text), f"a stored VIN says {stored}")
    check(59 <= stored.age <= 90 or stored.age == 0xFFFFFFFF, f"the stored VIN is {stored.age} s old")


async def a_vin_from_somewhere_else_cannot_be_asked_for(world: World) -> None:
    session, _ = await world.paired()
    for source in (2, 255):
        await refused(session.ask(asks.read_vin(source)), CANNOT_BE_READ)


async def wifi_that_is_not_in_its_form_is_refused(world: World) -> None:
    session, _ = await world.paired()
    for security, name, password in (
        (1, b"", b"12345678"), (1, b"n" * 33, b"12345678"), (1, b"home", b"1234567"), (1, b"home", b""),
        (1, b"home", b"p" * 64), (1, b"home", b"1234567\n"), (1, b"home", b"1234567\x7f"), (0, b"open", b"12345678"),
        (4, b"home", b"12345678"), (255, b"home", b""),
    ):
        await refused(session.ask(asks.join_wifi(security, name, password)), CANNOT_BE_READ,
                      what=f"{security} {name!r} {password!r}")


async def a_network_of_another_security_cannot_be_joined(world: World) -> None:
    session, _ = await world.paired()
    await refused(session.ask(asks.join_wifi(3, b"home", b"12345678")), CANNOT_BE_READ, NOT_THERE)


async def an_access_point_name_that_is_not_in_its_form_is_refused(world: World) -> None:
    session, _ = await world.paired()
    for name, user, password in (
        (b"", b"", b""), (b"a" * 64, b"", b""), (b"a", b"u" * 33, b""), (b"a", b"", b"p" * 33), (b"\xc3\xa9", b"", b""),
        (b"a\n", b"", b""), (b"a", b"\0", b""), (b"a", b"", b"\x7f"),
    ):
        asked = asks.set_apn(name, user, password)
        await refused(session.ask(asked), CANNOT_BE_READ, what=f"{name!r} {user!r} {password!r}")


async def a_length_that_lies_is_refused(world: World) -> None:
    session, _ = await world.paired()
    for body in (b"\1" + b"\x20" + b"home", b"\1" + prefixed(b"home") + b"\xff" + b"12345678", b"\1\4home"):
        await refused(session.ask(Request(Kind.JOIN_WIFI, body)), CANNOT_BE_READ, what=body.hex())
    offer = b"\xff2.0" + number(10, 4) + bytes(32)
    await refused(session.ask(Request(Kind.OFFER_FIRMWARE, offer)), CANNOT_BE_READ)


async def nobody_keeps_a_device_awake_for_more_than_a_quarter_of_an_hour(world: World) -> None:
    session, _ = await world.paired()
    for asked, at_most in ((0, 0), (60, 60), (900, 900), (901, 900), (0xFFFF, 900)):
        held = await session.ask(asks.hold_awake(asked))
        check(held <= at_most, f"{asked} s were asked for and {held} s given")
