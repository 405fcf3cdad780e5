"""Seeded random event streams: mostly plausible, some refused, amounts with odd wei."""

import datetime
import json
import random

import economy_model

TYPES = ["software-only", "standard-dongle", "hub", "dash-camera", "fleet-device", "ai-device"]
WEI = 10**18


def decimal(wei):
    """Wei as a decimal $DIMO text."""
    fraction = f"{wei % WEI:018}".rstrip("0")
    return f"{wei // WEI}.{fraction}" if fraction else str(wei // WEI)


class Writer:
    """Keeps a rough memory of what exists, and drops most events that the model would refuse."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.names = ["A", "B", "Ceres"][: self.random.choice([1, 2, 3, 3])]
        self.holders = ["holder:x", "holder:y", "holder:z"]
        self.bps = self.random.choice([0, 1, 250, 333, 10_000])
        self.day = datetime.date(2023, 1, 1) + datetime.timedelta(self.random.randrange(800))
        self.month = (self.day.year, self.day.month)
        self.devices, self.models, self.challenges = [], {}, []
        self.events = [{"do": "policy", "royalty_bps": self.bps}]
        self.economy = economy_model.Economy(self.bps)
        self.refusals = self.pick([0.03, 0.1, 0.1, 0.4])

    # choices

    def chance(self, p):
        return self.random.random() < p

    def pick(self, values, otherwise="ghost"):
        values = list(values)
        return self.random.choice(values) if values else otherwise

    def wild(self, usual, p=0.04):
        """The usual actor, now and then any other."""
        if self.chance(p):
            return self.pick(self.actors())
        return usual

    def actors(self):
        providers = [f"provider:{name}" for name in self.names]
        return [*providers, *self.holders, "provider:ghost", "integrations", "court", "token-holders"]

    def name(self):
        return "ghost" if self.chance(0.02) else self.pick(self.names)

    def authority(self):
        return self.wild(self.pick(["integrations", "integrations", "token-holders"]))

    def odd(self, whole):
        """About `whole` $DIMO, most often with odd wei."""
        kind = self.random.randrange(4)
        if kind == 0:
            return decimal(whole * WEI)
        if kind == 1:
            return decimal(whole * WEI + self.random.randrange(WEI))
        if kind == 2:
            return decimal(whole * WEI + self.random.randrange(10))
        return decimal(self.random.randrange(whole * WEI + 2))

    def add(self, do, **fields):
        at = self.day - datetime.timedelta(9) if self.chance(0.01) else self.day
        if do != "open":
            fields["at"] = at.isoformat()
        event = {"do": do, **fields}
        try:
            self.economy.take(event)
        except economy_model.Refused:
            if not self.chance(self.refusals):
                return
        self.events.append(event)

    # the life of a provider

    def open(self):
        account = self.pick(self.actors() if self.chance(0.03) else self.actors()[:-4])
        self.add("open", account=account, amount=self.odd(self.pick([0, 7, 1000, 250_000])))

    def apply(self):
        name = self.name()
        self.add("apply", by=self.wild(f"provider:{name}"), kind=self.pick(["hardware", "software"]))

    def grant(self):
        name = self.name()
        if self.chance(0.7):
            self.add("apply", by=f"provider:{name}", kind="hardware")
        self.add("grant", by=self.authority(), provider=name)

    def stake(self):
        name = self.name()
        by = self.wild(self.pick([f"provider:{name}", f"provider:{name}", *self.holders]))
        whole = self.pick([0, 1, 1000, 60_000, 100_000, 100_000])
        self.add("stake", by=by, provider=name, amount=self.odd(whole))

    def restake(self):
        name = self.name()
        self.add("stake", by=f"provider:{name}", provider=name, amount="100000")

    def raise_(self):
        whole = self.pick([99_999, 100_000, 100_000, 100_001, 120_000])
        self.add("raise", by=self.authority(), provider=self.name(), amount=self.odd(whole))

    def approve(self):
        name = self.name()
        type_ = self.pick(TYPES)
        model = f"m-{type_}" if self.chance(0.9) else "m"
        self.models[name, type_] = model
        self.add("approve", by=self.authority(), provider=name, model=model, type=type_)

    def suspend(self):
        name = self.name()
        self.add("suspend", by=self.authority(), provider=name)
        if self.chance(0.7):
            self.advance()
            self.add("reinstate", by=self.authority(), provider=name)

    def reinstate(self):
        self.add("reinstate", by=self.authority(), provider=self.name())

    def revoke(self):
        name = self.name()
        self.add("revoke", by=self.authority(), provider=name)

    def renounce(self):
        name = self.name()
        self.add("renounce", by=self.wild(f"provider:{name}"))

    def release(self):
        name = self.name()
        if self.chance(0.4):
            self.day += datetime.timedelta(self.pick([178, 180, 181, 182, 183, 184, 185]))
        self.add("release", by=self.wild(f"provider:{name}"))
        if self.chance(0.4):
            self.day += datetime.timedelta(1)
            self.add("release", by=f"provider:{name}")

    # challenges

    def challenge(self):
        id_ = f"c{len(self.challenges)}" if self.chance(0.93) else "c0"
        self.challenges.append(id_)
        by = self.pick(self.actors())
        self.add("challenge", by=by, id=id_, provider=self.name(), obligation=self.pick(["false data"] * 9 + [""]))

    def verdict(self):
        id_ = self.pick(self.challenges[-4:])
        event = {"by": self.wild("court"), "id": id_, "upheld": self.chance(0.7)}
        whole = self.pick([0, 3, 500, 20_000, 50_000, 100_001])
        if event["upheld"] or self.chance(0.15):
            if self.chance(0.7):
                event["burn"] = self.odd(whole)
            if self.chance(0.6):
                users = [*self.holders, f"provider:{self.pick(self.names)}", *(["integrations"] if self.chance(0.1) else [])]
                chosen = self.random.sample(users, self.random.randrange(1, 3))
                event["compensate"] = {user: self.odd(whole) for user in chosen}
        self.add("verdict", **event)

    # devices

    def buy(self):
        type_ = self.pick(TYPES)
        by = self.pick([*(f"provider:{name}" for name in self.names)] * 3 + self.holders + self.actors()[-3:])
        count = self.pick([1, 1, 2, 2, 5, 5, 13, 0, 30_001])
        self.add("buy", by=by, type=type_, count=count)

    def resell(self):
        nft = self.pick(self.economy.nfts, "hub#0") if self.chance(0.97) else self.pick(["hub#01", "hub", "hub#0", "#1", "x#1", "hub#+1", "hub# 1"])
        to = self.pick(self.actors())
        owner = self.economy.nfts[nft].owner if nft in self.economy.nfts else "holder:x"
        self.add("resell", by=self.wild(owner), to=to, nft=nft, price=self.odd(self.pick([0, 1, 60, 9000])))

    def bond(self):
        standing = {f"provider:{name}" for name, it in self.economy.providers.items() if it.in_good_standing()}
        nfts = {id_: nft.owner for id_, nft in self.economy.nfts.items() if not nft.bonded or self.chance(0.1)}
        nft = self.pick([id_ for id_, owner in nfts.items() if owner in standing or self.chance(0.1)], "hub#1")
        owner = self.wild(nfts.get(nft, "provider:A"), 0.03)
        name, type_ = owner.removeprefix("provider:"), nft.split("#")[0]
        device = f"d{len(self.devices)}" if self.chance(0.95) else self.pick(self.devices)
        if (name, type_) not in self.models and self.chance(0.9):
            self.models[name, type_] = f"m-{type_}"
            self.add("approve", by="integrations", provider=name, model=f"m-{type_}", type=type_)
        model = self.models.get((name, type_), "m") if self.chance(0.96) else "m"
        self.add("bond", by=owner, nft=nft, device=device, model=model)
        self.devices.append(device)
        if self.chance(0.8):
            self.add("connect", device=device, vehicle=self.random.randrange(6))

    def connect(self):
        live = [name for name, device in self.economy.devices.items() if not device.connected or self.chance(0.2)]
        self.add("connect", device=self.pick(live), vehicle=self.pick([0, 1, 2, "1", "v"]))

    def disconnect(self):
        live = [name for name, device in self.economy.devices.items() if device.connected or self.chance(0.2)]
        self.add("disconnect", device=self.pick(live))

    def ban(self):
        self.add("ban", by=self.authority(), device=self.pick(self.devices))

    def quantity(self):
        usual = self.wild("token-holders", 0.2)
        self.add("quantity", by=usual, type=self.pick(TYPES), add=self.pick([0, 1, 30_000, "unlimited"]))

    # time

    def advance(self):
        self.day += datetime.timedelta(self.pick([0, 0, 1, 3, 10, 28]))

    def close(self):
        """Closes the months that are over, most of the time in order."""
        if self.chance(0.1):
            year, month = self.pick([self.month, (self.day.year, self.day.month), (2022, 12)])
            self.add("close", month=f"{year}-{month:02}")
            return
        for _ in range(self.pick([1, 1, 2, 3, 12])):
            year, month = self.month
            self.month = (year + month // 12, month % 12 + 1)
            first = datetime.date(*self.month, 1)
            self.day = max(self.day, first)
            self.add("close", month=f"{year}-{month:02}")

    def stream(self, length):
        for account in [*(f"provider:{name}" for name in self.names), *self.holders]:
            self.add("open", account=account, amount=self.odd(900_000))
        for name in self.names:
            if self.chance(0.9):
                self.add("apply", by=f"provider:{name}", kind=self.pick(["hardware", "software"]))
                self.add("grant", by="integrations", provider=name)
                if self.chance(0.9):
                    self.add("stake", by=self.pick([f"provider:{name}", "holder:x"]), provider=name, amount="100000")
        calm = self.chance(0.5)
        rare = 1 if calm else 4
        often = [self.buy] * 8 + [self.bond] * 16 + [self.connect] * 9 + [self.disconnect] * 5 + [self.close] * 12
        often += [self.advance] * 14 + [self.resell] * 6 + [self.approve] * 4 + [self.stake] * 3 + [self.restake] * 3
        often += [self.challenge] * 3 + [self.verdict] * 4 + [self.grant] * 4 + [self.open] * 2
        seldom = [self.suspend, self.reinstate, self.revoke, self.renounce, self.release, self.ban]
        seldom += [self.raise_, self.apply, self.quantity, self.release]
        acts = often + seldom * rare
        for _ in range(length * 4):
            if len(self.events) >= length:
                break
            self.pick(acts)()
        return [json.dumps(event) for event in self.events]


def stream(seed):
    """The lines of the stream of one seed."""
    writer = Writer(seed)
    return writer.stream(writer.random.choice([60, 250, 400]))
