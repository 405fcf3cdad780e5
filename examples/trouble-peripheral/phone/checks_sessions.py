"""Sealed messages replayed, changed and numbered wrongly; requests asked twice (SPEC.md, sections 6 and 9)."""
import asks
from answers import Answer
from channel import Channel, Silence
from handshakes import BY_LABEL
from noise import Keypair
from session import SEALED, Session
from world import World, alive, check, refused, rejected

NO_SESSION, WRONG_SEAL = 0x86, 0x87


async def send(session: Session, request: asks.Request, request_id: int, number: int | None = None) -> Answer:
    """Sends a request under an id and a number; the next answer."""
    await session.channel.send(session.seal(request.message(request_id), number))
    return await session.receive()


async def a_sealed_message_without_a_session_is_rejected(world: World) -> None:
    session, _ = await world.paired()
    packet = session.seal(asks.IDENTIFY.message(9))
    await rejected(world.connect().send(packet), NO_SESSION)


async def sealed_messages_too_short_for_a_seal_are_rejected(world: World) -> None:
    session, _ = await world.paired()
    packet = session.seal(asks.IDENTIFY.message(9), 9)
    for length in (1, 4, 5, 6, 20):
        await rejected(session.channel.send(packet[:length]), 0x85, WRONG_SEAL, what=f"{length} bytes")
    await alive(session)


async def each_packet_replayed_in_its_session_is_rejected(world: World) -> None:
    session, _ = await world.paired()
    await session.ask(world.claim())
    await session.ask(asks.read_vin(0))
    for packet in [each for each in session.channel.sent if each[0] == 2]:
        await rejected(session.channel.send(packet), WRONG_SEAL)
    await alive(session)


async def each_packet_of_an_earlier_session_is_rejected(world: World) -> None:
    earlier, _ = await world.paired()
    await earlier.ask(world.claim())
    session, _ = await world.paired()
    for packet in [each for each in earlier.channel.sent if each[0] == 2]:
        await rejected(session.channel.send(packet), WRONG_SEAL)
    await rejected(session.channel.send(earlier.seal(asks.IDENTIFY.message(77), 77)), WRONG_SEAL, what="a new one")
    await alive(session)


async def what_the_device_sent_is_rejected_when_it_comes_back(world: World) -> None:
    session, _ = await world.paired()
    await session.channel.send(session.seal(asks.IDENTIFY.message(session.take_id())))
    packet = await session.channel.receive()
    await rejected(session.channel.send(packet), WRONG_SEAL)
    await alive(session)


async def each_changed_byte_of_a_sealed_message_is_noticed(world: World) -> None:
    session, _ = await world.paired()
    packet = bytearray(session.seal(asks.IDENTIFY.message(9), 9))
    for at in range(1, len(packet)):
        packet[at] ^= 1
        await rejected(session.channel.send(bytes(packet)), WRONG_SEAL, what=f"byte {at}")
        packet[at] ^= 1
    await alive(session)


async def a_message_cut_or_extended_under_its_seal_is_rejected(world: World) -> None:
    session, _ = await world.paired()
    packet = session.seal(asks.read_codes().message(9), 9)
    for changed in (packet[:-1], packet + b"\0"):
        await rejected(session.channel.send(changed), WRONG_SEAL)
    await alive(session)


async def a_gap_in_the_numbers_is_allowed_and_no_way_back(world: World) -> None:
    session, _ = await world.paired()
    check((await send(session, asks.IDENTIFY, 10, 1000)).request_id == 10, "no answer after a gap")
    for number in (0, 1, 2, 999, 1000):
        await rejected(session.channel.send(session.seal(asks.IDENTIFY.message(11), number)), WRONG_SEAL,
                       what=f"number {number}")
    check((await send(session, asks.IDENTIFY, 11, 1001)).request_id == 11, "no answer to the next number")


async def the_last_number_is_the_last(world: World) -> None:
    session, slot = await world.paired()
    await send(session, asks.IDENTIFY, 10, 2**32 - 2)
    try:
        await session.channel.send(session.seal(asks.IDENTIFY.message(11), 2**32 - 1))
        await session.receive(2)
    except Exception as error:  # noqa: BLE001
        print(f"the last number: {error!r}")
    for number in (0, 5, 2**32 - 2, 2**32 - 1):
        await rejected(session.channel.send(session.seal(asks.IDENTIFY.message(12), number)), NO_SESSION, WRONG_SEAL,
                       what=f"number {number} after the last")
    await alive(await world.resumed(slot))


async def the_device_never_seals_two_messages_under_one_number(world: World) -> None:
    session, _ = await world.paired()
    channel = session.channel
    third = [packet for packet in channel.sent if packet[0] == BY_LABEL][1]
    request_id, chunk = session.take_id(), asks.upload_chunk(0, b"x")
    for request in (asks.IDENTIFY, chunk, chunk, asks.READ_PROTOCOL):
        await channel.send(session.seal(request.message(request_id)))
        await channel.receive()
        await channel.send(third)
        try:
            await channel.receive(1)
        except Silence:
            continue
    await alive(session)
    sealed: dict[bytes, bytes] = {}
    for packet in [each for each in channel.received if each[0] == SEALED]:
        check(sealed.setdefault(packet[1:5], packet) == packet, f"two packets have the number {packet[1:5].hex()}")


