"""Grants that must not be taken, and what comes before and beyond a grant (SPEC.md, section 7)."""
import asks
import phone
import proofs
from asks import Role
from channel import Refused
from noise import Keypair
from proofs import Grant
from session import Session
from world import DAY, EACH_REQUEST, World, alive, check, refused, rejected, turned_down

CANNOT_BE_READ, SIGNATURE, EXPIRED, NOT_OWNER, NO_ROLE = 4, 21, 22, 23, 24
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

BEYOND_INSTALLER = (
    asks.Kind.CLAIM, asks.Kind.PAIR, asks.Kind.UNPAIR, asks.Kind.PHONES, asks.Kind.REVOKE_PHONE, asks.Kind.FACTORY_RESET,
)
BEYOND_VIEWER = BEYOND_INSTALLER + (
    asks.Kind.CLEAR_CODES, asks.Kind.WIFI_NETWORKS, asks.Kind.JOIN_WIFI, asks.Kind.SET_APN, asks.Kind.READ_IMSI,
    asks.Kind.OFFER_FIRMWARE, asks.Kind.BEGIN_UPLOAD, asks.Kind.UPLOAD_CHUNK, asks.Kind.FINISH_UPLOAD, asks.Kind.LOG_TAIL,
)


def wanted(world: World, session: Session, **other) -> Grant:
    """A grant that would be taken, with something other in it."""
    right = dict(
        handshake_hash=session.handshake_hash, device=world.address, owner=world.owner_address,
        expires=world.in_days(30), role=Role.OWNER,
    )
    return Grant(**right | other)


def request(told: Grant, signed: Grant, account, name: str = "PairingGrant", form: int = 1) -> asks.Request:
    """What one grant says, over the signature of another."""
    signature = proofs.sign(account, proofs.owner_grant(signed, name))
    return asks.grant(form, told.owner, told.expires, told.role, signature)


async def refused_then_nothing(world: World, session: Session, asked: asks.Request, *reasons: int, what: str) -> None:
    await refused(session.ask(asked), *reasons, what=what)
    await refused(session.ask(asks.IDENTIFY), 20, what=f"a request after {what}")


async def every_request_before_the_grant_is_refused(world: World) -> None:
    session = await world.introduced()
    for asked in EACH_REQUEST:
        await refused(session.ask(asked), 20, what=f"kind {asked.kind:#04x}")
    for kind in (0x00, 0x1B, 0x7F):
        await refused(session.ask(asks.Request(kind)), 20, what=f"kind {kind:#04x}")
    await refused(session.ask(asks.Request(asks.Kind.IDENTIFY, b"x")), 20, what="a request of another form")
    await phone.be_granted(session, world.address, world.owner, Role.OWNER, world.in_days(1))
    await alive(session)


async def a_grant_signed_by_somebody_else_is_refused(world: World) -> None:
    session = await world.introduced()
    grant = wanted(world, session)
    await refused_then_nothing(world, session, request(grant, grant, world.stranger), SIGNATURE, what="the grant")


async def a_grant_over_anything_else_is_refused(world: World) -> None:
    session = await world.introduced()
    told = wanted(world, session)
    for what, other in (
        ("another handshake", {"handshake_hash": bytes(32)}), ("another device", {"device": bytes(20)}),
        ("another role", {"role": Role.VIEWER}), ("another expiry", {"expires": told.expires - 1}),
        ("another owner", {"owner": bytes(20)}),
    ):
        signed = wanted(world, session, **other)
        await refused_then_nothing(world, session, request(told, signed, world.owner), SIGNATURE, what=what)


async def a_grant_of_the_session_before_is_refused(world: World) -> None:
    before = await world.introduced()
    old = phone.signed_grant(before, world.address, world.owner, Role.OWNER, world.in_days(30))
    await before.ask(old)
    session = await world.introduced()
    await refused_then_nothing(world, session, old, SIGNATURE, what="the grant of the session before")


async def a_verdict_of_nobody_in_particular_is_refused(world: World) -> None:
    session = await world.introduced()
    grant = wanted(world, session)
    for account in (world.owner, world.stranger):
        asked = request(grant, grant, account, "PairingVerdict", asks.VERDICT_FORM)
        await refused_then_nothing(world, session, asked, SIGNATURE, what="the verdict")


async def a_verdict_is_not_a_grant_nor_a_grant_a_verdict(world: World) -> None:
    session = await world.introduced()
    grant = wanted(world, session)
    asked = request(grant, grant, world.owner, "PairingVerdict", asks.SIGNATURE_FORM)
    await refused_then_nothing(world, session, asked, SIGNATURE, what="a verdict as a grant")
    asked = request(grant, grant, world.owner, "PairingGrant", asks.VERDICT_FORM)
    await refused_then_nothing(world, session, asked, SIGNATURE, what="a grant as a verdict")


async def a_grant_of_an_unknown_form_is_refused(world: World) -> None:
    session = await world.introduced()
    grant = wanted(world, session)
    for form in (0, 3, 255):
        await refused_then_nothing(world, session, request(grant, grant, world.owner, form=form), CANNOT_BE_READ, SIGNATURE,
                                   what=f"form {form}")


