"""Handshakes by a hostile phone, or with somebody in between (SPEC.md, section 4)."""
import asks
from handshakes import BY_LABEL, BY_PIN, RESUME, OURS, Versions, by_label, by_secret, check_version, first, resume
from label import Label
from channel import Channel, Refused
from noise import Handshake, HandshakeError, Keypair
from session import ProtocolError, Session
from world import World, alive, check, outcome, refused, rejected, turned_down

FAILED = 30


def begin(world: World, channel: Channel, **more) -> tuple[Handshake, bytes]:
    return first(channel, BY_LABEL, more.get("versions", OURS), world.static, world.label.pre_shared_key())


async def answer(channel: Channel, packet: bytes) -> bytes:
    """What the device says upon a packet."""
    await channel.send(packet)
    return await channel.receive(5)


async def no_session(channel: Channel, session: Session) -> None:
    """Fails unless a sealed request finds no session."""
    await rejected(channel.send(session.seal(asks.IDENTIFY.message(1))), 0x86, 0x87, what="a request afterwards")


async def the_label_opens_a_session_whose_device_proves_itself(world: World) -> None:
    session, slot = await world.paired()
    check((await session.ask(asks.IDENTIFY)).address == world.address, "another address in the identity")
    check(slot.number < 256 and len(slot.secret) == 32, "a slot of another form")


async def another_secret_is_refused(world: World) -> None:
    wrong = Label(world.address, bytes(16))
    channel = world.connect()
    await refused(by_label(channel, wrong, world.static), FAILED)
    answered = await answer(channel, first(channel, BY_LABEL, OURS, world.static, wrong.pre_shared_key())[1])
    check(answered == bytes([0, FAILED]), f"the refusal is {answered.hex()}")


async def the_secret_of_another_device_is_refused(world: World) -> None:
    await refused(by_label(world.connect(), Label(bytes(20), world.label.secret), world.static), FAILED)


async def a_closed_window_refuses_the_label(world: World) -> None:
    world.device.command("window close")
    channel = world.connect()
    await refused(by_label(channel, world.label, world.static), 1)
    world.device.command("window open")
    session, third = await by_label(channel, world.label, world.static)
    await session.take_device_proof(third, world.address)


async def the_window_closes_by_itself(world: World) -> None:
    world.device.wait(601)
    await refused(by_label(world.connect(), world.label, world.static), 1)


async def versions_that_are_not_spoken_are_refused_with_those_that_are(world: World) -> None:
    channel = world.connect()
    for versions in (Versions(2, 3), Versions(0, 0), Versions(255, 255)):
        answered = await answer(channel, begin(world, channel, versions=versions)[1])
        check(answered == bytes([0, 6, 1, 1]), f"{versions}: {answered.hex()}")


async def the_highest_common_version_is_chosen(world: World) -> None:
    for versions in (Versions(0, 1), Versions(1, 9), Versions(0, 255)):
        session, third = await by_label(world.connect(), world.label, world.static, versions)
        await session.take_device_proof(third, world.address)


async def versions_from_high_to_low_are_turned_down(world: World) -> None:
    channel = world.connect()
    await turned_down(by_label(channel, world.label, world.static, Versions(3, 1)))


async def an_offer_changed_on_the_way_is_noticed(world: World) -> None:
    channel = world.connect()
    packet = begin(world, channel, versions=Versions(1, 2))[1]
    answered = await answer(channel, packet[:2] + b"\1" + packet[3:])
    check(answered == bytes([0, FAILED]), f"the changed offer is answered by {answered[:2].hex()}")


async def each_changed_bit_of_the_first_message_is_noticed(world: World) -> None:
    channel = world.connect()
    packet = bytearray(begin(world, channel)[1])
    for at in range(3, len(packet)):
        packet[at] ^= 0x10
        answered = await answer(channel, bytes(packet))
        check(answered == bytes([0, FAILED]), f"byte {at}: {answered[:2].hex()}")
        packet[at] ^= 0x10


async def first_messages_of_another_length_are_rejected(world: World) -> None:
    channel = world.connect()
    packet = begin(world, channel)[1]
    for changed in (packet[:1], packet[:3], packet[:-1], packet + b"x", packet + bytes(100)):
        await rejected(channel.send(changed), 0x85, 0x86, what=f"{len(changed)} bytes")
    handshake_is_possible = await by_label(channel, world.label, world.static)
    check(handshake_is_possible, "no handshake afterwards")


