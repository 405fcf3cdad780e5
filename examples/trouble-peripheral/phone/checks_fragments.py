"""Fragments and packets from a hostile phone (SPEC.md, sections 2 and 11)."""
import zlib

import asks
from channel import Silence
from packets import FIRST, LAST, cut
from world import World, alive, check, rejected

# Of another form, or not due: what has no form is not due either.
NO_FORM = (0x85, 0x86)


def head(length: int, body: bytes, flags: int = FIRST | LAST) -> bytes:
    """A first fragment that announces any length."""
    return bytes([flags]) + length.to_bytes(2, "big") + zlib.crc32(body).to_bytes(4, "big") + body


async def a_fragment_without_its_header_is_rejected(world: World) -> None:
    session, _ = await world.paired()
    for fragment in (b"", b"\xc0", b"\x80\0\1\0\0\0"):
        await rejected(world.link.write(fragment), 0x80, what=f"fragment {fragment.hex()!r}")
    await alive(session)


async def a_fragment_that_continues_nothing_is_rejected(world: World) -> None:
    session, _ = await world.paired()
    for flags in (0x00, 0x01, 0x40, 0x41, 0x7F):
        await rejected(world.link.write(bytes([flags]) + b"abc"), 0x81, what=f"flags {flags:#04x}")
    await alive(session)


async def a_fragment_out_of_sequence_drops_the_packet(world: World) -> None:
    session, _ = await world.paired()
    fragments = cut(session.seal(asks.log_tail().message(50) + bytes(40)), 20)
    for wrong in (fragments[2], b"\x3fx"):
        await world.link.write(fragments[0])
        await rejected(world.link.write(wrong), 0x81)
        await rejected(world.link.write(fragments[1]), 0x81, what="the fragment that was due, after the drop")
    await alive(session)


async def a_first_fragment_whose_sequence_is_not_zero_is_rejected(world: World) -> None:
    session, _ = await world.paired()
    await rejected(world.link.write(head(1, b"\2", FIRST | LAST | 5)), 0x81)
    await alive(session)


async def a_packet_that_is_too_long_or_empty_is_rejected(world: World) -> None:
    session, _ = await world.paired()
    for length in (238, 256, 0xFFFF):
        await rejected(world.link.write(head(length, bytes(100), FIRST)), 0x82, what=f"length {length}")
    await rejected(world.link.write(head(0, b"")), 0x85, what="length 0")
    await alive(session)


async def fragments_of_another_length_than_announced_are_rejected(world: World) -> None:
    session, _ = await world.paired()
    await rejected(world.link.write(head(10, bytes(9))), 0x83, what="LAST too early")
    await rejected(world.link.write(head(10, bytes(11))), 0x83, what="more than announced")
    await rejected(world.link.write(head(10, bytes(10), FIRST)), 0x83, what="all there, but not LAST")
    await alive(session)


async def a_wrong_checksum_is_rejected(world: World) -> None:
    session, _ = await world.paired()
    fragment = bytearray(head(4, b"\2abc"))
    fragment[5] ^= 1
    await rejected(world.link.write(bytes(fragment)), 0x84)
    await alive(session)


async def a_packet_of_an_unknown_kind_is_rejected(world: World) -> None:
    session, _ = await world.paired()
    for kind in (0x06, 0x7F, 0x80, 0xFF):
        await rejected(world.link.write(head(40, bytes([kind]) + bytes(39))), 0x85, what=f"packet {kind:#04x}")
    # A device's own packet is known, and never due.
    await rejected(world.link.write(head(40, bytes(40))), *NO_FORM, what="a refusal from a phone")
    await alive(session)


async def a_packet_of_one_byte_is_rejected(world: World) -> None:
    session, _ = await world.paired()
    for kind in range(6):
        await rejected(world.link.write(head(1, bytes([kind]))), *NO_FORM, what=f"packet {kind:#04x}")
    await alive(session)


async def a_new_first_fragment_gives_up_the_old_packet(world: World) -> None:
    session, _ = await world.paired()
    await world.link.write(cut(session.seal(asks.IDENTIFY.message(50)), 20)[0])
    await alive(session)


async def half_a_packet_is_dropped_after_ten_seconds(world: World) -> None:
    session, _ = await world.paired()
    request_id = session.take_id()
    fragments = cut(session.seal(asks.IDENTIFY.message(request_id)), 20)
    await world.link.write(fragments[0])
    world.device.wait(9)
    await world.link.write(fragments[1])
    check((await session.receive()).request_id == request_id, "no answer to a slow packet")
    fragments = cut(session.seal(asks.IDENTIFY.message(session.take_id())), 20)
    await world.link.write(fragments[0])
    world.device.wait(11)
    await rejected(world.link.write(fragments[1]), 0x81)
    await alive(session)


async def half_a_packet_does_not_outlive_the_link(world: World) -> None:
    session, slot = await world.paired()
    fragments = cut(session.seal(asks.IDENTIFY.message(50)), 20)
    await world.link.write(fragments[0])
    world.connect()
    await rejected(world.link.write(fragments[1]), 0x81)
    await alive(await world.resumed(slot))


async def any_cut_with_a_body_in_each_fragment_is_taken(world: World) -> None:
    session, _ = await world.paired()
    for size in (8, 9, 13, 20, 100):
        request_id = session.take_id()
        for fragment in cut(session.seal(asks.IDENTIFY.message(request_id)), size):
            await world.link.write(fragment)
        check((await session.receive()).request_id == request_id, f"fragments of {size} bytes")


async def the_mtu_may_change_between_two_fragments(world: World) -> None:
    session, _ = await world.paired()
    packet = session.seal(asks.join_wifi(1, b"n" * 32, b"p" * 63).message(50))
    fragments = cut(packet, 20)
    for at, fragment in enumerate(fragments):
        world.link.change_mtu((23, 185, 517)[at % 3])
        await world.link.write(fragment)
    check((await session.receive()).request_id == 50, "no answer after the MTU changed")


async def every_mtu_carries_the_same_conversation(world: World) -> None:
    _, slot = await world.paired()
    for mtu in (23, 24, 50, 185, 247, 517):
        await alive(await world.resumed(slot, mtu=mtu))


async def what_is_notified_fits_the_mtu(world: World) -> None:
    _, slot = await world.paired()
    session = await world.resumed(slot, mtu=23)
    for fragment in cut(session.seal(asks.IDENTIFY.message(session.take_id())), 20):
        await world.link.write(fragment)
    sizes = [len(each) for each in world.device.notified]
    check(len(sizes) > 1 and max(sizes) == 20 and set(sizes[:-1]) == {20}, f"notifications of {sizes} bytes")


async def silence_follows_a_rejected_write(world: World) -> None:
    await world.paired()
    await rejected(world.link.write(b"\x40x"), 0x81)
    try:
        check(not await world.link.next_notification(5), "something was notified")
    except Silence:
        pass
