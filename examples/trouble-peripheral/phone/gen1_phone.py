"""A phone of Gen 1, from the table of Gen 1 and the documents of the registry alone: `gen1_phone.py PERIPHERAL`.

`PERIPHERAL` is the program of this package; it is run as `PERIPHERAL HOST:PORT --gen1`.
"""

import asyncio
import sys

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils import keccak

from link import Refused
from steps import Steps, check, with_device

# What README.md says of the device.
DEVICE = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
SERIAL = "60d4af69-86e8-b790-02d3-c0a9dc4d6c8a"
VEHICLE_VIN = "1HGBH41JXMN109186"
PASSKEY = 271828
OWNER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
NODE = 42
REGISTRY = "0xFA8beC73cebB9D88FF88a2f75E7D7312f2Fd39EC"

READ, WRITE = 0x02, 0x08
NOT_EXPECTED, INSUFFICIENT_AUTHENTICATION, WRONG_LENGTH = 0x91, 0x05, 0x0D


def uuid(short):
    return f"5c30{short}-6859-4d6c-a87b-8d2c98c9f6f0"


SERVICES = {"7fa4", "d387", "aade"}
PROPERTIES = {
    "5a11": READ, "5a12": READ, "5a13": READ, "5a14": READ, "5a15": READ, "5a16": WRITE, "5a18": READ, "5a19": READ,
    "5a20": WRITE, "5a21": READ, "0acc": READ, "0adc": READ, "0add": READ | WRITE, "1dd2": READ, "e60f": READ | WRITE,
}
GUARDED = ["5a15", "0acc", "0adc", "0add", "e60f"]
SERIAL_ID, SIGN, VIN, PROTOCOL, CODES, ADDRESS = map(uuid, ("5a11", "e60f", "0acc", "0adc", "0add", "1dd2"))


def claim(node, owner):
    """The typed data that the network's API hands out for a claim, and its digest."""
    typed = {
        "types": {
            "EIP712Domain": [
                {"name": "name", "type": "string"},
                {"name": "version", "type": "string"},
                {"name": "chainId", "type": "uint256"},
                {"name": "verifyingContract", "type": "address"},
            ],
            "ClaimAftermarketDeviceSign": [
                {"name": "aftermarketDeviceNode", "type": "uint256"},
                {"name": "owner", "type": "address"},
            ],
        },
        "primaryType": "ClaimAftermarketDeviceSign",
        "domain": {"name": "DIMO", "version": "1", "chainId": 137, "verifyingContract": REGISTRY},
        "message": {"aftermarketDeviceNode": node, "owner": owner},
    }
    message = encode_typed_data(full_message=typed)
    return message, keccak(b"\x19" + message.version + message.header + message.body)


async def refused(request, code):
    """The request must be refused with `code`."""
    try:
        await request
    except Refused as refusal:
        check(refusal.code == code, f"refused with 0x{refusal.code:02X} and not 0x{code:02X}")
    else:
        raise AssertionError(f"not refused, 0x{code:02X} expected")


class Script:
    """The steps of the phone."""

    def __init__(self, phone):
        self.phone = phone
        self.address = None
        self.link = None

    async def discover(self):
        self.address, name = await self.phone.find(uuid("7fa4"))
        # The name is in the scan response, which virtual controllers may not pass on.
        check(name in (None, "autopi-" + SERIAL[-12:]), f"its name is {name}")
        self.link = await self.phone.connect(self.address, PASSKEY)
        found = {str(service).lower() for service in self.link.services()}
        missing = [short for short in SERVICES if uuid(short) not in found]
        check(not missing, f"no service {missing}")
        for short, properties in PROPERTIES.items():
            check(self.link.properties(uuid(short)) == properties, f"the properties of {short} are other ones")

    async def identify(self):
        # At the smallest MTU: what is longer than 22 bytes comes in parts.
        check((await self.link.read(SERIAL_ID)).decode() == SERIAL, "another serial number")
        check(await self.link.read(ADDRESS) == bytes.fromhex(DEVICE[2:]), "another address")
        check((await self.link.read(uuid("5a13"))).decode() == "7", "another hardware revision")
        float((await self.link.read(uuid("5a14"))).decode())
        for short in ("5a12", "5a18", "5a19"):
            check(await self.link.read(uuid(short)), f"{short} is empty")
        for short in GUARDED:
            await refused(self.link.read(uuid(short)), INSUFFICIENT_AUTHENTICATION)
        await refused(self.link.write(SIGN, bytes(32)), INSUFFICIENT_AUTHENTICATION)

    async def bond(self):
        check(await self.link.bond(), "the link is not encrypted, authenticated, by Secure Connections")
        await self.link.write(uuid("5a20"), b"\x01")
        check(await self.link.read(SIGN) == b"", "a signature before anything was signed")

        # The bond holds for the next connection, and only the encrypted link has its rights.
        await self.link.disconnect()
        self.link = await self.phone.connect(self.address, PASSKEY)
        await refused(self.link.read(VIN), INSUFFICIENT_AUTHENTICATION)
        await self.link.encrypt()

    async def vin(self):
        check((await self.link.read(VIN)).decode() == VEHICLE_VIN, "another VIN")
        check((await self.link.read(PROTOCOL)).decode() in ("6", "06"), "another protocol")
        check((await self.link.read(CODES)).decode() == "0", "trouble codes where there are none")

    async def claim_digest_signed(self):
        message, digest = claim(NODE, OWNER)
        await self.link.write(SIGN, digest)
        signature = await self.link.read(SIGN)
        check(len(signature) == 65 and signature[64] in (27, 28), f"{len(signature)} bytes are no signature")
        check(Account.recover_message(message, signature=signature) == DEVICE, "signed by somebody else")

        # Another phone, or the same one later, finds no signature.
        await self.link.disconnect()
        self.link = await self.phone.connect(self.address, PASSKEY)
        await self.link.encrypt()
        check(await self.link.read(SIGN) == b"", "the signature outlives its connection")

    async def foreign_digest_refused(self):
        stranger = Account.from_key(b"\x09" * 32).address
        telemetry = keccak(b'{"vin":"1HGBH41JXMN109186"}')
        foreign = [claim(NODE, stranger)[1], claim(NODE + 1, OWNER)[1], telemetry, bytes(32)]
        for digest in foreign:
            # The signature of before is gone too.
            await self.link.write(SIGN, claim(NODE, OWNER)[1])
            check(len(await self.link.read(SIGN)) == 65, "what is expected is not signed")
            await refused(self.link.write(SIGN, digest), NOT_EXPECTED)
            check(await self.link.read(SIGN) == b"", "a refusal leaves a signature")
        await refused(self.link.write(SIGN, bytes(31)), WRONG_LENGTH)
        await self.link.disconnect()


async def main(command):
    steps = Steps()

    async def script(phone):
        run = Script(phone)
        await steps.run("discover", run.discover)
        await steps.run("identify", run.identify)
        await steps.run("bond", run.bond)
        await steps.run("vin", run.vin)
        await steps.run("claim-digest-signed", run.claim_digest_signed)
        await steps.run("foreign-digest-refused", run.foreign_digest_refused)

    await with_device(command, script)
    return steps.failed


if __name__ == "__main__":
    sys.exit(1 if asyncio.run(main([sys.argv[1], "--gen1"])) else 0)
