"""Event streams whose answers are written by hand from DIP-4 and the event table, not by a program."""

import json
import re

# Refused or not is given by line number. Lines 1 to 6 of most streams are `ready`.


class Scenario:
    """A named stream and its answer; `accounts` are decimal $DIMO, None where only the exit counts."""

    def __init__(self, name, lines, accounts=None, refused=(), malformed=None, partly=False):
        self.name, self.refused, self.malformed, self.partly = name, list(refused), malformed, partly
        self.accounts = accounts
        self.body = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)

    def wrong(self, answer):
        """What is wrong with an answer, or nothing."""
        code, out, refused, err = answer
        if refused != self.refused:
            return f"refused {refused}, should be {self.refused}"
        if self.malformed is not None:
            last = err.strip().splitlines()[-1:] or [""]
            if code != 2 or out or str(self.malformed) not in re.findall(r"\d+", last[0])[:1]:
                return f"exit {code}, {out!r}, {err!r}; should end at line {self.malformed} with exit 2"
            return None
        if code != 0:
            return f"exit {code}: {err}"
        if self.partly:
            missing = [line for line in self.expected() if line not in out.splitlines()]
            return f"lacks {missing}" if missing else None
        expected = "".join(line + "\n" for line in self.expected())
        return None if out == expected else f"printed\n{out}should be\n{expected}"

    def expected(self):
        lines = [f"{name}\t{wei(self.accounts[name])}" for name in sorted(self.accounts)]
        return [*lines, "conserved\ttrue"]


def wei(dimo):
    whole, _, fraction = dimo.partition(".")
    return str(int(whole + fraction.ljust(18, "0")))


def on(at, do, **fields):
    return {"do": do, "at": at, **fields}


def policy(bps=0):
    return {"do": "policy", "royalty_bps": bps}


def opening(account, amount):
    return {"do": "open", "account": account, "amount": amount}


def ready(at="2023-01-01", type_="hub", bps=0, amount="100100"):
    """Lines 1 to 6: provider A is licensed, has staked and may build `m`."""
    return [
        policy(bps),
        opening("provider:A", amount),
        on(at, "apply", by="provider:A", kind="hardware"),
        on(at, "grant", by="integrations", provider="A"),
        on(at, "stake", by="provider:A", provider="A", amount="100000"),
        on(at, "approve", by="integrations", provider="A", model="m", type=type_),
    ]


def connected(at="2023-01-01", type_="hub", vehicle="v"):
    """Three lines more: the first NFT of the type is bought, bonded to device d and connected."""
    return [
        on(at, "buy", by="provider:A", type=type_, count=1),
        on(at, "bond", by="provider:A", nft=f"{type_}#1", device="d", model="m"),
        on(at, "connect", device="d", vehicle=vehicle),
    ]


def by(do, who, at, **fields):
    return on(at, do, by=who, provider="A", **fields)


# A hub costs 70: 49 are rebate, 10.5 the team's for sale 1, 10.5 the treasury's.
ONE_MONTH = {
    "escrow": "57.020833333333333334",
    "integrations": "0.4375",
    "provider:A": "32.041666666666666666",
    "stake:A": "100000",
    "treasury": "10.5",
}
ENDED_AFTER_ONE_MONTH = ONE_MONTH | {"escrow": "0", "treasury": "67.520833333333333334"}
NO_MONTH = {"escrow": "59.5", "provider:A": "30", "stake:A": "100000", "treasury": "10.5"}


def scenarios():
    yield from money()
    yield from licence_life()
    yield from devices()
    yield from authorities()
    yield from malformed_lines()


