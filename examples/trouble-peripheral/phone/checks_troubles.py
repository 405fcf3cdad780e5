"""A device whose wallet, storage, clock or vehicle fails it, and verdicts of the backend (SPEC.md, sections 7 and 9)."""
import asks
import phone
import proofs
from answers import WORKING
from asks import Role
from channel import Refused, WriteRejected
from handshakes import by_label
from noise import Keypair
from world import World, alive, check, outcome, refused

WALLET, STORAGE, NO_GRANT, SIGNATURE, EXPIRED, NOT_OWNER = 7, 18, 20, 21, 22, 23
# The third account of the Hardhat tool, which devices of tests take verdicts of.
BACKEND = proofs.account("0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a")
CONTRACT = bytes.fromhex("c0de" * 10)


async def a_wallet_that_fails_gives_no_session(world: World) -> None:
    world.device.command("break wallet")
    session, third = await by_label(world.connect(), world.label, world.static)
    await refused(session.take_device_proof(third, world.address), WALLET)
    came = await outcome(session.ask(asks.IDENTIFY))
    check(came == "error 0x86", f"after that: {came}")
    world.device.command("break nothing")
    await alive((await world.paired())[0])


async def a_wallet_that_fails_refuses_the_claim_and_the_session_goes_on(world: World) -> None:
    session, _ = await world.paired()
    world.device.command("break wallet")
    await refused(session.ask(world.claim()), WALLET)
    await alive(session)
    world.device.command("break nothing")
    await session.ask(world.claim())


async def nothing_is_granted_or_signed_that_cannot_be_stored(world: World) -> None:
    session = await world.introduced()
    world.device.command("break storage")
    granted = phone.be_granted(session, world.address, world.owner, Role.OWNER, world.in_days(1))
    await refused(granted, STORAGE, what="the grant")
    world.device.command("break nothing")
    session, _ = await world.paired()
    world.device.command("break storage")
    await refused(session.ask(world.claim()), STORAGE, what="a claim whose count cannot be stored")
    await alive(session)


async def without_the_time_a_grant_needs_the_window(world: World) -> None:
    world.owned()
    world.device.command("clock off")
    world.device.command("reset")
    world.device.command("window open")
    session = await world.introduced()
    world.device.command("window close")
    granted = phone.be_granted(session, world.address, world.owner, Role.OWNER, world.in_days(1))
    await refused(granted, EXPIRED, what="the grant outside the window")
    world.device.command("window open")
    await phone.be_granted(session, world.address, world.owner, Role.OWNER, world.in_days(1))
    await alive(session)


async def a_vehicle_that_takes_its_time_keeps_the_phone_informed(world: World) -> None:
    session, _ = await world.paired()
    world.device.command("slow 25")
    request_id = session.take_id()
    await session.channel.send(session.seal(asks.read_vin(0).message(request_id)))
    kinds = [(answer := await session.receive(11)).kind]
    while answer.kind == WORKING:
        kinds.append((answer := await session.receive(11)).kind)
    check(kinds[-1] == 0x86 and WORKING in kinds, f"the answers are {[hex(kind) for kind in kinds]}")


async def a_second_request_meanwhile_is_refused_and_the_first_goes_on(world: World) -> None:
    session, _ = await world.paired()
    world.device.command("slow 8")
    first, second = session.take_id(), session.take_id()
    await session.channel.send(session.seal(asks.read_vin(0).message(first)))
    await session.channel.send(session.seal(asks.READ_PROTOCOL.message(second)))
    answers = {}
    while first not in answers:
        answer = await session.receive(15)
        if answer.kind != WORKING:
            answers[answer.request_id] = answer
    check(answers[second].body == b"\2", f"the second: {answers[second]}")
    check(answers[first].kind == 0x86, f"the first: {answers[first]}")


async def the_same_request_meanwhile_is_answered_by_working(world: World) -> None:
    session, _ = await world.paired()
    world.device.command("slow 8")
    request_id = session.take_id()
    message = asks.read_vin(0).message(request_id)
    await session.channel.send(session.seal(message))
    await session.channel.send(session.seal(message))
    kinds = [(answer := await session.receive(15)).kind]
    while answer.kind == WORKING:
        kinds.append((answer := await session.receive(15)).kind)
    check(kinds[0] == WORKING and kinds[-1] == 0x86 and kinds.count(0x86) == 1, f"{[hex(kind) for kind in kinds]}")


async def work_goes_on_without_the_link_and_its_answer_waits(world: World) -> None:
    session, slot = await world.paired()
    world.device.command("slow 8")
    request_id = session.take_id()
    await session.channel.send(session.seal(asks.read_vin(0).message(request_id)))
    world.device.disconnect()
    world.link = None
    world.device.wait(20)
    world.device.command("slow 25")
    session = await world.resumed(slot)
    before = world.device.now
    told = await session.ask(asks.read_vin(0), request_id)
    check(world.device.now - before < 5, "the vehicle was asked again")
    check(told.source == 0, f"the VIN says {told}")


async def a_verdict_of_the_backend_is_as_good_as_the_owner_s_signature(world: World) -> None:
    world.device.command(f"owner 0x{CONTRACT.hex()}")
    session = await world.introduced()
    welcome = await session.ask(verdict(world, session, CONTRACT))
    slot = session.slot(world.address, welcome)
    check(slot.role == Role.OWNER, f"role {slot.role}")
    await alive(await world.resumed(slot))


async def a_verdict_for_another_handshake_or_owner_is_refused(world: World) -> None:
    world.device.command(f"owner 0x{CONTRACT.hex()}")
    before = await world.introduced()
    old = verdict(world, before, CONTRACT)
    session = await world.introduced()
    await refused(session.ask(old), SIGNATURE, what="the verdict of the session before")
    await refused(session.ask(verdict(world, session, world.owner_address)), NOT_OWNER, what="the verdict for another owner")
    await refused(session.ask(asks.IDENTIFY), NO_GRANT)


async def the_backend_cannot_sign_in_the_owner_s_place(world: World) -> None:
    world.owned()
    session = await world.introduced()
    grant = proofs.Grant(session.handshake_hash, world.address, world.owner_address, world.in_days(1), Role.OWNER)
    signature = proofs.sign(BACKEND, proofs.owner_grant(grant))
    asked = asks.grant(asks.SIGNATURE_FORM, grant.owner, grant.expires, grant.role, signature)
    await refused(session.ask(asked), SIGNATURE)


def verdict(world: World, session: phone.Session, owner: bytes) -> asks.Request:
    """What the backend says of a contract's grant."""
    grant = proofs.Grant(session.handshake_hash, world.address, owner, world.in_days(1), Role.OWNER)
    signature = proofs.sign(BACKEND, proofs.owner_grant(grant, "PairingVerdict"))
    return asks.grant(asks.VERDICT_FORM, grant.owner, grant.expires, grant.role, signature)


async def two_phones_at_once_are_one_after_the_other(world: World) -> None:
    """What one phone has asked for is not answered to the next one."""
    other = Keypair()
    _, slot = await world.paired(static=other)
    session, _ = await world.paired()
    world.device.command("slow 8")
    await session.channel.send(session.seal(asks.read_vin(0).message(session.take_id())))
    session = await world.resumed(slot, other)
    try:
        await session.ask(asks.FIRMWARE_STATUS)
    except (Refused, WriteRejected) as error:
        check(str(error) == "refused with reason 2", f"the other phone: {error}")
    world.device.wait(10)
    await alive(session)
