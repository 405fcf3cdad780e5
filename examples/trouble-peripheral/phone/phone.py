"""A phone: from a label to a session with a slot (SPEC.md, section 7), and uploads."""
import hashlib

from eth_account.signers.local import LocalAccount

import asks
import proofs
from asks import Role, Upload
from handshakes import by_label
from label import Label
from channel import Channel, Refused
from noise import Keypair
from session import Session, Slot

WRONG_OFFSET = 13


async def introduce(channel: Channel, label: Label, static: Keypair) -> Session:
    """A session with the device of the label, proven, without a grant."""
    session, third = await by_label(channel, label, static)
    await session.take_device_proof(third, label.address)
    return session


def signed_grant(session: Session, device: bytes, owner: LocalAccount, role: int, expires: int) -> asks.Request:
    """A grant as the owner signs it."""
    grant = proofs.Grant(session.handshake_hash, device, proofs.address(owner), expires, role)
    signature = proofs.sign(owner, proofs.owner_grant(grant))
    return asks.grant(asks.SIGNATURE_FORM, grant.owner, expires, role, signature)


async def be_granted(session: Session, device: bytes, owner: LocalAccount, role: int, expires: int) -> Slot:
    """The slot that the grant gives. Raises Refused."""
    return session.slot(device, await session.ask(signed_grant(session, device, owner, role, expires)))


async def pair(channel: Channel, label: Label, static: Keypair, owner: LocalAccount, expires: int,
               role: int = Role.OWNER) -> tuple[Session, Slot]:
    """Handshake, proof and grant."""
    session = await introduce(channel, label, static)
    return session, await be_granted(session, label.address, owner, role, expires)


async def begin_upload(session: Session, data: bytes, what: int = Upload.PLAN) -> int:
    """The offset from which on the device wants the data."""
    return await session.ask(asks.begin_upload(what, len(data), hashlib.sha256(data).digest()))


async def send_from(session: Session, data: bytes, offset: int, end: int | None = None) -> int:
    """Chunks up to `end`; a wrong offset is corrected by the device. The next offset."""
    end = len(data) if end is None else end
    while offset < end:
        chunk = data[offset : min(end, offset + asks.LONGEST_CHUNK)]
        try:
            offset = await session.ask(asks.upload_chunk(offset, chunk))
        except Refused as refused:
            if refused.reason != WRONG_OFFSET or refused.offset is None:
                raise
            offset = refused.offset
    return offset


async def upload(session: Session, data: bytes, what: int = Upload.PLAN) -> None:
    """The whole upload."""
    await send_from(session, data, await begin_upload(session, data, what))
    await session.ask(asks.FINISH_UPLOAD)