def money():
    closes = [on("2025-01-01", "close", month=f"{year}-{month:02}") for year in (2023, 2024) for month in range(1, 13)]
    yield Scenario(
        "twenty-four counted months pay the rebate and the team in full, a twenty-fifth pays nothing",
        [*ready(), *connected(), *closes, on("2025-02-01", "close", month="2025-01")],
        {"escrow": "0", "integrations": "10.5", "provider:A": "79", "stake:A": "100000", "treasury": "10.5"},
    )
    yield Scenario(
        "one counted month pays one twenty-fourth, floored",
        [*ready(), *connected(), on("2023-02-01", "close", month="2023-01")],
        ONE_MONTH,
    )
    yield Scenario(
        "the second sale of a type earns the team 0.999999 of the first",
        [*ready(amount="100140"), on("2023-01-01", "buy", by="provider:A", type="hub", count=2)],
        {"escrow": "118.9999895", "provider:A": "0", "stake:A": "100000", "treasury": "21.0000105"},
    )
    yield Scenario(
        "each type has its own curve and its own price",
        [policy(), opening("holder:F", "480")]
        + [
            on("2023-01-01", "buy", by="holder:F", type=type_, count=1)
            for type_ in ("software-only", "standard-dongle", "hub", "dash-camera", "fleet-device", "ai-device")
        ],
        {"escrow": "408", "holder:F": "0", "treasury": "72"},
    )
    yield Scenario(
        "a purchase is whole or refused",
        [
            policy(),
            opening("holder:F", "139.999999999999999999"),
            on("2023-01-01", "buy", by="holder:F", type="hub", count=2),
            on("2023-01-01", "buy", by="holder:F", type="hub", count=0),
            on("2023-01-01", "buy", by="holder:F", type="hub", count=1),
        ],
        {"escrow": "59.5", "holder:F": "69.999999999999999999", "treasury": "10.5"},
        refused=[3, 4],
    )
    yield Scenario(
        "a month closes once, and only when it is over",
        [
            *ready(),
            *connected(),
            on("2023-01-31", "close", month="2023-01"),
            on("2023-02-01", "close", month="2023-01"),
            on("2023-02-01", "close", month="2023-01"),
            on("2023-02-01", "close", month="2023-02"),
        ],
        ONE_MONTH,
        refused=[10, 12, 13],
    )
    yield Scenario(
        "a resale pays the royalty, floored, to the treasury and the rest to the seller, until the NFT is bonded",
        [
            *ready(bps=333, amount="100170"),
            opening("holder:F", "0.000000000000000303"),
            on("2023-01-01", "buy", by="provider:A", type="hub", count=2),
            on("2023-01-01", "resell", by="provider:A", to="holder:F", nft="hub#1", price="0.000000000000000101"),
            on("2023-01-01", "resell", by="provider:A", to="holder:F", nft="hub#1", price="0"),
            on("2023-01-01", "resell", by="provider:A", to="holder:F", nft="hub#2", price="0.000000000000000203"),
            on("2023-01-01", "resell", by="provider:A", to="holder:F", nft="hub#3", price="0"),
            on("2023-01-01", "bond", by="provider:A", nft="hub#2", device="d", model="m"),
            on("2023-01-01", "resell", by="provider:A", to="holder:F", nft="hub#2", price="0"),
            on("2023-01-01", "bond", by="provider:A", nft="hub#1", device="e", model="m"),
            on("2023-01-01", "resell", by="holder:F", to="provider:A", nft="hub#1", price="0"),
            on("2023-01-01", "bond", by="provider:A", nft="hub#1", device="e", model="m"),
        ],
        {
            "escrow": "118.9999895",
            "holder:F": "0.000000000000000202",
            "provider:A": "30.000000000000000098",
            "stake:A": "100000",
            "treasury": "21.000010500000000003",
        },
        refused=[10, 11, 12, 14, 15],
    )
    yield Scenario(
        "supply holds until the token holders raise or lift it",
        [
            policy(),
            opening("holder:F", "2100140"),
            on("2023-01-01", "buy", by="holder:F", type="hub", count=30001),
            on("2023-01-01", "quantity", by="integrations", type="hub", add=1),
            on("2023-01-01", "buy", by="holder:F", type="hub", count=30001),
            on("2023-01-01", "quantity", by="token-holders", type="hub", add=1),
            on("2023-01-01", "buy", by="holder:F", type="hub", count=30001),
            on("2023-01-01", "buy", by="holder:F", type="hub", count=1),
            on("2023-01-01", "quantity", by="token-holders", type="hub", add="unlimited"),
            on("2023-01-01", "quantity", by="token-holders", type="hub", add=0),
            on("2023-01-01", "buy", by="holder:F", type="hub", count=1),
        ],
        {"holder:F": "0"},
        refused=[3, 4, 5, 8],
        partly=True,
    )
    yield Scenario(
        "an opening of nothing touches its account, and nothing is opened for a body without one",
        [policy(), opening("holder:F", "0"), opening("integrations", "5"), opening("court", "5")],
        {"holder:F": "0"},
        refused=[3, 4],
    )


