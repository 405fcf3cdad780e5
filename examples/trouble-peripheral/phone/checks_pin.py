"""The PIN right, wrong and guessed (SPEC.md, section 5)."""
import handshakes
from handshakes import BY_PIN, OURS, PIN, PIN_CONTEXT, by_pin, by_secret, first, pin_salt, pin_step
from channel import Channel
from noise import Keypair
from phone import be_granted
from spake2plus import M, N, Prover, encode, multiply, stretch
from world import World, alive, check, refused, rejected, turned_down

FAILED, WINDOW, LOCKED, NOBODY = 30, 31, 32, 1
AT_ONCE, IN_ALL = 5, 100


def another(world: World) -> str:
    """A PIN that is not the device's."""
    return f"{(int(world.device.pin) + 1) % 100_000_000:08}"


async def guess(world: World, channel: Channel) -> None:
    """An attempt that asks for the device's confirmation and confirms something wrong. Raises Refused."""
    iterations, salt = await pin_salt(channel)
    prover = Prover(PIN_CONTEXT, *stretch(another(world).encode(), salt, iterations))
    answer = await pin_step(channel, 3, prover.share)
    keys = prover.keys(answer[:65])
    check(keys.confirm_verifier != answer[65:], "a wrong PIN is confirmed")
    await pin_step(channel, 5, keys.confirm_prover)


async def _use_up(world: World) -> None:
    """Guesses until the window takes no more."""
    for _ in range(AT_ONCE):
        await refused(guess(world, world.connect()), FAILED)


async def _right(world: World) -> None:
    """Fails unless the right PIN opens a session that can be granted."""
    session, third = await by_pin(world.connect(), world.device.pin, world.static)
    await session.take_device_proof(third, world.address)
    await be_granted(session, world.address, world.owner, 1, world.in_days(1))
    await alive(session)


async def the_right_pin_opens_a_session(world: World) -> None:
    await _right(world)


async def a_wrong_pin_is_refused(world: World) -> None:
    await refused(guess(world, world.connect()), FAILED)
    await _right(world)


async def a_closed_window_refuses_the_pin(world: World) -> None:
    world.device.command("window close")
    await refused(pin_salt(world.connect()), NOBODY)


async def no_more_than_five_guesses_in_a_window(world: World) -> None:
    await _use_up(world)
    await refused(guess(world, world.connect()), WINDOW)
    await refused(by_pin(world.connect(), world.device.pin, world.static), WINDOW, what="the right PIN after five guesses")
    world.device.command("window close")
    world.device.command("window open")
    await _right(world)


async def guesses_that_stop_before_the_end_count_too(world: World) -> None:
    for _ in range(AT_ONCE):
        channel = world.connect()
        iterations, salt = await pin_salt(channel)
        await pin_step(channel, 3, Prover(PIN_CONTEXT, *stretch(b"00000000", salt, iterations)).share)
    await refused(guess(world, world.connect()), WINDOW)


async def the_right_pin_sets_the_count_to_zero(world: World) -> None:
    for _ in range(3):
        for _ in range(AT_ONCE - 1):
            await refused(guess(world, world.connect()), FAILED)
        await _right(world)