async def the_numbers_of_the_device_rise_from_zero(world: World) -> None:
    session = await world.introduced()
    numbers = []
    for request_id in range(1, 5):
        await session.channel.send(session.seal(asks.IDENTIFY.message(request_id)))
        numbers.append(int.from_bytes((await session.channel.receive())[1:5], "big"))
    check(numbers == [1, 2, 3, 4], f"after the proof the numbers are {numbers}")


async def a_link_that_drops_ends_the_session(world: World) -> None:
    session, slot = await world.paired()
    channel = world.connect()
    await rejected(channel.send(session.seal(asks.IDENTIFY.message(9))), NO_SESSION)
    await alive(await world.resumed(slot))


async def a_reset_ends_the_session_and_keeps_the_slot(world: World) -> None:
    session, slot = await world.paired()
    world.device.command("reset")
    await rejected(world.connect().send(session.seal(asks.IDENTIFY.message(9))), NO_SESSION)
    await alive(await world.resumed(slot))


async def an_idle_session_ends_after_ten_minutes(world: World) -> None:
    session, slot = await world.paired()
    await alive(session)
    world.device.wait(590)
    await alive(session)
    world.device.wait(601)
    await rejected(session.channel.send(session.seal(asks.IDENTIFY.message(9))), NO_SESSION)
    await alive(await world.resumed(slot))


async def a_session_that_was_granted_outlives_the_time_for_a_grant(world: World) -> None:
    session, _ = await world.paired()
    world.device.wait(301)
    await alive(session)


async def two_phones_in_turn_have_sessions_of_their_own(world: World) -> None:
    one, first_slot = await world.paired()
    static = Keypair()
    two, second_slot = await world.paired(static=static)
    await rejected(two.channel.send(one.seal(asks.IDENTIFY.message(9))), WRONG_SEAL)
    await alive(two)
    check(first_slot.number != second_slot.number, "both phones have the same slot")
    await alive(await world.resumed(first_slot))
    await alive(await world.resumed(second_slot, static))


async def a_request_asked_again_has_the_same_answer(world: World) -> None:
    session, _ = await world.paired()
    request, request_id = world.claim(), session.take_id()
    answers = {(await send(session, request, request_id)).body for _ in range(20)}
    check(len(answers) == 1, f"{len(answers)} answers to the same request")
    check(len(answers.pop()) == 65, "the answer is no signature")


async def a_request_asked_again_is_not_done_again(world: World) -> None:
    session, _ = await world.paired()
    data = bytes(range(200))
    await session.ask(asks.begin_upload(asks.Upload.PLAN, 400, bytes(32)))
    request_id = session.take_id()
    for _ in range(3):
        answer = await send(session, asks.upload_chunk(0, data), request_id)
        check((answer.kind, answer.body) == (0x94, (200).to_bytes(4, "big")), f"{answer.kind:#x} {answer.body.hex()}")


async def the_same_bytes_under_another_id_are_another_request(world: World) -> None:
    session, _ = await world.paired()
    await session.ask(asks.begin_upload(asks.Upload.PLAN, 400, bytes(32)))
    await session.ask(asks.upload_chunk(0, bytes(100)))
    await refused(session.ask(asks.upload_chunk(0, bytes(100))), 13)


async def an_answer_lost_with_the_link_is_had_by_the_phone_that_resumes(world: World) -> None:
    session, slot = await world.paired()
    await session.ask(asks.begin_upload(asks.Upload.PLAN, 400, bytes(32)))
    request_id, request = session.take_id(), asks.upload_chunk(0, bytes(100))
    await session.channel.send(session.seal(request.message(request_id)))
    resumed = await world.resumed(slot)
    for _ in range(2):
        answer = await send(resumed, request, request_id)
        check((answer.kind, answer.body) == (0x94, (100).to_bytes(4, "big")), f"{answer.kind:#x} {answer.body.hex()}")


async def an_answer_is_not_for_another_phone(world: World) -> None:
    session, _ = await world.paired()
    await session.ask(asks.begin_upload(asks.Upload.PLAN, 400, bytes(32)))
    request_id, request = session.take_id(), asks.upload_chunk(0, bytes(100))
    await send(session, request, request_id)
    other, _ = await world.paired(static=Keypair())
    other.next_id = request_id
    await refused(other.ask(request), 13, what="another phone's same request")


async def a_request_id_used_for_something_else_does_not_bring_the_old_answer(world: World) -> None:
    session, _ = await world.paired()
    request_id = session.take_id()
    await send(session, asks.IDENTIFY, request_id)
    answer = await send(session, asks.READ_PROTOCOL, request_id)
    check(answer.kind != 0x82, "the answer to the earlier request")


async def nothing_is_said_unasked(world: World) -> None:
    session, _ = await world.paired()
    await session.ask(asks.IDENTIFY)
    try:
        answer = await session.receive(60)
    except Silence:
        return
    check(False, f"{answer.kind:#x} came unasked")


async def a_second_connection_does_not_see_the_first(world: World) -> None:
    """What was to be notified on a link that has gone is not notified on the next one."""
    session, _ = await world.paired()
    await session.channel.send(session.seal(asks.IDENTIFY.message(session.take_id())))
    channel: Channel = world.connect()
    try:
        await channel.receive(20)
    except Silence:
        return
    check(False, "a packet of the earlier link was notified")
