"""Every call of the registry against eth-abi: `check_calldata.py CALLDATA_PEER`.

Needs eth-account (0.14), which brings eth-abi and eth-utils. The cases are random from a fixed seed; the peer encodes them, and
eth-abi has to encode the same bytes from the contract's own spelling of the functions, and to decode them to the same values.
"""
import random
import subprocess
import sys

from eth_abi import decode, encode
from eth_account import Account
from eth_utils import function_signature_to_4byte_selector

CASES = 400
ATTRIBUTES = ["Serial", "IMEI", "DefinitionURI", "HardwareRevision", "DevEUI"]
FUNCTIONS = {
    "claim": ("claimAftermarketDeviceSign", ["uint256", "address", "bytes", "bytes"]),
    "claim-by-owner": ("claimAftermarketDevice", ["uint256", "bytes"]),
    "pair-two": ("pairAftermarketDeviceSign", ["uint256", "uint256", "bytes", "bytes"]),
    "pair": ("pairAftermarketDeviceSign", ["uint256", "uint256", "bytes"]),
    "pair-by-vehicle-owner": ("pairAftermarketDeviceWithAdSig", ["uint256", "uint256", "bytes"]),
    "pair-by-owner": ("pairAftermarketDevice", ["uint256", "uint256"]),
    "unpair": ("unpairAftermarketDeviceSign", ["uint256", "uint256", "bytes"]),
    "unpair-by-owner": ("unpairAftermarketDevice", ["uint256", "uint256"]),
    "mint": ("mintAftermarketDeviceByManufacturerBatch", ["uint256", "(address,(string,string)[])[]"]),
}
# Which words of a case are the signature of a device: of a key, so 65 bytes that are a signature.
BY_DEVICE = {"claim": 3, "claim-by-owner": 1, "pair-two": 2, "pair-by-vehicle-owner": 2}

rng = random.Random(1271)


def number():
    """A token id: small, large, or at the end of what there is."""
    return rng.choice([rng.randrange(1000), rng.randrange(2**64), rng.randrange(2**256), 2**256 - 1, 0])


def address():
    """Lower case, as eth-abi gives it back."""
    return "0x" + rng.randbytes(20).hex()


def signature():
    """65 bytes, by a key that is used once."""
    return bytes(Account.unsafe_sign_hash(rng.randbytes(32), Account.from_key(rng.randbytes(32)).key).signature)


def text():
    return "".join(rng.choice("aZ09-/:. é€😀") for _ in range(rng.choice([0, 1, 15, 31, 32, 33, 70])))


def mint():
    devices = []
    for _ in range(rng.randrange(5)):
        pairs = [(rng.choice(ATTRIBUTES), text()) for _ in range(rng.randrange(5))]
        devices.append((address(), tuple(pairs)))
    return number(), tuple(devices)


def values(name):
    if name == "mint":
        return mint()
    made = []
    for place, kind in enumerate(FUNCTIONS[name][1]):
        if kind == "bytes":
            # A contract's signature has any length.
            any_length = rng.randbytes(rng.choice([0, 1, 31, 32, 33, 64, 65, 200]))
            made.append(signature() if BY_DEVICE.get(name) == place else any_length)
        else:
            made.append(number() if kind == "uint256" else address())
    return tuple(made)


def line(name, values):
    """The case as the peer reads it."""
    if name != "mint":
        return " ".join([name] + ["0x" + v.hex() if isinstance(v, bytes) else str(v) for v in values])
    words = [name, str(values[0])]
    for device, pairs in values[1]:
        words += ["device", device] + [word for key, info in pairs for word in (key, "0x" + info.encode().hex())]
    return " ".join(words)


def main(program):
    cases = [(name, values(name)) for name in FUNCTIONS for _ in range(CASES // len(FUNCTIONS) + 1)]
    asked = "\n".join(line(*case) for case in cases) + "\n"
    run = subprocess.run([program], input=asked, capture_output=True, text=True, check=True)
    answers = run.stdout.split("\n")[:-1]
    assert len(answers) == len(cases), (len(answers), len(cases))
    for (name, given), answer in zip(cases, answers):
        function, types = FUNCTIONS[name]
        selector = function_signature_to_4byte_selector(f"{function}({','.join(types)})")
        data = bytes.fromhex(answer[2:])
        assert data[:4] == selector, (name, data[:4].hex(), selector.hex())
        assert data[4:] == encode(types, given), (name, given, answer)
        assert decode(types, data[4:]) == given, (name, given, answer)
    print(f"{len(cases)} calls of {len(FUNCTIONS)} functions are encoded as eth-abi does")
    check_question(program)


def check_question(program):
    """isValidSignature(bytes32,bytes), of whatever digest."""
    for _ in range(20):
        device, owner, signature = number(), address(), rng.randbytes(rng.randrange(100))
        asked = f"erc1271 {device} {owner} 0x{signature.hex()}\n"
        run = subprocess.run([program], input=asked, capture_output=True, text=True, check=True)
        data = bytes.fromhex(run.stdout.strip()[2:])
        assert data[:4].hex() == "1626ba7e"
        digest, carried = decode(["bytes32", "bytes"], data[4:])
        assert carried == signature and data[4:] == encode(["bytes32", "bytes"], (digest, signature))
        assert digest == claim_digest(device, owner)
    print("20 questions to contract accounts carry the digest that eth-account computes")


def claim_digest(device, owner):
    from eth_account.messages import encode_typed_data
    from eth_utils import keccak

    registry = "0xFA8beC73cebB9D88FF88a2f75E7D7312f2Fd39EC"
    message = encode_typed_data(
        {"name": "DIMO", "version": "1", "chainId": 137, "verifyingContract": registry},
        {"ClaimAftermarketDeviceSign": [
            {"name": "aftermarketDeviceNode", "type": "uint256"}, {"name": "owner", "type": "address"}]},
        {"aftermarketDeviceNode": device, "owner": owner},
    )
    return keccak(b"\x19" + message.version + message.header + message.body)


if __name__ == "__main__":
    main(sys.argv[1])