def licence_life():
    yield Scenario(
        "a suspension pauses the schedule, reinstatement resumes it",
        [
            *ready(),
            *connected(),
            on("2023-02-01", "close", month="2023-01"),
            by("suspend", "integrations", "2023-02-02"),
            by("suspend", "integrations", "2023-02-02"),
            on("2023-03-01", "close", month="2023-02"),
            by("reinstate", "token-holders", "2023-03-01"),
            by("reinstate", "token-holders", "2023-03-01"),
            on("2023-04-01", "close", month="2023-03"),
        ],
        ONE_MONTH
        | {"escrow": "54.541666666666666667", "integrations": "0.875", "provider:A": "34.083333333333333333"},
        refused=[12, 15],
    )
    yield Scenario(
        "a raised requirement pauses until a financing partner tops the stake up",
        [
            *ready(),
            *connected(),
            opening("holder:F", "1"),
            by("raise", "integrations", "2023-01-02", amount="99999.999999999999999999"),
            by("raise", "integrations", "2023-01-02", amount="100001"),
            on("2023-02-01", "close", month="2023-01"),
            by("stake", "holder:F", "2023-02-02", amount="0.999999999999999999"),
            on("2023-03-01", "close", month="2023-02"),
            by("stake", "holder:F", "2023-03-02", amount="0.000000000000000001"),
            on("2023-04-01", "close", month="2023-03"),
        ],
        ONE_MONTH | {"holder:F": "0", "stake:A": "100001"},
        refused=[11],
    )
    two = [*ready(), opening("holder:F", "50000"), by("stake", "holder:F", "2023-01-01", amount="50000")]
    leave = [on("2023-03-01", "renounce", by="provider:A"), on("2023-09-01", "release", by="provider:A")]
    yield Scenario(
        "a slash of two wei takes one of each of two deposits: the floor and the remainder",
        [
            *two,
            by("challenge", "holder:F", "2023-01-02", id="c", obligation="false data"),
            on(
                "2023-01-03",
                "verdict",
                by="court",
                id="c",
                upheld=True,
                burn="0.000000000000000001",
                compensate={"holder:u": "0.000000000000000001"},
            ),
            *leave,
        ],
        {
            "burned": "0.000000000000000001",
            "holder:F": "49999.999999999999999999",
            "holder:u": "0.000000000000000001",
            "provider:A": "100099.999999999999999999",
            "stake:A": "0",
        },
    )
    yield Scenario(
        "a slash of all but one wei: what the last deposits cannot bear falls on those before",
        [
            *ready(),
            opening("holder:F", "0.000000000000000001"),
            opening("holder:G", "0.000000000000000001"),
            by("stake", "holder:F", "2023-01-01", amount="0.000000000000000001"),
            by("stake", "holder:G", "2023-01-01", amount="0.000000000000000001"),
            by("challenge", "holder:F", "2023-01-02", id="c", obligation="false data"),
            on("2023-01-03", "verdict", by="court", id="c", upheld=True, burn="100000.000000000000000003"),
            on("2023-01-03", "verdict", by="court", id="c", upheld=True, burn="100000.000000000000000001"),
            *leave,
        ],
        {
            "burned": "100000.000000000000000001",
            "holder:F": "0",
            "holder:G": "0",
            "provider:A": "100.000000000000000001",
            "stake:A": "0",
        },
        refused=[12],
    )
    yield Scenario(
        "deposits are slashed one by one, the remainder on the last, also when its depositor came first",
        [
            *ready(),
            opening("holder:F", "0.000000000000000001"),
            by("stake", "holder:F", "2023-01-01", amount="0.000000000000000001"),
            by("stake", "provider:A", "2023-01-01", amount="0.000000000000000001"),
            by("challenge", "holder:F", "2023-01-02", id="c", obligation="false data"),
            on("2023-01-03", "verdict", by="court", id="c", upheld=True, burn="0.000000000000000001"),
            *leave,
        ],
        {
            "burned": "0.000000000000000001",
            "holder:F": "0.000000000000000001",
            "provider:A": "100099.999999999999999999",
            "stake:A": "0",
        },
    )
    yield Scenario(
        "a revocation inside a renunciation starts the six months anew",
        [
            *ready(),
            on("2023-02-01", "renounce", by="provider:A"),
            by("revoke", "integrations", "2023-03-01"),
            on("2023-08-01", "release", by="provider:A"),
            on("2023-08-31", "release", by="provider:A"),
            on("2023-09-01", "release", by="provider:A"),
        ],
        {"provider:A": "100100", "stake:A": "0"},
        refused=[9, 10],
    )
    yield Scenario(
        "a new licence asks for the minimum again, and finds stake and models where they were",
        [
            *ready(),
            by("raise", "integrations", "2023-01-01", amount="200000"),
            by("revoke", "integrations", "2023-01-01"),
            on("2023-01-02", "apply", by="provider:A", kind="hardware"),
            by("grant", "integrations", "2023-01-02"),
            on("2023-07-01", "release", by="provider:A"),
            *connected("2023-07-01"),
            on("2023-08-01", "close", month="2023-07"),
        ],
        ONE_MONTH,
        refused=[11],
    )
    yield Scenario(
        "a challenge is decided once, and a dismissed one takes nothing",
        [
            *two,
            by("challenge", "token-holders", "2023-01-02", id="c", obligation="x"),
            by("challenge", "token-holders", "2023-01-02", id="c", obligation="x"),
            on("2023-01-03", "verdict", by="court", id="c", upheld=False, burn="1"),
            on("2023-01-03", "verdict", by="court", id="c", upheld=False, burn="0", compensate={}),
            on("2023-01-03", "verdict", by="court", id="c", upheld=True, burn="1"),
            on("2023-01-03", "verdict", by="court", id="ghost", upheld=True, burn="1"),
        ],
        {"holder:F": "0", "provider:A": "100", "stake:A": "150000"},
        refused=[10, 11, 13, 14],
    )
    for name, start, early, due in (
        ("31 August to 29 February in a leap year", "2023-08-31", "2024-02-28", "2024-02-29"),
        ("31 August to 28 February otherwise", "2022-08-31", "2023-02-27", "2023-02-28"),
        ("28 February to 28 August, not to its end", "2023-02-28", "2023-08-27", "2023-08-28"),
        ("30 November to 30 May", "2023-11-30", "2024-05-29", "2024-05-30"),
    ):
        yield Scenario(
            f"six calendar months are {name}",
            [
                *ready(at=start),
                on(start, "renounce", by="provider:A"),
                on(early, "release", by="provider:A"),
                on(due, "release", by="provider:A"),
                on(due, "release", by="provider:A"),
            ],
            {"provider:A": "100100", "stake:A": "0"},
            refused=[8, 10],
        )
    yield Scenario(
        "a renunciation pauses at once, its completion ends the schedule, and what it bars is refused",
        [
            *ready(),
            *connected(),
            on("2023-02-01", "close", month="2023-01"),
            on("2023-02-01", "renounce", by="provider:A"),
            on("2023-03-01", "close", month="2023-02"),
            by("stake", "provider:A", "2023-03-01", amount="1"),
            by("raise", "integrations", "2023-03-01", amount="100001"),
            by("approve", "integrations", "2023-03-01", model="n", type="hub"),
            on("2023-03-01", "apply", by="provider:A", kind="hardware"),
            by("suspend", "integrations", "2023-03-01"),
            by("grant", "integrations", "2023-03-01"),
            on("2023-08-01", "release", by="provider:A"),
            by("challenge", "holder:F", "2023-08-01", id="c", obligation="x"),
        ],
        {
            "escrow": "0",
            "integrations": "0.4375",
            "provider:A": "100032.041666666666666666",
            "stake:A": "0",
            "treasury": "67.520833333333333334",
        },
        refused=[13, 14, 15, 16, 17, 18, 20],
    )
    yield Scenario(
        "a challenge inside the six months stops the release until its verdict",
        [
            *ready(),
            on("2023-01-31", "renounce", by="provider:A"),
            by("challenge", "integrations", "2023-05-01", id="c", obligation="no support"),
            on("2023-07-31", "release", by="provider:A"),
            on("2023-08-01", "verdict", by="court", id="c", upheld=True, burn="1"),
            on("2023-08-01", "release", by="provider:A"),
        ],
        {"burned": "1", "provider:A": "100099", "stake:A": "0"},
        refused=[9],
    )
    yield Scenario(
        "a revocation ends the schedules and keeps the stake for six months",
        [
            *ready(),
            *connected(),
            on("2023-02-01", "close", month="2023-01"),
            by("revoke", "integrations", "2023-02-03"),
            by("revoke", "integrations", "2023-02-03"),
            on("2023-03-01", "close", month="2023-02"),
            on("2023-08-02", "release", by="provider:A"),
        ],
        ENDED_AFTER_ONE_MONTH,
        refused=[12, 14],
    )
    yield Scenario(
        "a grant decides a first application, once",
        [
            policy(),
            opening("provider:A", "100000"),
            by("grant", "integrations", "2023-01-01"),
            on("2023-01-01", "apply", by="provider:A", kind="software"),
            on("2023-01-01", "apply", by="provider:A", kind="hardware"),
            by("stake", "provider:A", "2023-01-01", amount="1"),
            by("grant", "token-holders", "2023-01-01"),
            by("grant", "integrations", "2023-01-01"),
            on("2023-01-02", "apply", by="provider:A", kind="hardware"),
            by("revoke", "token-holders", "2023-01-03"),
            by("grant", "integrations", "2023-01-03"),
            on("2023-01-04", "apply", by="provider:A", kind="hardware"),
            by("grant", "integrations", "2023-01-04"),
            by("stake", "provider:A", "2023-01-05", amount="100000"),
        ],
        {"provider:A": "0", "stake:A": "100000"},
        refused=[3, 6, 8, 11],
    )
    yield Scenario(
        "a date that falls back is refused, and a refused line does not move the clock",
        [
            policy(),
            opening("provider:A", "1"),
            on("2023-05-05", "apply", by="provider:A", kind="hardware"),
            on("2023-05-04", "apply", by="provider:A", kind="hardware"),
            by("grant", "court", "2024-01-01"),
            by("grant", "integrations", "2023-05-05"),
            by("stake", "provider:A", "2023-05-05", amount="1"),
            policy(),
        ],
        {"provider:A": "0", "stake:A": "1"},
        refused=[4, 5, 8],
    )