async def a_reset_does_not_give_more_guesses_in_all(world: World) -> None:
    for _ in range(IN_ALL // AT_ONCE):
        await _use_up(world)
        world.device.command("reset")
        world.device.command("window open")
    await refused(guess(world, world.connect()), LOCKED)
    await refused(by_pin(world.connect(), world.device.pin, world.static), LOCKED, what="the right PIN")
    world.device.command("factory-reset")
    world.device.command("window open")
    await _right(world)


async def a_hundred_guesses_lock_the_pin(world: World) -> None:
    for _ in range(IN_ALL // AT_ONCE):
        await _use_up(world)
        world.device.command("window close")
        world.device.command("window open")
    await refused(guess(world, world.connect()), LOCKED)
    session, _ = await world.paired()
    await alive(session)


async def shares_that_are_no_points_are_turned_down(world: World) -> None:
    good = Prover(PIN_CONTEXT, 5, 7).share
    for what, share in {
        "zeros": bytes(65), "off the curve": good[:-1] + bytes([good[-1] ^ 1]), "compressed": b"\2" + good[1:],
        "x beyond the prime": b"\4" + b"\xff" * 64,
    }.items():
        channel = world.connect()
        await pin_salt(channel)
        await turned_down(pin_step(channel, 3, share), what)
    world.device.command("window close")
    world.device.command("window open")
    await _right(world)


async def a_share_that_leaves_the_identity_is_turned_down(world: World) -> None:
    """w0 times M, which leaves nothing once unmasked: whoever knows w0 could send it."""
    channel = world.connect()
    iterations, salt = await pin_salt(channel)
    w0, _ = stretch(world.device.pin.encode(), salt, iterations)
    await turned_down(pin_step(channel, 3, encode(multiply(w0, M))))


async def the_constants_as_shares_give_nothing_away(world: World) -> None:
    for point in (M, N):
        channel = world.connect()
        await pin_salt(channel)
        answer = await pin_step(channel, 3, encode(point))
        check(len(answer) == 97, "an answer of another form")
        await refused(pin_step(channel, 5, bytes(32)), FAILED)


async def steps_out_of_order_are_rejected(world: World) -> None:
    channel = world.connect()
    await rejected(pin_step(channel, 5, bytes(32)), 0x86, what="a confirmation at first")
    await pin_salt(channel)
    await rejected(pin_step(channel, 5, bytes(32)), 0x86, what="a confirmation before a share")


async def steps_of_another_length_or_number_are_rejected(world: World) -> None:
    channel = world.connect()
    await pin_salt(channel)
    steps = (b"", b"\0", b"\1x", b"\2", b"\3" + bytes(64), b"\3" + bytes(66), b"\5" + bytes(31), b"\5" + bytes(33), b"\7")
    for body in steps:
        await rejected(channel.send(bytes([PIN]) + body), 0x85, 0x86, what=body[:2].hex())


async def the_pin_exchange_must_end_in_time(world: World) -> None:
    channel = world.connect()
    await pin_salt(channel)
    await pin_step(channel, 3, Prover(PIN_CONTEXT, 5, 7).share)
    world.device.wait(31)
    await rejected(pin_step(channel, 5, bytes(32)), 0x86)


async def the_key_of_a_pin_exchange_serves_one_handshake(world: World) -> None:
    channel = world.connect()
    key = await handshakes.pin_key(channel, world.device.pin)
    session, third = await by_secret(channel, BY_PIN, key, world.static)
    await session.take_device_proof(third, world.address)
    await turned_down(by_secret(channel, BY_PIN, key, Keypair()), "a second handshake by the same key")


async def the_key_of_a_pin_exchange_does_not_outlive_the_link(world: World) -> None:
    key = await handshakes.pin_key(world.connect(), world.device.pin)
    await turned_down(by_secret(world.connect(), BY_PIN, key, world.static))


async def a_handshake_by_the_pin_needs_the_exchange_before_it(world: World) -> None:
    for key in (bytes(32), world.label.pre_shared_key()):
        channel = world.connect()
        await turned_down(channel_answer(channel, first(channel, BY_PIN, OURS, world.static, key)[1]))


async def channel_answer(channel: Channel, packet: bytes) -> None:
    """Raises Refused when the device refuses the packet."""
    await handshakes.second(channel, BY_PIN, OURS, first(channel, BY_PIN, OURS, Keypair(), bytes(32))[0], packet)


async def every_exchange_has_a_share_of_its_own(world: World) -> None:
    shares = set()
    for _ in range(3):
        channel = world.connect()
        await pin_salt(channel)
        shares.add((await pin_step(channel, 3, Prover(PIN_CONTEXT, 5, 7, 9).share))[:65])
    check(len(shares) == 3, "a share of the device came twice")
