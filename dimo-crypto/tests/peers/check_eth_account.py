"""eth-account and our `eth_peer` in one run: addresses, EIP-191, the messages of registry and pairing, and typed data of random
shape must have the same digests and signatures, and what either refuses must be what the documentation says."""
import json
import random
import subprocess
import sys

from eth_account import Account
from eth_account._utils.encode_typed_data import hash_domain
from eth_account._utils.encode_typed_data.encoding_and_hashing import hash_struct
from eth_account.messages import _hash_eip191_message, encode_defunct, encode_typed_data
from eth_utils import keccak, to_checksum_address

TYPED, REFUSED, OTHERS = 4000, 1000, 300


class Ours:
    """The program."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *words):
        """The result, or `None` and the reason."""
        self.process.stdin.write(" ".join(str(word) for word in words) + "\n")
        self.process.stdin.flush()
        status, _, rest = self.process.stdout.readline().rstrip("\n").partition(" ")
        assert status in ("ok", "error"), f"no answer to {words}"
        return (rest, None) if status == "ok" else (None, rest)

    def result(self, *words):
        result, reason = self.ask(*words)
        assert reason is None, f"{words}: {reason}"
        return result


def hexed(text):
    return (text if isinstance(text, bytes) else text.encode()).hex()


def signable_hash(signable):
    return bytes(_hash_eip191_message(signable))


def signed(key, digest):
    """Digest and signature as our side prints them."""
    signature = Account.unsafe_sign_hash(digest, key).signature
    return f"0x{digest.hex()} 0x{bytes(signature).hex()}"


class Random(random.Random):
    """Random things of the kinds that are compared."""

    def key(self):
        return self.choice([bytes(31) + b"\x01", self.randbytes(31) + b"\x01"])

    def address(self):
        address = "0x" + self.randbytes(20).hex()
        return self.choice([address, to_checksum_address(address)])

    def number(self, bits):
        """Often at the ends of a range."""
        ends = [0, 1, 2**bits - 1, 2 ** (bits - 1), 2 ** (bits - 1) - 1, 2 ** self.randrange(bits)]
        return self.choice([*ends, self.getrandbits(bits), self.getrandbits(self.randrange(bits) + 1)]) % 2**bits

    def text(self):
        alphabet = 'abc XYZ"\\/\n\t\x00\x7fäß€漢😀'
        return "".join(self.choices(alphabet, k=self.choice([0, 1, 5, 31, 32, 33, 135, 136, 300])))

    def integer_spelled(self, value):
        """As JSON writes it: a number, a decimal text or a hexadecimal one."""
        spellings = [value, str(value)]
        if value >= 0:
            spellings += [hex(value), "0x" + hex(value)[2:].upper(), "0x0" + hex(value)[2:]]
        return self.choice(spellings)


class Shapes:
    """Types of one message, every one of them needed: eth-account finds out by itself which is the first."""

    def __init__(self, rng):
        self.rng = rng
        self.types = {}

    def struct(self, depth):
        """Defines a struct, and says its name."""
        # Names that sort otherwise than they are defined.
        name = self.rng.choice("ABCZ_$az") + f"{self.rng.randrange(10**6)}" + f"s{len(self.types)}"
        fields = self.types.setdefault(name, [])
        for index in range(self.rng.choice([0, 1, 2, 3, 6])):
            fields.append({"name": f"f{index}", "type": self.any_type(depth - 1)})
        if self.rng.random() < 0.2:
            fields.append({"name": "next", "type": name})
        if self.rng.random() < 0.1:
            fields.append({"name": "others", "type": f"{name}[]"})
        return name

    def any_type(self, depth):
        kind = self.rng.random()
        if depth > 0 and kind < 0.2:
            return self.struct(depth)
        if depth > 0 and kind < 0.3 and self.types:
            # The youngest struct once more: never one around it, since types that need each other are another check.
            return next(reversed(self.types))
        if kind < 0.5:
            base = self.any_type(depth - 1).split("[")[0] if depth > 0 else self.leaf()
            dimensions = self.rng.choices(["[]", "[0]", "[1]", "[2]", "[3]"], k=self.rng.choice([1, 1, 2, 3]))
            return base + "".join(dimensions)
        return self.leaf()

    def leaf(self):
        rng = self.rng
        return rng.choice([
            "bool", "address", "string", "bytes", f"bytes{rng.randint(1, 32)}", f"uint{rng.randint(1, 32) * 8}",
            f"int{rng.randint(1, 32) * 8}",
        ])

    def value(self, type_, depth):
        rng = self.rng
        if type_.endswith("]"):
            inner, length = type_[:-1].rsplit("[", 1)
            count = int(length) if length else rng.choice([0, 0, 1, 2, 3]) if depth > 0 else 0
            return [self.value(inner, depth - 1) for _ in range(count)]
        if type_ in self.types:
            if depth <= 0 or rng.random() < 0.05:
                return None
            fields = {field["name"]: self.value(field["type"], depth - 1) for field in self.types[type_]}
            for name in [name for name, value in fields.items() if value is None and rng.random() < 0.5]:
                del fields[name]
            return dict(rng.sample(list(fields.items()), len(fields)))
        if type_ == "bool":
            return rng.random() < 0.5
        if type_ == "address":
            return rng.address()
        if type_ == "string":
            return rng.text()
        if type_ == "bytes":
            return "0x" + rng.randbytes(rng.choice([0, 1, 31, 32, 33, 200])).hex()
        if type_.startswith("bytes"):
            return "0x" + rng.randbytes(int(type_[5:])).hex()
        if type_.startswith("uint"):
            return rng.integer_spelled(rng.number(int(type_[4:])))
        bits = int(type_[3:])
        return rng.integer_spelled(rng.number(bits) - 2 ** (bits - 1))


DOMAIN = {
    "name": "string", "version": "string", "chainId": "uint256", "verifyingContract": "address", "salt": "bytes32",
}


def random_typed(rng):
    shapes = Shapes(rng)
    primary = shapes.struct(3)
    message = None
    while message is None:
        message = shapes.value(primary, 6)
    domain = {name: shapes.value(type_, 1) for name, type_ in DOMAIN.items() if rng.random() < 0.7}
    types = dict(shapes.types)
    if rng.random() < 0.5:
        types["EIP712Domain"] = [{"name": name, "type": DOMAIN[name]} for name in DOMAIN if name in domain]
    members = {"types": types, "primaryType": primary, "domain": domain, "message": message}
    return dict(rng.sample(list(members.items()), 4))


def check_typed(ours, rng):
    """The digest always, the signature now and then: it takes eth-account longer."""
    for case in range(TYPED):
        typed = random_typed(rng)
        text = json.dumps(typed, ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, 2]))
        digest = signable_hash(encode_typed_data(full_message=json.loads(text)))
        if case % 20:
            assert ours.result("digest", hexed(text)) == f"0x{digest.hex()}", text
        else:
            key = rng.key()
            assert ours.result("typed", key.hex(), hexed(text)) == signed(key, digest), text


def check_cycles(ours):
    """Types that need each other: eth-account cannot tell which is the first, and is told."""
    types = {
        "B": [{"name": "a", "type": "A[]"}, {"name": "n", "type": "uint8"}],
        "A": [{"name": "b", "type": "B"}, {"name": "c", "type": "C"}],
        "C": [{"name": "a", "type": "A"}],
        "Unused": [{"name": "x", "type": "B"}],
    }
    message = {"a": [{"b": {"a": [], "n": 7}, "c": {"a": None}}, {"b": None, "c": None}, None], "n": 1}
    domain = {"name": "cycle"}
    digest = keccak(b"\x19\x01" + hash_domain(domain) + hash_struct("B", types, message))
    text = json.dumps({"types": types, "primaryType": "B", "domain": domain, "message": message})
    assert ours.result("digest", hexed(text)) == f"0x{digest.hex()}"


def accepts(text):
    try:
        encode_typed_data(full_message=json.loads(text))
    except Exception:
        return False
    return True


def of(type_, value, **more):
    types = {"T": [{"name": "x", "type": type_}], **more.pop("types", {})}
    return json.dumps({"types": types, "primaryType": "T", "domain": {}, "message": {"x": value}, **more})


# What is refused here, and whether eth-account refuses it too.
REFUSALS = [
    (of("uint8", 256), True), (of("uint8", -1), True), (of("int8", 128), True), (of("int8", -129), True),
    (of("uint256", 2**256), True), (of("int256", 2**255), True), (of("int256", -(2**255) - 1), True),
    (of("uint8", 1.5), True), (of("uint8", 1.0), True), (of("uint8", "1.0"), True), (of("uint8", "0x"), True),
    (of("uint8", "-0x1"), True), (of("uint8", ""), True), (of("uint8", None), True), (of("uint8", []), True),
    (of("uint7", 1), True), (of("bytes33", "0x"), True), (of("Missing", {}), True), (of("uint8[", [1]), True),
    (of("address", "0x12"), True), (of("address", 1), True), (of("uint8", True), True), (of("bool", None), True),
    (of("uint8[]", None), True), (of("uint8[]", 1), True), (of("uint8[]", {}), True),
    (of("bytes4", "0x0102030405"), True), (of("EIP712Domain", {}), True), (of("uint8", 1, primaryType="U"), True),
    (of("uint8", 1, domain={"chain": 1}), True),
    (of("uint8", 1, types={"EIP712Domain": [{"name": "name", "type": "string"}]}), True),
    # Here eth-account has an answer of its own; the reasons stand in the documentation of the module.
    (of("uint", 1), False), (of("int", 1), False), (of("bool", "false"), False), (of("bool", 1), False),
    (of("string", None), False), (of("bytes", None), False), (of("string", 5), False), (of("bytes", "text"), False),
    (of("bytes", "0x123"), False), (of("bytes4", "0x0102"), False), (of("uint8[3]", [1, 2]), False),
    (of("uint8", 1, message={"x": 1, "y": 2}), False), (of("uint8", "1_0"), False), (of("uint8", "+1"), False),
    (of("uint8", " 1"), False), (of("address", "0xfA8beC73cebB9D88FF88a2f75E7D7312f2Fd39EC"), False),
    (of("address", "FA8beC73cebB9D88FF88a2f75E7D7312f2Fd39EC"), False),
    (of("bool", True).replace('"domain"', '"message": {"x": false}, "domain"'), False),
]


def check_refusals(ours, rng):
    for text, by_both in REFUSALS:
        result, reason = ours.ask("digest", hexed(text))
        assert result is None and reason, text
        assert accepts(text) != by_both, f"eth-account has changed its mind: {text}"
    # Out of the range by one, at every width.
    for _ in range(REFUSED):
        bits = rng.randint(1, 32) * 8
        half = 2 ** (bits - 1)
        type_, ends = rng.choice([(f"uint{bits}", (0, 2 * half - 1)), (f"int{bits}", (-half, half - 1))])
        for inside, outside in [(ends[0], ends[0] - 1), (ends[1], ends[1] + 1)]:
            for value, good in [(inside, True), (outside, False)]:
                text = of(type_, rng.choice([value, str(value)]))
                assert (ours.ask("digest", hexed(text))[0] is not None) == good == accepts(text), text


def check_addresses(ours, rng):
    for _ in range(OTHERS):
        key, address = rng.key(), "0x" + rng.randbytes(20).hex()
        assert ours.result("address", key.hex()) == Account.from_key(key).address
        assert ours.result("checksum", address) == to_checksum_address(address)
        # A wrong checksum, in one letter.
        right = to_checksum_address(address)
        letters = [index for index, letter in enumerate(right) if index > 1 and letter.isalpha()]
        mixed = {right[index].isupper() for index in letters} == {True, False}
        if mixed and len(letters) > 3:
            index = rng.choice(letters)
            wrong = right[:index] + right[index].swapcase() + right[index + 1 :]
            one_case = wrong[2:].islower() or wrong[2:].isupper()
            assert (ours.ask("checksum", wrong)[0] is None) != one_case, wrong


def check_personal(ours, rng):
    for length in [*range(0, 12), 99, 100, 101, 999, 1000, *(rng.randrange(5000) for _ in range(OTHERS))]:
        key, message = rng.key(), rng.randbytes(length)
        digest = signable_hash(encode_defunct(message))
        assert ours.result("personal", key.hex(), message.hex()) == signed(key, digest)


REGISTRY = {
    "claim": ("ClaimAftermarketDeviceSign", [("aftermarketDeviceNode", "uint256"), ("owner", "address")]),
    "pair": ("PairAftermarketDeviceSign", [("aftermarketDeviceNode", "uint256"), ("vehicleNode", "uint256")]),
    "unpair": ("UnPairAftermarketDeviceSign", [("aftermarketDeviceNode", "uint256"), ("vehicleNode", "uint256")]),
    "mint": ("MintVehicleSign", [
        ("manufacturerNode", "uint256"), ("owner", "address"), ("attributes", "string[]"), ("infos", "string[]"),
    ]),
    "mint-definition": ("MintVehicleWithDeviceDefinitionSign", [
        ("manufacturerNode", "uint256"), ("owner", "address"), ("deviceDefinitionId", "string"),
        ("attributes", "string[]"), ("infos", "string[]"),
    ]),
}


def check_registry(ours, rng):
    """Every message twice: as our own struct, and as typed data in JSON."""
    for _ in range(OTHERS):
        key, chain, contract = rng.key(), rng.number(64), to_checksum_address(rng.randbytes(20))
        domain = {"name": "DIMO", "version": "1", "chainId": chain, "verifyingContract": contract}
        for command, (primary, fields) in REGISTRY.items():
            types = {primary: [{"name": name, "type": type_} for name, type_ in fields]}
            names = [rng.text() for _ in range(rng.randrange(4))]
            values = {
                "uint256": lambda: rng.number(256), "address": lambda: to_checksum_address(rng.randbytes(20)),
                "string": rng.text,
            }
            message = {name: values[type_]() for name, type_ in fields if type_ in values}
            words = [hexed(value) if name == "deviceDefinitionId" else value for name, value in message.items()]
            if "mint" in command:
                message |= {"attributes": names, "infos": [rng.text() for _ in names]}
                words += [f"{hexed(a)}={hexed(b)}" for a, b in zip(names, message["infos"])]
            expected = signed(key, signable_hash(encode_typed_data(domain, types, message)))
            assert ours.result(command, key.hex(), chain, contract, *words) == expected, (command, message)
            text = json.dumps({"types": types, "primaryType": primary, "domain": domain, "message": message})
            assert ours.result("typed", key.hex(), hexed(text)) == expected, text


PAIRING = {
    "pairing-proof": ("PairingProof", [("handshakeHash", "bytes32"), ("device", "address")]),
    "pairing-grant": ("PairingGrant", [
        ("handshakeHash", "bytes32"), ("device", "address"), ("owner", "address"), ("expires", "uint64"), ("role", "uint8"),
    ]),
}
PAIRING["pairing-verdict"] = ("PairingVerdict", PAIRING["pairing-grant"][1])


def check_pairing(ours, rng):
    """What device, owner and backend sign when a phone pairs; a role that there is not is refused."""
    domain = {"name": "DIMO Pairing", "version": "1"}
    for _ in range(OTHERS):
        key = rng.key()
        values = {
            "handshakeHash": "0x" + rng.randbytes(32).hex(), "device": to_checksum_address(rng.randbytes(20)),
            "owner": to_checksum_address(rng.randbytes(20)), "expires": rng.number(64), "role": rng.randint(1, 3),
        }
        for command, (primary, fields) in PAIRING.items():
            types = {primary: [{"name": name, "type": type_} for name, type_ in fields]}
            message = {name: values[name] for name, _ in fields}
            words = [str(value).removeprefix("0x") if name == "handshakeHash" else value for name, value in message.items()]
            expected = signed(key, signable_hash(encode_typed_data(domain, types, message)))
            assert ours.result(command, key.hex(), *words) == expected, (command, message)
            if "role" in message:
                result, reason = ours.ask(command, key.hex(), *words[:-1], rng.choice([0, 4, 255, 256]))
                assert result is None and reason, message


def check_recover(ours, rng):
    half = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
    for _ in range(OTHERS):
        key, digest = rng.key(), rng.randbytes(32)
        signature = Account.unsafe_sign_hash(digest, key)
        text = bytes(signature.signature).hex()
        assert ours.result("recover", digest.hex(), "0x" + text) == Account.from_key(key).address
        assert int(signature.s) <= half
        # Another digest, another account; the same one for both.
        other = rng.randbytes(32)
        theirs = Account._recover_hash(other, signature=bytes.fromhex(text))
        assert ours.result("recover", other.hex(), "0x" + text) == theirs


def main():
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    ours, rng = Ours(sys.argv[1]), Random(seed)
    check_addresses(ours, rng)
    check_personal(ours, rng)
    check_registry(ours, rng)
    check_pairing(ours, rng)
    check_recover(ours, rng)
    check_cycles(ours)
    check_refusals(ours, rng)
    check_typed(ours, rng)
    print(f"eth-account: {TYPED} typed messages of random shape, {OTHERS} of each other kind, {len(REFUSALS)} refusals")


main()