def devices():
    ban = on("2023-02-02", "ban", by="integrations", device="d")
    yield Scenario(
        "a ban ends the schedule, bars the device and happens once",
        [
            *ready(),
            *connected(),
            on("2023-02-01", "close", month="2023-01"),
            ban | {"by": "court"},
            ban | {"device": "ghost"},
            ban,
            ban,
            on("2023-02-02", "connect", device="d", vehicle="v"),
            on("2023-02-02", "disconnect", device="d"),
            on("2023-03-01", "close", month="2023-02"),
        ],
        ENDED_AFTER_ONE_MONTH,
        refused=[11, 12, 14, 15, 16],
    )
    yield Scenario(
        "a disconnected device pauses, and a hardware device goes on in another vehicle",
        [
            *ready(),
            *connected(),
            on("2023-01-02", "disconnect", device="d"),
            on("2023-02-01", "close", month="2023-01"),
            on("2023-02-02", "connect", device="d", vehicle="w"),
            on("2023-02-03", "connect", device="d", vehicle=7),
            on("2023-03-01", "close", month="2023-02"),
        ],
        ONE_MONTH,
    )
    yield Scenario(
        "a software connection never moves: another vehicle needs a new NFT",
        [
            *ready(type_="software-only"),
            *connected(type_="software-only", vehicle="v"),
            on("2023-01-02", "connect", device="d", vehicle="w"),
            on("2023-01-02", "connect", device="d", vehicle="v"),
            on("2023-01-02", "disconnect", device="d"),
            on("2023-01-02", "connect", device="d", vehicle="w"),
            on("2023-01-02", "connect", device="d", vehicle="v"),
            on("2023-02-01", "close", month="2023-01"),
        ],
        {
            "escrow": "8.145833333333333334",
            "integrations": "0.0625",
            "provider:A": "90.291666666666666666",
            "stake:A": "100000",
            "treasury": "1.5",
        },
        refused=[10, 13],
    )
    bond = on("2023-01-01", "bond", by="provider:A", nft="hub#1", device="d", model="m")
    yield Scenario(
        "bonding asks for ownership, good standing, a fresh device and an approved model of the type",
        [
            *ready(amount="100210"),
            opening("provider:B", "1"),
            on("2023-01-01", "buy", by="provider:A", type="hub", count=3),
            on("2023-01-01", "approve", by="integrations", provider="A", model="m", type="ai-device"),
            on("2023-01-01", "approve", by="integrations", provider="A", model="x", type="ai-device"),
            bond | {"model": "x"},
            bond | {"model": "ghost"},
            bond | {"nft": "hub#4"},
            bond | {"nft": "hub"},
            bond | {"by": "provider:B"},
            bond | {"by": "integrations"},
            by("raise", "integrations", "2023-01-01", amount="100000.000000000000000001"),
            bond,
            by("raise", "integrations", "2023-01-01", amount="100000"),
            bond,
            bond | {"nft": "hub#2"},
            bond | {"device": "e"},
            on("2023-01-01", "connect", device="e", vehicle="v"),
        ],
        {"escrow": "178.4999685000105", "provider:A": "0", "provider:B": "1", "stake:A": "100000", "treasury": "31.5000314999895"},
        refused=[9, 11, 12, 13, 14, 15, 16, 18, 21, 22, 23],
    )
    yield Scenario(
        "a device of a provider without good standing connects, and is paid nothing",
        [
            *ready(),
            *connected()[:2],
            by("suspend", "integrations", "2023-01-01"),
            connected()[2],
            on("2023-02-01", "close", month="2023-01"),
        ],
        NO_MONTH,
    )


