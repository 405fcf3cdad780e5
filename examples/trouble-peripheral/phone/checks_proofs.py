"""What the device's wallet signs, and how often (SPEC.md, section 8 and 9)."""
import asks
import proofs
from asks import Registry
from session import Session
from world import DEVICE_NODE, REGISTRY, VEHICLE_NODE, World, refused

TOO_MANY, NOT_OWNER = 3, 23


async def a_claim_is_over_what_the_phone_asked(world: World) -> None:
    session, _ = await world.paired()
    for registry, node in (
        (REGISTRY, DEVICE_NODE), (REGISTRY, 2**256 - 1), (Registry(0, bytes(20)), 0), (Registry(2**64 - 1, b"\xff" * 20), 1),
    ):
        signature = await session.ask(asks.claim(registry, node, world.owner_address))
        proofs.check(proofs.claim(registry, node, world.owner_address), signature, world.address)


async def pairing_and_unpairing_are_over_what_the_phone_asked(world: World) -> None:
    session, _ = await world.paired()
    for asked, built in ((asks.pair, proofs.pair), (asks.unpair, proofs.unpair)):
        for vehicle in (VEHICLE_NODE, 2**256 - 1):
            signature = await session.ask(asked(REGISTRY, DEVICE_NODE, vehicle))
            proofs.check(built(REGISTRY, DEVICE_NODE, vehicle), signature, world.address)


async def a_device_is_claimed_for_the_owner_of_the_session_only(world: World) -> None:
    session, _ = await world.paired()
    for owner in (bytes(20), proofs.address(world.stranger), world.address):
        await refused(session.ask(asks.claim(REGISTRY, DEVICE_NODE, owner)), NOT_OWNER, what=owner.hex())


async def spend(world: World, session: Session, times: int) -> None:
    """Has that many claims signed."""
    for at in range(times):
        await session.ask(asks.claim(REGISTRY, 1000 + at, world.owner_address))


async def no_more_than_eight_signatures_at_once(world: World) -> None:
    session, _ = await world.paired()
    await spend(world, session, 8)
    for request in (world.claim(), asks.pair(REGISTRY, 1, 2), asks.unpair(REGISTRY, 1, 2)):
        await refused(session.ask(request), TOO_MANY, what=f"kind {request.kind:#04x}")


async def one_more_signature_after_ten_minutes(world: World) -> None:
    session, slot = await world.paired()
    await spend(world, session, 8)
    world.device.wait(601)
    world.device.command("window close")
    world.device.command("window open")
    session = await world.resumed(slot)
    await session.ask(world.claim())
    await refused(session.ask(asks.pair(REGISTRY, 1, 2)), TOO_MANY)


async def a_new_window_brings_no_more_signatures(world: World) -> None:
    session, _ = await world.paired()
    await spend(world, session, 8)
    world.device.command("window close")
    world.device.command("window open")
    await refused(session.ask(world.claim()), TOO_MANY)


async def a_reset_brings_no_more_signatures(world: World) -> None:
    session, slot = await world.paired()
    await spend(world, session, 8)
    world.device.command("reset")
    world.device.command("window open")
    session = await world.resumed(slot)
    await refused(session.ask(world.claim()), TOO_MANY)


async def a_reset_each_time_brings_no_more_signatures(world: World) -> None:
    session, slot = await world.paired()
    for at in range(8):
        await session.ask(asks.claim(REGISTRY, 1000 + at, world.owner_address))
        world.device.command("reset")
        world.device.command("window open")
        session = await world.resumed(slot)
    await refused(session.ask(world.claim()), TOO_MANY)


async def a_factory_reset_brings_no_more_signatures(world: World) -> None:
    session, _ = await world.paired()
    await spend(world, session, 8)
    world.device.command("factory-reset")
    world.device.command("window open")
    session, _ = await world.paired()
    await refused(session.ask(world.claim()), TOO_MANY)


async def a_claim_asked_again_costs_no_signature(world: World) -> None:
    session, _ = await world.paired()
    request_id = session.take_id()
    for _ in range(12):
        await session.ask(world.claim(), request_id)
    await spend(world, session, 7)
    await refused(session.ask(asks.pair(REGISTRY, 1, 2)), TOO_MANY)


async def a_refused_claim_costs_no_signature(world: World) -> None:
    session, _ = await world.paired()
    for _ in range(12):
        await refused(session.ask(asks.claim(REGISTRY, 1, bytes(20))), NOT_OWNER)
    await spend(world, session, 8)


async def the_proof_of_the_device_costs_no_signature(world: World) -> None:
    for _ in range(12):
        await world.introduced()
    session, _ = await world.paired()
    await spend(world, session, 8)