async def an_ephemeral_key_of_low_order_is_refused(world: World) -> None:
    for public in (bytes(32), (1).to_bytes(32, "little"), ((1 << 255) - 19).to_bytes(32, "little")):
        ephemeral = Keypair()
        ephemeral.public = public
        channel = world.connect()
        _, packet = first(channel, BY_LABEL, OURS, world.static, world.label.pre_shared_key(), ephemeral=ephemeral)
        await refused(first_answer(channel, packet), FAILED, what=public.hex())


async def first_answer(channel: Channel, packet: bytes) -> None:
    """Raises Refused when the device refuses the packet."""
    answered = await answer(channel, packet)
    if answered[0] == 0:
        raise Refused(answered[1], sealed=False)


async def a_static_key_of_low_order_is_turned_down(world: World) -> None:
    static = Keypair()
    static.public = bytes(32)
    channel = world.connect()
    session, third = await by_secret(channel, BY_LABEL, world.label.pre_shared_key(), static)
    await turned_down(third_answer(channel, third))
    await no_session(channel, session)


async def third_answer(channel: Channel, third: bytes) -> None:
    """Raises Refused when the device refuses the third message."""
    await first_answer(channel, third)


async def a_changed_third_message_ends_the_handshake(world: World) -> None:
    for at in (1, 32, 33, 48, 49, 64):
        channel = world.connect()
        session, third = await by_label(channel, world.label, world.static)
        changed = bytearray(third)
        changed[at] ^= 1
        await turned_down(third_answer(channel, bytes(changed)), f"byte {at}")
        await turned_down(third_answer(channel, third), "the right one after that")
        await no_session(channel, session)


async def a_third_message_without_a_handshake_is_rejected(world: World) -> None:
    _, third = await by_label(world.connect(), world.label, world.static)
    await rejected(world.connect().send(third), 0x86)


async def a_third_message_of_the_other_kind_is_rejected(world: World) -> None:
    channel = world.connect()
    _, third = await by_label(channel, world.label, world.static)
    await rejected(channel.send(bytes([BY_PIN]) + third[1:]), 0x86)


async def a_handshake_ends_after_thirty_seconds(world: World) -> None:
    channel = world.connect()
    session, third = await by_label(channel, world.label, world.static)
    world.device.wait(31)
    await rejected(channel.send(third), 0x86)
    await no_session(channel, session)


async def the_same_first_message_has_the_same_answer(world: World) -> None:
    channel = world.connect()
    handshake, packet = begin(world, channel)
    answers = [await answer(channel, packet) for _ in range(3)]
    check(len(set(answers)) == 1, "different answers to the same first message")
    handshake.read(answers[0][1:])
    third = bytes([BY_LABEL]) + handshake.write()
    proofs = [await answer(channel, third) for _ in range(3)]
    check(len(set(proofs)) == 1, "different answers to the same third message")
    session = Session(channel, handshake)
    await session.take_device_proof(third, world.address)


async def every_handshake_has_fresh_keys_of_the_device(world: World) -> None:
    seen = set()
    for _ in range(3):
        channel = world.connect()
        seen.add((await answer(channel, begin(world, channel)[1]))[1:33])
    check(len(seen) == 3, "an ephemeral key came twice")


async def a_handshake_recorded_is_worth_nothing_on_a_new_link(world: World) -> None:
    session, _ = await world.paired()
    recorded = session.channel.sent
    channel = world.connect()
    await answer(channel, recorded[0])
    for packet in recorded[1:]:
        await turned_down(first_answer(channel, packet), f"the recorded packet {packet[:1].hex()}")


async def a_new_handshake_ends_the_session_before_it(world: World) -> None:
    session, _ = await world.paired()
    await answer(session.channel, begin(world, session.channel)[1])
    await no_session(session.channel, session)


async def a_failed_handshake_leaves_the_session_alone(world: World) -> None:
    session, _ = await world.paired()
    channel = session.channel
    wrong = Label(world.address, bytes(16)).pre_shared_key()
    answered = await answer(channel, first(channel, BY_LABEL, OURS, Keypair(), wrong)[1])
    check(answered == bytes([0, FAILED]), f"the refusal is {answered.hex()}")
    await alive(session)


