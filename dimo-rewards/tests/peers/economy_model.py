"""A second implementation of the `economy` example, written from DIP-4 and the event table alone.

Run as `python -B economy_model.py EVENTS.jsonl`: the accounts on standard output, refused lines on
standard error; a malformed line ends it with its number on standard error and exit code 2.
It shares no code and no method with the crate: plain dictionaries and exact integers.
"""

import calendar
import datetime
import json
import re
import sys

WEI = 10**18
MINIMUM_STAKE = 100_000 * WEI
MONTHS = 24
# type: (price in $DIMO, quantity), DIP-4, Quantity and Cost of Device Minting NFTs
CATALOGUE = {
    "software-only": (10, 1_000_000),
    "standard-dongle": (50, 100_000),
    "hub": (70, 30_000),
    "dash-camera": (80, 30_000),
    "fleet-device": (120, 100_000),
    "ai-device": (150, 30_000),
}
TREASURY, ESCROW, BURNED, TEAM = "treasury", "escrow", "burned", "integrations"


class Refused(Exception):
    """The event cannot be: it changes nothing."""


class Malformed(Exception):
    """The line is no event."""


def refuse_unless(condition, reason):
    if not condition:
        raise Refused(reason)


# --- fields ---------------------------------------------------------------------------------


def field(event, name):
    if name not in event:
        raise Malformed(f"`{name}` is missing")
    return event[name]


def text(event, name):
    value = field(event, name)
    if not isinstance(value, str):
        raise Malformed(f"`{name}` is no text")
    return value


def label(event, name):
    """A device, a vehicle or a challenge: text or a whole number."""
    value = field(event, name)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise Malformed(f"`{name}` is neither text nor a whole number")
    return str(value)


