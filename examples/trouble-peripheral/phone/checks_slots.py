"""Slots: who may come back, and who may not any more (SPEC.md, section 7)."""
import hashlib
from dataclasses import replace

import asks
import proofs
from asks import Role
from handshakes import resume
from channel import Refused, WriteRejected
from noise import Keypair
from phone import be_granted
from session import Session, Slot
from world import World, alive, check, outcome, refused

FAILED, EXPIRED, NO_SLOT = 30, 22, 25


async def forgotten(world: World, slot: Slot, static: Keypair | None = None, *reasons: int) -> None:
    """Fails unless the slot cannot be resumed."""
    await refused(resume(world.connect(), slot, static or world.static), *(reasons or (FAILED,)), what="resuming")


async def ended(session: Session) -> None:
    """Fails unless nothing is answered any more."""
    came = await outcome(session.ask(asks.IDENTIFY))
    check(came == "error 0x86", f"in a session that is over: {came}")


async def a_slot_keeps_its_role_and_survives_a_reset(world: World) -> None:
    _, slot = await world.paired(Role.VIEWER)
    world.device.command("reset")
    session = await world.resumed(slot)
    await alive(session)
    await refused(session.ask(asks.PHONES), 24)


async def a_slot_may_be_resumed_many_times(world: World) -> None:
    _, slot = await world.paired()
    for _ in range(5):
        await alive(await world.resumed(slot))


async def a_session_that_resumed_needs_no_grant_to_claim(world: World) -> None:
    _, slot = await world.paired()
    session = await world.resumed(slot)
    signature = await session.ask(world.claim())
    check(len(signature) == 65, "no signature")


async def the_same_phone_has_one_slot(world: World) -> None:
    _, old = await world.paired()
    session, slot = await world.paired(Role.OWNER)
    phones = await session.ask(asks.PHONES)
    check(len(phones) == 1, f"{len(phones)} phones")
    check(old.secret != slot.secret, "the secret of the slot is the old one")
    await forgotten(world, old)
    await alive(await world.resumed(slot))


async def the_list_of_phones_tells_them_apart(world: World) -> None:
    first, second = Keypair(), Keypair()
    await world.paired(Role.VIEWER, first)
    session, _ = await world.paired(Role.OWNER, second)
    phones = await session.ask(asks.PHONES)
    wanted = {(role, hashlib.sha256(key.public).digest()[:8]) for role, key in ((3, first), (1, second))}
    check({(each.role, each.key_hash) for each in phones} == wanted, f"phones {phones}")
    check(len({each.slot for each in phones}) == 2, "two phones in one slot")


async def a_fifth_phone_takes_the_oldest_slot(world: World) -> None:
    phones = [Keypair() for _ in range(5)]
    slots = []
    for static in phones:
        slots.append((await world.paired(static=static))[1])
        world.device.wait(1)
    await forgotten(world, slots[0], phones[0])
    for slot, static in list(zip(slots, phones, strict=True))[1:]:
        await alive(await world.resumed(slot, static))
    check(len({slot.number for slot in slots}) == 4, f"slots {[slot.number for slot in slots]}")


async def a_revoked_phone_does_not_come_back(world: World) -> None:
    stolen = Keypair()
    _, lost = await world.paired(static=stolen)
    session, kept = await world.paired()
    await session.ask(asks.revoke_phone(lost.number))
    await refused(session.ask(asks.revoke_phone(lost.number)), NO_SLOT, what="revoked twice")
    await alive(session)
    await forgotten(world, lost, stolen)
    await alive(await world.resumed(kept))


async def slots_that_are_not_there_cannot_be_revoked(world: World) -> None:
    session, slot = await world.paired()
    for number in (slot.number ^ 1, 4, 255):
        await refused(session.ask(asks.revoke_phone(number)), NO_SLOT, what=f"slot {number}")
    await alive(session)


async def a_phone_that_revokes_itself_is_out_at_once(world: World) -> None:
    session, slot = await world.paired()
    await session.ask(asks.revoke_phone(slot.number))
    await ended(session)
    await forgotten(world, slot)


async def a_phone_may_be_forgotten(world: World) -> None:
    for role in Role:
        session, slot = await world.paired(role)
        await session.ask(asks.FORGET_ME)
        await ended(session)
        await forgotten(world, slot)


async def a_new_owner_ends_what_the_old_one_granted(world: World) -> None:
    session, slot = await world.paired()
    world.device.command(f"owner 0x{proofs.address(world.stranger).hex()}")
    await ended(session)
    await forgotten(world, slot)
    session = await world.introduced()
    await alive_after_grant_by(world, session)


async def alive_after_grant_by(world: World, session: Session) -> None:
    """Fails unless the new owner can grant and the old one cannot."""
    await refused(be_granted(session, world.address, world.owner, Role.OWNER, world.in_days(1)), 23, what="the old owner")
    await be_granted(session, world.address, world.stranger, Role.OWNER, world.in_days(1))
    await alive(session)


async def slots_of_the_owner_survive_that_he_becomes_known(world: World) -> None:
    session, slot = await world.paired()
    world.owned()
    await alive(session)
    await alive(await world.resumed(slot))


async def an_owner_given_up_ends_his_grants(world: World) -> None:
    world.owned()
    session, slot = await world.paired()
    world.device.command("owner none")
    await ended(session)
    await forgotten(world, slot)


async def a_factory_reset_forgets_every_phone(world: World) -> None:
    other = Keypair()
    _, viewer = await world.paired(Role.VIEWER, other)
    session, slot = await world.paired()
    await session.ask(asks.factory_reset())
    try:
        await session.ask(asks.IDENTIFY)
        check(False, "the session goes on after a factory reset")
    except (Refused, WriteRejected):
        pass
    await forgotten(world, slot)
    await forgotten(world, viewer, other)


async def an_expired_slot_does_not_come_back(world: World) -> None:
    _, slot = await world.paired()
    world.device.wait(30 * 86_400 + 1)
    await forgotten(world, slot, None, FAILED, EXPIRED)


async def a_session_ends_when_its_slot_expires(world: World) -> None:
    session = await world.introduced()
    await be_granted(session, world.address, world.owner, Role.OWNER, world.device.now + 60)
    await alive(session)
    world.device.wait(61)
    await ended(session)


async def a_slot_is_of_no_use_with_another_device_s_key(world: World) -> None:
    _, slot = await world.paired()
    await forgotten(world, replace(slot, device_static=Keypair().public))
    await alive(await world.resumed(slot))