async def a_refused_version_leaves_the_session_alone(world: World) -> None:
    session, _ = await world.paired()
    answered = await answer(session.channel, begin(world, session.channel, versions=Versions(7, 9))[1])
    check(answered[:2] == b"\0\6", f"the refusal is {answered.hex()}")
    await alive(session)


async def the_phone_refuses_another_device_with_the_same_secret(world: World) -> None:
    session, third = await by_label(world.connect(), world.label, world.static)
    try:
        await session.take_device_proof(third, bytes(20))
    except Exception as error:  # noqa: BLE001
        check(type(error).__name__ == "ProofError", f"{error!r}")
    else:
        check(False, "the phone took a device with another address")


async def the_phone_notices_a_changed_second_message(world: World) -> None:
    for at in (1, 33, 81, 97):
        channel = world.connect()
        handshake, packet = begin(world, channel)
        second = bytearray((await answer(channel, packet))[1:])
        second[at] ^= 1
        try:
            handshake.read(bytes(second))
            check(False, f"byte {at} may be changed")
        except HandshakeError:
            pass


async def a_slot_that_is_empty_is_refused(world: World) -> None:
    _, slot = await world.paired()
    for number in (slot.number ^ 1, 4, 5, 255):
        other = type(slot)(number, slot.secret, slot.device_static, slot.address, slot.role, slot.expires)
        await refused(resume(world.connect(), other, world.static), FAILED, what=f"slot {number}")
    await alive(await world.resumed(slot))


async def a_slot_with_another_secret_or_key_is_refused(world: World) -> None:
    _, slot = await world.paired()
    other = type(slot)(slot.number, bytes(32), slot.device_static, slot.address, slot.role, slot.expires)
    await refused(resume(world.connect(), other, world.static), FAILED, what="another secret")
    await refused(resume(world.connect(), slot, Keypair()), FAILED, what="another phone's key")
    await alive(await world.resumed(slot))


async def resuming_messages_of_another_length_are_rejected(world: World) -> None:
    _, slot = await world.paired()
    channel = world.connect()
    _, packet = first(channel, RESUME, OURS, world.static, slot.secret, slot)
    for changed in (packet[:4], packet[:-1], packet + b"x"):
        await rejected(channel.send(changed), 0x85, 0x86, what=f"{len(changed)} bytes")
    await rejected(channel.send(bytes([RESUME]) + bytes(64)), 0x85, 0x86, what="a third message when resuming")


async def a_slot_number_changed_on_the_way_is_noticed(world: World) -> None:
    _, one = await world.paired()
    _, two = await world.paired(static=Keypair())
    channel = world.connect()
    _, packet = first(channel, RESUME, OURS, world.static, one.secret, one)
    answered = await answer(channel, packet[:3] + bytes([two.number]) + packet[4:])
    check(answered == bytes([0, FAILED]), f"the changed slot is answered by {answered[:2].hex()}")


async def a_resuming_handshake_replayed_gives_no_session(world: World) -> None:
    _, slot = await world.paired()
    session = await world.resumed(slot)
    await alive(session)
    recorded = session.channel.sent
    channel = world.connect()
    await answer(channel, recorded[0])
    await rejected(channel.send(recorded[1]), 0x86, 0x87, what="the recorded request")


async def a_known_phone_resumes_without_presence(world: World) -> None:
    _, slot = await world.paired()
    world.device.command("window close")
    await alive(await world.resumed(slot))


async def the_phone_takes_the_best_version_of_both_or_none(world: World) -> None:
    check_version(b"\1\1\1", Versions(0, 1))
    for payload, ours in (
        (b"\1\1\2", Versions(1, 2)), (b"\2\1\2", OURS), (b"\0\0\1", OURS), (b"\1\2\3", OURS), (b"\1\1", OURS),
    ):
        try:
            check_version(payload, ours)
        except ProtocolError:
            continue
        check(False, f"{payload.hex()} was taken by a phone that speaks {ours}")


async def rubbish_ends_neither_device_nor_session(world: World) -> None:
    session, _ = await world.paired()
    state = 1
    for length in range(1, 238):
        state = state * 1_103_515_245 + 12_345 & 0x7FFFFFFF
        packet = bytes([state >> 16 & 7]) + bytes((state >> at % 16) * at & 0xFF for at in range(length - 1))
        await outcome(session.channel.send(packet))
    await alive(session)