async def signatures_of_another_form_are_refused(world: World) -> None:
    session = await world.introduced()
    grant = wanted(world, session)
    good = proofs.sign(world.owner, proofs.owner_grant(grant))
    high = ORDER - int.from_bytes(good[32:64], "big")
    flipped = bytes([55 - good[64]])
    forms = {
        "v of 0 or 1": good[:64] + bytes([good[64] - 27]), "v of 29": good[:64] + bytes([29]),
        "the other v": good[:64] + flipped, "s in the upper half": good[:32] + high.to_bytes(32, "big") + flipped,
        "zeros": bytes(65), "r of zero": bytes(32) + good[32:], "s of zero": good[:32] + bytes(32) + good[64:],
        "ones": b"\xff" * 65,
    }
    for what, signature in forms.items():
        asked = asks.grant(asks.SIGNATURE_FORM, grant.owner, grant.expires, grant.role, signature)
        await refused_then_nothing(world, session, asked, SIGNATURE, what=what)


async def an_expired_grant_is_refused(world: World) -> None:
    session = await world.introduced()
    for expires in (0, world.device.now - 1, world.device.now):
        grant = wanted(world, session, expires=expires)
        await refused_then_nothing(world, session, request(grant, grant, world.owner), EXPIRED, what=f"expiry {expires}")


async def a_role_that_does_not_exist_is_refused(world: World) -> None:
    session = await world.introduced()
    for role in (0, 4, 255):
        grant = wanted(world, session, role=role)
        asked = request(grant, grant, world.owner)
        await refused_then_nothing(world, session, asked, NO_ROLE, what=f"role {role}")


async def a_stranger_cannot_grant_once_there_is_an_owner(world: World) -> None:
    world.owned()
    session = await world.introduced()
    grant = wanted(world, session, owner=proofs.address(world.stranger))
    await refused_then_nothing(world, session, request(grant, grant, world.stranger), NOT_OWNER, what="the grant")
    await phone.be_granted(session, world.address, world.owner, Role.OWNER, world.in_days(1))


async def the_owner_can_grant_after_the_window_has_closed(world: World) -> None:
    world.owned()
    session = await world.introduced()
    world.device.command("window close")
    await phone.be_granted(session, world.address, world.owner, Role.OWNER, world.in_days(1))


async def nobody_is_taken_for_the_first_owner_outside_the_window(world: World) -> None:
    session = await world.introduced()
    world.device.command("window close")
    grant = wanted(world, session)
    await refused_then_nothing(world, session, request(grant, grant, world.owner), 1, NOT_OWNER, what="the grant")


async def a_grant_lasts_ninety_days_at_most(world: World) -> None:
    for expires, at_most in ((world.in_days(1), world.in_days(1)), (world.in_days(89), world.in_days(89)),
                             (world.in_days(1000), world.in_days(90)), (2**64 - 1, world.in_days(90))):
        session = await world.introduced()
        slot = await phone.be_granted(session, world.address, world.owner, Role.OWNER, expires)
        check(at_most - DAY < slot.expires <= at_most, f"{expires} was granted until {slot.expires}")


async def the_role_that_was_signed_is_the_one_granted(world: World) -> None:
    for role in Role:
        _, slot = await world.paired(role, static=Keypair())
        check(slot.role == role, f"{role.name} was granted as {slot.role}")


async def a_session_without_a_grant_ends(world: World) -> None:
    session = await world.introduced()
    world.device.wait(301)
    await rejected(session.channel.send(session.seal(asks.IDENTIFY.message(1))), 0x86)


async def requests_refused_do_not_keep_a_session_without_a_grant(world: World) -> None:
    session = await world.introduced()
    for _ in range(5):
        world.device.wait(55)
        await refused(session.ask(asks.IDENTIFY), 20)
    world.device.wait(30)
    await rejected(session.channel.send(session.seal(asks.IDENTIFY.message(99))), 0x86)


async def an_installer_is_held_to_his_role(world: World) -> None:
    await hold_to_role(world, Role.INSTALLER, BEYOND_INSTALLER)


async def a_viewer_is_held_to_his_role(world: World) -> None:
    await hold_to_role(world, Role.VIEWER, BEYOND_VIEWER)


async def hold_to_role(world: World, role: Role, beyond: tuple[asks.Kind, ...]) -> None:
    """Fails unless exactly the requests beyond the role are refused for it, also after resuming."""
    session, slot = await world.paired(role)
    for resumed in (False, True):
        session = await world.resumed(slot) if resumed else session
        for asked in EACH_REQUEST:
            if asked.kind in beyond:
                await refused(session.ask(asked), 24, what=f"kind {asked.kind:#04x}")
        await alive(session)
    for asked in EACH_REQUEST:
        if asked.kind not in beyond and asked.kind != asks.Kind.FORGET_ME:
            came = await reason_of(session, asked)
            check(came != 24, f"kind {asked.kind:#04x} is beyond the role")


async def reason_of(session: Session, asked: asks.Request) -> int:
    """The reason of the refusal; 0 when there was none."""
    try:
        await session.ask(asked)
    except Refused as error:
        return error.reason
    return 0


async def an_installer_cannot_upload_a_sharing_consent(world: World) -> None:
    session, _ = await world.paired(Role.INSTALLER)
    await refused(session.ask(asks.begin_upload(asks.Upload.SHARING_CONSENT, 200, bytes(32))), 24)


async def a_grant_in_a_session_that_has_one_raises_nothing(world: World) -> None:
    session, _ = await world.paired(Role.VIEWER)
    world.owned()
    grant = wanted(world, session)
    await turned_down(session.ask(request(grant, grant, world.stranger)), "a second grant that is not the owner's")
    await refused(session.ask(asks.PHONES), 24)