def whole(event, name):
    value = field(event, name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Malformed(f"`{name}` is no whole number")
    return value


def as_actor(value):
    if not isinstance(value, str):
        raise Malformed("an actor is a text")
    if value in ("integrations", "court", "token-holders"):
        return value
    if re.fullmatch(r"(?:holder|provider):[^\x00-\x1f\x7f-\x9f]+", value):
        return value
    raise Malformed(f"{value!r} is no actor")


def actor(event, name):
    return as_actor(field(event, name))


def as_amount(value):
    if not isinstance(value, str):
        raise Malformed("an amount is a text")
    found = re.fullmatch(r"([0-9]+)(?:\.([0-9]{1,18}))?", value)
    if not found:
        raise Malformed(f"{value!r} is no amount")
    return int(found[1]) * WEI + int((found[2] or "").ljust(18, "0"))


def amount(event, name):
    return as_amount(field(event, name))


def device_type(event):
    value = text(event, "type")
    if value not in CATALOGUE:
        raise Malformed(f"{value!r} is no device type")
    return value


def date(event):
    value = text(event, "at")
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise Malformed(f"{value!r} is no date")
    try:
        return datetime.date(int(value[:4]), int(value[5:7]), int(value[8:]))
    except ValueError as error:
        raise Malformed(f"{value!r} is no date") from error


def month(event):
    value = text(event, "month")
    if not re.fullmatch(r"[0-9]{4}-(?:0[1-9]|1[0-2])", value):
        raise Malformed(f"{value!r} is no month")
    return int(value[:4]), int(value[5:])


def six_months_after(day):
    year, index = divmod(day.year * 12 + day.month - 1 + 6, 12)
    if year > datetime.MAXYEAR:
        return None  # never
    last = calendar.monthrange(year, index + 1)[1]
    return datetime.date(year, index + 1, min(day.day, last))


# --- the curve ------------------------------------------------------------------------------

BITS = 400


class Curve:
    """floor(price x max(0.1 %, 15 % x 0.999999^(n-1))), exact: an interval, or the fraction itself."""

    def __init__(self):
        self.low, self.high = [1 << BITS], [1 << BITS]

    def reward(self, price, n):
        while len(self.low) < n:
            self.low.append(self.low[-1] * 999_999 // 10**6)
            self.high.append(-(-self.high[-1] * 999_999 // 10**6))
        low = price * 15 * self.low[n - 1] // (100 << BITS)
        high = price * 15 * self.high[n - 1] // (100 << BITS)
        if low != high:
            low = price * 15 * 999_999 ** (n - 1) // (100 * 10 ** (6 * (n - 1)))
        return max(low, price // 1000)


# --- state ----------------------------------------------------------------------------------


class Provider:
    def __init__(self):
        self.licence = "none"  # granted suspended renouncing revoked ended
        self.first_application_open = False
        self.requirement = MINIMUM_STAKE
        self.deposits = []  # [account, wei], oldest first
        self.models = {}
        self.clock = None  # the day of the renunciation or the revocation

    def stake(self):
        return sum(wei for _, wei in self.deposits)

    def in_good_standing(self):
        return self.licence == "granted" and self.stake() >= self.requirement

    def has_unreleased_licence(self):
        return self.licence in ("granted", "suspended", "renouncing", "revoked")


class Nft:
    def __init__(self, type_, owner, rebate, team):
        self.type, self.owner, self.rebate, self.team = type_, owner, rebate, team
        self.bonded = False


class Device:
    def __init__(self, nft, provider):
        self.nft, self.provider = nft, provider
        self.vehicle, self.connected, self.banned, self.ended = None, False, False, False
        self.months = 0


class Economy:
    def __init__(self, royalty_bps):
        self.royalty_bps = royalty_bps
        self.accounts, self.opened = {}, 0
        self.today = datetime.date.min
        self.providers, self.nfts, self.devices, self.challenges = {}, {}, {}, {}
        self.closed = set()
        self.sold = dict.fromkeys(CATALOGUE, 0)
        self.quantity = {name: quantity for name, (_, quantity) in CATALOGUE.items()}
        self.curve = Curve()

    # money

    def balance(self, name):
        return self.accounts.get(name, 0)

    def move(self, source, target, wei, even_nothing=False):
        if wei or even_nothing:
            self.accounts[source] = self.balance(source) - wei
            self.accounts[target] = self.balance(target) + wei

    def end_schedule(self, device):
        if not device.ended:
            device.ended = True
            nft, k = device.nft, device.months
            rest = nft.rebate - nft.rebate * k // MONTHS + nft.team - nft.team * k // MONTHS
            self.move(ESCROW, TREASURY, rest)

    def end_schedules_of(self, name):
        for device in self.devices.values():
            if device.provider == name:
                self.end_schedule(device)

    # look-ups

    def provider(self, name):
        refuse_unless(name in self.providers, "unknown provider")
        return self.providers[name]

    def own_provider(self, by):
        refuse_unless(by.startswith("provider:"), "only a provider may")
        return self.provider(by.removeprefix("provider:"))

    def nft(self, name):
        refuse_unless(name in self.nfts, "unknown NFT")
        return self.nfts[name]

    def live_device(self, name):
        refuse_unless(name in self.devices, "unknown device")
        refuse_unless(not self.devices[name].banned, "banned device")
        return self.devices[name]

    # events: each reads all its fields, then checks everything, then changes

    def do_policy(self, event):
        royalty(event)
        raise Refused("the policy stands")

    def do_open(self, event):
        account, wei = actor(event, "account"), amount(event, "amount")
        refuse_unless(":" in account, "no account to open")
        self.accounts[account] = self.balance(account) + wei
        self.opened += wei

    def do_apply(self, event):
        by, kind = actor(event, "by"), text(event, "kind")
        if kind not in ("hardware", "software"):
            raise Malformed("no kind")
        yield
        refuse_unless(by.startswith("provider:"), "only a provider applies")
        provider = self.providers.get(by.removeprefix("provider:")) or Provider()
        refuse_unless(provider.licence != "renouncing", "renouncing")
        self.providers[by.removeprefix("provider:")] = provider
        if provider.licence in ("none", "revoked", "ended"):
            provider.first_application_open = True

    def administered(self, event):
        by, name = actor(event, "by"), text(event, "provider")
        return by, name

    def authorised(self, by, name):
        refuse_unless(by in ("integrations", "token-holders"), "no authority")
        return self.provider(name)

    def do_grant(self, event):
        by, name = self.administered(event)
        yield
        provider = self.authorised(by, name)
        refuse_unless(provider.licence in ("none", "revoked", "ended"), "holds a licence")
        refuse_unless(provider.first_application_open, "no application to decide")
        provider.first_application_open = False
        provider.licence, provider.clock = "granted", None
        provider.requirement = MINIMUM_STAKE

    def do_suspend(self, event):
        by, name = self.administered(event)
        yield
        provider = self.authorised(by, name)
        refuse_unless(provider.licence == "granted", "not granted")
        provider.licence = "suspended"

    def do_reinstate(self, event):
        by, name = self.administered(event)
        yield
        provider = self.authorised(by, name)
        refuse_unless(provider.licence == "suspended", "not suspended")
        provider.licence = "granted"

    def do_revoke(self, event):
        by, name = self.administered(event)
        yield
        provider = self.authorised(by, name)
        refuse_unless(provider.licence in ("granted", "suspended", "renouncing"), "no licence")
        provider.licence, provider.clock = "revoked", self.now
        self.end_schedules_of(name)

    def do_stake(self, event):
        by, name, wei = actor(event, "by"), text(event, "provider"), amount(event, "amount")
        yield
        provider = self.provider(name)
        refuse_unless(by not in ("court", "token-holders"), "no account")
        refuse_unless(provider.licence in ("granted", "suspended"), "no licence to stake for")
        refuse_unless(self.balance(by) >= wei, "balance")
        self.move(by, f"stake:{name}", wei, even_nothing=True)
        if wei:
            provider.deposits.append([by, wei])

    def do_raise(self, event):
        by, name, wei = actor(event, "by"), text(event, "provider"), amount(event, "amount")
        yield
        provider = self.authorised(by, name)
        refuse_unless(provider.licence in ("granted", "suspended"), "no licence")
        refuse_unless(wei >= MINIMUM_STAKE, "below the minimum")
        provider.requirement = wei

    def do_approve(self, event):
        by, name = self.administered(event)
        model, type_ = text(event, "model"), device_type(event)
        yield
        provider = self.authorised(by, name)
        refuse_unless(provider.licence in ("granted", "suspended"), "no licence")
        refuse_unless(provider.models.get(model, type_) == type_, "another type")
        provider.models[model] = type_

    def do_ban(self, event):
        by, name = actor(event, "by"), label(event, "device")
        yield
        refuse_unless(by in ("integrations", "token-holders"), "no authority")
        device = self.live_device(name)
        device.banned = True
        self.end_schedule(device)

    def do_buy(self, event):
        by, type_, count = actor(event, "by"), device_type(event), whole(event, "count")
        yield
        refuse_unless(by not in ("court", "token-holders"), "no account")
        refuse_unless(count, "nothing to buy")
        quantity, price = self.quantity[type_], CATALOGUE[type_][0] * WEI
        refuse_unless(quantity is None or self.sold[type_] + count <= quantity, "supply")
        refuse_unless(self.balance(by) >= price * count, "balance")
        for n in range(self.sold[type_] + 1, self.sold[type_] + count + 1):
            nft = Nft(type_, by, price * 70 // 100, self.curve.reward(price, n))
            self.nfts[f"{type_}#{n}"] = nft
            self.move(by, ESCROW, nft.rebate + nft.team)
            self.move(by, TREASURY, price - nft.rebate - nft.team)
        self.sold[type_] += count

    def do_resell(self, event):
        by, to, name = actor(event, "by"), actor(event, "to"), text(event, "nft")
        price = amount(event, "price")
        yield
        nft = self.nft(name)
        refuse_unless(nft.owner == by, "not the owner")
        refuse_unless(not nft.bonded, "bonded")
        refuse_unless(to not in ("court", "token-holders"), "no account")
        refuse_unless(self.balance(to) >= price, "balance")
        cut = price * self.royalty_bps // 10_000
        self.move(to, TREASURY, cut)
        self.move(to, by, price - cut)
        nft.owner = to

    def do_bond(self, event):
        by, name = actor(event, "by"), text(event, "nft")
        device, model = label(event, "device"), text(event, "model")
        yield
        provider, nft = self.own_provider(by), self.nft(name)
        refuse_unless(provider.in_good_standing(), "not in good standing")
        refuse_unless(nft.owner == by, "not the owner")
        refuse_unless(not nft.bonded, "bonded")
        refuse_unless(device not in self.devices, "device holds an NFT")
        refuse_unless(provider.models.get(model) == nft.type, "model not approved")
        nft.bonded = True
        self.devices[device] = Device(nft, by.removeprefix("provider:"))

    def do_connect(self, event):
        name, vehicle = label(event, "device"), label(event, "vehicle")
        yield
        device = self.live_device(name)
        if device.nft.type == "software-only":
            refuse_unless(device.vehicle in (None, vehicle), "needs a new NFT")
        device.vehicle, device.connected = vehicle, True

    def do_disconnect(self, event):
        name = label(event, "device")
        yield
        self.live_device(name).connected = False

    def do_close(self, event):
        closed = month(event)
        yield
        refuse_unless((self.now.year, self.now.month) > closed, "not over")
        refuse_unless(closed not in self.closed, "closed already")
        self.closed.add(closed)
        for device in self.devices.values():
            standing = self.providers[device.provider].in_good_standing()
            if device.connected and standing and not device.ended and device.months < MONTHS:
                k = device.months = device.months + 1
                nft = device.nft
                for total, payee in ((nft.rebate, f"provider:{device.provider}"), (nft.team, TEAM)):
                    self.move(ESCROW, payee, total * k // MONTHS - total * (k - 1) // MONTHS)

    def do_challenge(self, event):
        by, name = self.administered(event)
        id_, obligation = label(event, "id"), text(event, "obligation")
        yield
        provider = self.provider(name)
        refuse_unless(by != "court", "the court does not challenge")
        refuse_unless(provider.has_unreleased_licence(), "nothing to challenge")
        refuse_unless(obligation.strip(), "no obligation")
        refuse_unless(id_ not in self.challenges, "id taken")
        self.challenges[id_] = [name, "open"]

    def do_verdict(self, event):
        by, id_, upheld = actor(event, "by"), label(event, "id"), field(event, "upheld")
        if not isinstance(upheld, bool):
            raise Malformed("`upheld` is true or false")
        burn = amount(event, "burn") if "burn" in event else 0
        compensate = event.get("compensate", {})
        if not isinstance(compensate, dict):
            raise Malformed("`compensate` is no object")
        compensate = {as_actor(user): as_amount(wei) for user, wei in compensate.items()}
        yield
        refuse_unless(by == "court", "only the court decides")
        refuse_unless(id_ in self.challenges, "unknown challenge")
        challenge = self.challenges[id_]
        refuse_unless(challenge[1] == "open", "decided")
        total = burn + sum(compensate.values())
        refuse_unless(all(":" in user for user in compensate), "no user")
        refuse_unless(upheld or not total, "dismissed, yet slashed")
        provider = self.providers[challenge[0]]
        refuse_unless(total <= provider.stake(), "more than the stake")
        challenge[1] = "decided"
        slash(provider.deposits, total)
        provider.deposits = [deposit for deposit in provider.deposits if deposit[1]]
        self.move(f"stake:{challenge[0]}", BURNED, burn)
        for user, wei in compensate.items():
            self.move(f"stake:{challenge[0]}", user, wei)

    def do_renounce(self, event):
        by = actor(event, "by")
        yield
        provider = self.own_provider(by)
        refuse_unless(provider.licence in ("granted", "suspended"), "no licence")
        provider.licence, provider.clock = "renouncing", self.now

    def do_release(self, event):
        by = actor(event, "by")
        yield
        provider, name = self.own_provider(by), by.removeprefix("provider:")
        refuse_unless(provider.licence in ("renouncing", "revoked"), "nothing to release")
        due = six_months_after(provider.clock)
        refuse_unless(due and self.now >= due, "too early")
        refuse_unless([name, "open"] not in self.challenges.values(), "challenged")
        for account, wei in provider.deposits:
            self.move(f"stake:{name}", account, wei)
        provider.deposits, provider.licence, provider.clock = [], "ended", None
        self.end_schedules_of(name)

    def do_quantity(self, event):
        by, type_ = actor(event, "by"), device_type(event)
        add = None if field(event, "add") == "unlimited" else whole(event, "add")
        yield
        refuse_unless(by == "token-holders", "no authority")
        if add is None or self.quantity[type_] is None:
            self.quantity[type_] = None
        else:
            self.quantity[type_] += add

    def take(self, event):
        """Applies one event, or raises and changes nothing."""
        do = text(event, "do")
        if do in ("policy", "open"):
            getattr(self, f"do_{do}")(event)
            return
        if not re.fullmatch("[a-z]+", do) or not hasattr(self, f"do_{do}"):
            raise Malformed(f"unknown `do` {do!r}")
        self.now = date(event)
        steps = getattr(self, f"do_{do}")(event)
        next(steps)  # the fields are read: from here on an event is refused, not malformed
        refuse_unless(self.now >= self.today, "the date falls back")
        next(steps, None)
        self.today = self.now

    def report(self):
        lines = [f"{name}\t{wei}" for name, wei in sorted(self.accounts.items())]
        conserved = sum(self.accounts.values()) == self.opened
        lines.append(f"conserved\t{'true' if conserved else 'false'}")
        return "\n".join(lines) + "\n"


def slash(deposits, total):
    """Pro rata to the deposits, floored, the remainder on the last one that can bear it."""
    stake = sum(wei for _, wei in deposits)
    shares = [total * wei // stake for _, wei in deposits]
    rest = total - sum(shares)
    for deposit, share in reversed(list(zip(deposits, shares))):
        more = min(rest, deposit[1] - share)
        rest -= more
        deposit[1] -= share + more


def royalty(event):
    bps = whole(event, "royalty_bps")
    if bps > 10_000:
        raise Malformed("`royalty_bps` is beyond 10000")
    return bps


def no_number(name):
    raise ValueError(f"{name} is no JSON")


def replay(lines, err):
    """The report, or the number of the malformed line."""
    economy = None
    for number, line in enumerate(lines, 1):
        try:
            try:
                event = json.loads(line, parse_constant=no_number)
            except ValueError as error:
                raise Malformed("no JSON") from error
            if not isinstance(event, dict):
                raise Malformed("no object")
            if economy is None:
                if text(event, "do") != "policy":
                    raise Malformed("the first line is `policy`")
                economy = Economy(royalty(event))
            else:
                economy.take(event)
        except Refused as reason:
            err.append(f"refused\t{number}\t{reason}")
        except Malformed as reason:
            err.append(f"line {number}: {reason}")
            return None
    if economy is None:
        err.append("line 1: the first line is `policy`")
        return None
    return economy.report()


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        body = file.read()
    lines = body.split("\n")
    if lines[-1] == "":
        lines.pop()
    err = []
    report = replay(lines, err)
    sys.stderr.write("".join(line + "\n" for line in err))
    if report is None:
        return 2
    sys.stdout.write(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
