"""Uploads by a hostile phone, and over links that drop (SPEC.md, section 8)."""
import hashlib

import asks
import phone
from asks import Upload
from fields import number
from channel import Refused
from packets import cut
from session import Session
from world import PLAN, World, check, refused, turned_down

WRONG_OFFSET, WRONG_HASH, TOO_LONG, CANNOT_BE_READ = 13, 15, 16, 4


async def offset_of_refusal(session: Session, request: asks.Request) -> int | None:
    """The right offset, told with the refusal."""
    try:
        await session.ask(request)
    except Refused as error:
        check(error.reason == WRONG_OFFSET, f"reason {error.reason} instead of {WRONG_OFFSET}")
        return error.offset
    check(False, "it was done")
    return None


async def a_plan_of_some_kilobytes_is_taken(world: World) -> None:
    session, _ = await world.paired()
    await phone.upload(session, PLAN)


async def an_upload_goes_on_after_the_link_dropped(world: World) -> None:
    session, slot = await world.paired()
    await phone.send_from(session, PLAN, await phone.begin_upload(session, PLAN), 1040)
    chunk = asks.upload_chunk(1040, PLAN[1040:1248])
    await world.link.write(cut(session.seal(chunk.message(session.take_id())), 20)[0])
    session = await world.resumed(slot)
    offset = await phone.begin_upload(session, PLAN)
    check(offset == 1040, f"the upload goes on at {offset}")
    await phone.send_from(session, PLAN, offset)
    await session.ask(asks.FINISH_UPLOAD)


async def another_upload_starts_anew(world: World) -> None:
    session, _ = await world.paired()
    await phone.send_from(session, PLAN, await phone.begin_upload(session, PLAN), 416)
    check(await phone.begin_upload(session, PLAN) == 416, "the same upload does not go on")
    for what, data in ((Upload.PLAN, PLAN[:-1]), (Upload.PLAN, PLAN[:-1] + b"x"), (Upload.FIRMWARE_MANIFEST, PLAN)):
        check(await phone.begin_upload(session, data, what) == 0, "another upload goes on where this one was")
    check(await phone.begin_upload(session, PLAN) == 0, "the first upload is still there")


async def a_chunk_elsewhere_is_refused_with_the_right_place(world: World) -> None:
    session, _ = await world.paired()
    await phone.send_from(session, PLAN, await phone.begin_upload(session, PLAN), 208)
    for offset in (0, 207, 209, 416, 2999, 0xFFFFFFFF):
        told = await offset_of_refusal(session, asks.upload_chunk(offset, b"xy"))
        check(told == 208, f"a chunk at {offset}: the right place is told as {told}")
    await phone.send_from(session, PLAN, 208)
    await session.ask(asks.FINISH_UPLOAD)


async def an_early_finish_is_refused_with_the_place(world: World) -> None:
    session, _ = await world.paired()
    await phone.send_from(session, PLAN, await phone.begin_upload(session, PLAN), 208)
    told = await offset_of_refusal(session, asks.FINISH_UPLOAD)
    check(told == 208, f"the place is told as {told}")


async def a_wrong_hash_is_refused_and_the_upload_starts_anew(world: World) -> None:
    session, _ = await world.paired()
    begin = asks.begin_upload(Upload.PLAN, len(PLAN), bytes(32))
    await session.ask(begin)
    await phone.send_from(session, PLAN, 0)
    await refused(session.ask(asks.FINISH_UPLOAD), WRONG_HASH)
    check(await session.ask(begin) == 0, "it does not start anew")


async def what_is_too_long_is_refused(world: World) -> None:
    session, _ = await world.paired()
    for what, length in (
        (Upload.PLAN, 65_537), (Upload.PLAN, 2**32 - 1), (Upload.FIRMWARE_MANIFEST, 65_537),
        (Upload.SHARING_CONSENT, 65_537), (Upload.FIRMWARE_DIRECTIVE, 65_537), (Upload.FIRMWARE_IMAGE, (16 << 20) + 1),
        (Upload.FIRMWARE_IMAGE, 2**32 - 1),
    ):
        await refused(session.ask(asks.begin_upload(what, length, bytes(32))), TOO_LONG, what=f"{what.name} of {length}")


async def an_upload_of_another_kind_is_refused(world: World) -> None:
    session, _ = await world.paired()
    for what in (0, 6, 255):
        await refused(session.ask(asks.begin_upload(what, 10, bytes(32))), CANNOT_BE_READ, what=f"kind {what}")


async def chunks_of_another_length_are_refused(world: World) -> None:
    session, _ = await world.paired()
    await phone.begin_upload(session, PLAN)
    for length in (0, 209):
        await refused(session.ask(asks.upload_chunk(0, bytes(length))), CANNOT_BE_READ, what=f"{length} bytes")
    check(await phone.begin_upload(session, PLAN) == 0, "some of it was taken")


async def a_chunk_beyond_the_length_is_refused(world: World) -> None:
    session, _ = await world.paired()
    data = bytes(10)
    await phone.begin_upload(session, data)
    await refused(session.ask(asks.upload_chunk(0, bytes(11))), CANNOT_BE_READ, WRONG_OFFSET, TOO_LONG)
    await session.ask(asks.upload_chunk(0, data))
    await turned_down(session.ask(asks.upload_chunk(10, b"x")), "a chunk behind the end")
    await session.ask(asks.FINISH_UPLOAD)


async def chunks_and_finish_without_a_beginning_are_refused(world: World) -> None:
    session, _ = await world.paired()
    await turned_down(session.ask(asks.upload_chunk(0, b"x")), "a chunk")
    await turned_down(session.ask(asks.FINISH_UPLOAD), "a finish")


async def the_answer_to_a_finish_can_be_had_again(world: World) -> None:
    session, slot = await world.paired()
    await phone.send_from(session, PLAN, await phone.begin_upload(session, PLAN))
    request_id = session.take_id()
    await session.channel.send(session.seal(asks.FINISH_UPLOAD.message(request_id)))
    session = await world.resumed(slot)
    await session.ask(asks.FINISH_UPLOAD, request_id)


async def an_upload_finished_is_not_finished_twice(world: World) -> None:
    session, _ = await world.paired()
    await phone.upload(session, PLAN)
    await turned_down(session.ask(asks.FINISH_UPLOAD), "a second finish")


async def chunks_may_be_of_any_length(world: World) -> None:
    session, _ = await world.paired()
    offset = await phone.begin_upload(session, PLAN)
    for length in [1, 2, 100, 208, 207, 1] + [208] * 20:
        if offset < len(PLAN):
            offset = await session.ask(asks.upload_chunk(offset, PLAN[offset : offset + length]))
    check(offset == len(PLAN), f"the end is at {offset}")
    await session.ask(asks.FINISH_UPLOAD)


async def a_wrong_chunk_in_between_does_not_pass_the_hash(world: World) -> None:
    session, slot = await world.paired()
    digest = hashlib.sha256(PLAN).digest()
    await phone.send_from(session, PLAN, await phone.begin_upload(session, PLAN), 208)
    forged = asks.Request(asks.Kind.UPLOAD_CHUNK, number(208, 4) + bytes(208))
    await session.ask(forged)
    session = await world.resumed(slot)
    offset = await session.ask(asks.begin_upload(Upload.PLAN, len(PLAN), digest))
    await phone.send_from(session, PLAN, offset)
    await refused(session.ask(asks.FINISH_UPLOAD), WRONG_HASH)
    await phone.upload(session, PLAN)