def authorities():
    day = "2023-01-02"
    events = [
        on(day, "apply", by="provider:B", kind="hardware"),
        by("grant", "integrations", day) | {"provider": "B"},
        by("suspend", "integrations", day),
        by("reinstate", "integrations", day),
        by("raise", "integrations", day, amount="100000"),
        by("approve", "integrations", day, model="n", type="hub"),
        on(day, "quantity", by="token-holders", type="hub", add=1),
        by("challenge", "holder:F", day, id="c", obligation="x"),
        on(day, "verdict", by="court", id="c", upheld=False),
        by("stake", "provider:A", day, amount="0"),
        on(day, "buy", by="provider:A", type="hub", count=1),
        on(day, "bond", by="provider:A", nft="hub#1", device="d", model="m"),
        on(day, "ban", by="integrations", device="d"),
        by("revoke", "integrations", day),
    ]
    providers = ("provider:A", "provider:B")
    administrators = ("integrations", "token-holders")
    bodies = ("integrations", "court", "token-holders")
    may_not = {
        "apply": (*bodies, "holder:F"),
        "grant": (*providers, "holder:F", "court"),
        "suspend": (*providers, "holder:F", "court"),
        "reinstate": (*providers, "holder:F", "court"),
        "raise": (*providers, "holder:F", "court"),
        "approve": (*providers, "holder:F", "court"),
        "ban": (*providers, "holder:F", "court"),
        "revoke": (*providers, "holder:F", "court"),
        "quantity": (*providers, "holder:F", "court", "integrations"),
        "challenge": ("court",),
        "verdict": (*providers, "holder:F", *administrators),
        "stake": ("court", "token-holders"),
        "buy": ("court", "token-holders"),
        "bond": (*bodies, "holder:F", "provider:B"),
    }
    lines, refused = [*ready(), opening("holder:F", "7")], []
    for event in events:
        for body in may_not[event["do"]]:
            lines.append(event | {"by": body})
            refused.append(len(lines))
        lines.append(event)
    accounts = {"escrow": "0", "holder:F": "7", "provider:A": "30", "stake:A": "100000", "treasury": "70"}
    yield Scenario("what an authority may not do is refused and changes nothing", lines, accounts, refused)
    lines = ready()
    lines.append(on(day, "renounce", by="provider:A"))
    for do, body in [(do, body) for do in ("renounce", "release") for body in (*bodies, "holder:F", "provider:B")]:
        lines.append(on("2024-01-01", do, by=body))
    yield Scenario(
        "only the provider itself renounces and takes its stake back",
        lines,
        {"provider:A": "100", "stake:A": "100000"},
        refused=range(8, 18),
    )
    lines, day = ready(), "2023-01-02"
    ghosts = [
        *(by(do, "integrations", day) | {"provider": "ghost"} for do in ("grant", "suspend", "reinstate", "revoke")),
        by("stake", "provider:A", day, amount="1") | {"provider": "ghost"},
        by("raise", "integrations", day, amount="100000") | {"provider": "ghost"},
        by("approve", "integrations", day, model="n", type="hub") | {"provider": "ghost"},
        by("challenge", "holder:F", day, id="c", obligation="x") | {"provider": "ghost"},
        on(day, "resell", by="provider:A", to="provider:A", nft="hub#1", price="1"),
        on(day, "resell", by="provider:A", to="provider:A", nft="no NFT at all", price="1"),
        on(day, "bond", by="provider:A", nft="hub#1", device="d", model="m"),
        on(day, "connect", device="ghost", vehicle="v"),
        on(day, "disconnect", device="ghost"),
        on(day, "ban", by="integrations", device="ghost"),
        on(day, "verdict", by="court", id="ghost", upheld=True, burn="0"),
        on(day, "renounce", by="provider:ghost"),
        on(day, "release", by="provider:ghost"),
    ]
    yield Scenario(
        "an unknown provider, NFT, device or challenge is refused",
        lines + ghosts,
        {"provider:A": "100", "stake:A": "100000"},
        refused=range(7, 7 + len(ghosts)),
    )


def malformed_lines():
    day = "2023-01-01"
    buy = on(day, "buy", by="provider:A", type="hub", count=1)
    stake = on(day, "stake", by="provider:A", provider="A", amount="1")
    whole = [
        opening("provider:A", "1"),
        on(day, "apply", by="provider:A", kind="hardware"),
        *(on(day, do, by="integrations", provider="A") for do in ("grant", "suspend", "reinstate", "revoke")),
        stake,
        on(day, "raise", by="integrations", provider="A", amount="100000"),
        on(day, "approve", by="integrations", provider="A", model="m", type="hub"),
        on(day, "ban", by="integrations", device="d"),
        buy,
        on(day, "resell", by="provider:A", to="holder:F", nft="hub#1", price="1"),
        on(day, "bond", by="provider:A", nft="hub#1", device="d", model="m"),
        on(day, "connect", device="d", vehicle="v"),
        on(day, "disconnect", device="d"),
        on(day, "close", month="2022-12"),
        on(day, "challenge", by="holder:F", id="c", provider="A", obligation="x"),
        {"do": "verdict", "at": day, "by": "court", "id": "c", "upheld": True},
        on(day, "renounce", by="provider:A"),
        on(day, "release", by="provider:A"),
        on(day, "quantity", by="token-holders", type="hub", add=1),
    ]
    bad = []
    for event in whole:
        for name in event:
            fewer = {key: value for key, value in event.items() if key != name}
            bad.append((f"`{event['do']}` without `{name}`", fewer))
            bad.append((f"`{event['do']}` with a list for `{name}`", event | {name: []}))
    for amount in ("-1", "", "1.", ".5", "1.0000000000000000001", "1e3", "+1", " 1", "1_0", "x", 5, 5.5, None, "٣"):
        bad.append((f"an amount {amount!r}", stake | {"amount": amount}))
        bad.append((f"an opening amount {amount!r}", opening("provider:A", amount)))
    verdict = {"do": "verdict", "at": day, "by": "court", "id": "c", "upheld": True}
    bad += [
        ("burn of a negative amount", verdict | {"burn": "-1"}),
        ("a compensation of a negative amount", verdict | {"compensate": {"holder:F": "-1"}}),
        ("a compensation of nobody", verdict | {"compensate": {"F": "1"}}),
        ("`upheld` in words", verdict | {"upheld": "true"}),
        ("a negative count", buy | {"count": -1}),
        ("a fractional count", buy | {"count": 1.5}),
        ("an unknown type", buy | {"type": "toaster"}),
        ("an unknown kind", on(day, "apply", by="provider:A", kind="firmware")),
        ("an unknown `do`", on(day, "celebrate", by="provider:A")),
        ("an actor without a name", buy | {"by": "holder:"}),
        ("a bare name as the actor", buy | {"by": "A"}),
        ("an addition in words", on(day, "quantity", by="token-holders", type="hub", add="lots")),
        ("a negative addition", on(day, "quantity", by="token-holders", type="hub", add=-1)),
        ("a blank line", ""),
        ("no JSON", "{"),
        ("a list", "[]"),
        ("text after the object", json.dumps(buy) + " x"),
        ("a royalty beyond all", policy(10_001)),
        ("a negative royalty", policy(-1)),
        ("a fractional royalty", policy(0.5)),
    ]
    for text in ("2023-02-29", "2023-13-01", "2023-1-1", "01-01-2023", "2023-01-01T00:00", "2023-00-10", "tomorrow"):
        bad.append((f"a date {text!r}", buy | {"at": text}))
    for text in ("2023-13", "2023-1", "2023", "2023-01-01", "January"):
        bad.append((f"a month {text!r}", on(day, "close", month=text)))
    for name, line in bad:
        yield Scenario(f"{name} is malformed", [policy(), buy, line, "never read"], refused=[2], malformed=3)
    yield Scenario("a stream that does not begin with its policy is malformed", [buy, policy()], malformed=1)
    yield Scenario("a royalty of text is malformed", [policy("5")], malformed=1)
    yield Scenario("an empty stream is malformed", [], malformed=1)
