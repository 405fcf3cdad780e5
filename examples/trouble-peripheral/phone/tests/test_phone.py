"""The phone's parts against what others publish, and against itself: `python -m unittest discover -s tests`.

`NOISE_VECTORS` names files of Noise vectors, in the JSON form of cacophony, separated by colons.
"""
import json
import os
import sys
import unittest
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

import advertising  # noqa: E402
from label import Label, LabelError  # noqa: E402
from noise import MESSAGES, Handshake, HandshakeError, Keypair, seal, tokens  # noqa: E402
from packets import Assembly, FragmentError, cut, fragments  # noqa: E402
from spake2plus import Context, Prover, Spake2Error, Verifier, decode, registration  # noqa: E402

SUITE = "_25519_ChaChaPoly_SHA256"


def vectors():
    """The vectors of our patterns in the files that are there."""
    for path in filter(None, os.environ.get("NOISE_VECTORS", "").split(":")):
        for vector in json.loads(Path(path).read_text())["vectors"]:
            name = vector.get("protocol_name") or vector.get("name") or ""
            pattern = name.split("_")[1] if name.count("_") > 1 else ""
            if name.endswith(SUITE) and pattern[:2] in MESSAGES and pattern[2:3] in ("", "p"):
                yield name, vector


def side(name, vector, who, other):
    def key(field):
        return bytes.fromhex(vector[f"{who}_{field}"])

    remote = vector.get(f"{who}_remote_static")
    return Handshake(
        name, initiator=who == "init", prologue=key("prologue"), static=Keypair(key("static")),
        ephemeral=Keypair(key("ephemeral")), remote_static=remote and bytes.fromhex(remote),
        psks=[bytes.fromhex(psk) for psk in vector.get(f"{who}_psks", [])],
    )


class NoiseVectors(unittest.TestCase):
    def test_published_handshakes_are_those_of_both_our_sides(self):
        count = 0
        for name, vector in vectors():
            with self.subTest(name):
                self.run_vector(name, vector)
            count += 1
        if not count:
            self.skipTest("not run: needs NOISE_VECTORS")
        print(f"{count} Noise vectors", file=sys.stderr)

    def run_vector(self, name, vector):
        sides = [side(name, vector, "init", "resp"), side(name, vector, "resp", "init")]
        rounds = len(tokens(name)[1])
        for index, message in enumerate(vector["messages"]):
            payload, expected = bytes.fromhex(message["payload"]), message["ciphertext"]
            if index < rounds:
                written = sides[index % 2].write(payload)
                self.assertEqual(written.hex(), expected)
                self.assertEqual(sides[1 - index % 2].read(written), payload)
            else:
                # Sides take turns, and the turn goes on where the handshake ended.
                key, number = sides[0].split()[index % 2], (index - rounds) // 2
                self.assertEqual(seal(key, number, payload).hex(), expected)
        self.assertEqual(sides[0].split(), sides[1].split())
        if "handshake_hash" in vector:
            self.assertEqual(sides[0].hash.hex(), vector["handshake_hash"])

    def test_a_key_of_low_order_is_refused(self):
        for public in (bytes(32), (1).to_bytes(32, "little")):
            with self.assertRaises(HandshakeError):
                Keypair().secret_with(public)


class Rfc9383(unittest.TestCase):
    """Appendix C, P256-SHA256-HKDF-SHA256-HMAC-SHA256."""

    CONTEXT = Context(b"SPAKE2+-P256-SHA256-HKDF-SHA256-HMAC-SHA256 Test Vectors", b"client", b"server")
    W0 = 0xBB8E1BBCF3C48F62C08DB243652AE55D3E5586053FCA77102994F23AD95491B3
    W1 = 0x7E945F34D78785B8A3EF44D0DF5A1A97D6B3B460409A345CA7830387A74B1DBA
    X = 0xD1232C8E8693D02368976C174E2088851B8365D0D79A9EEE709C6A05A2FAD539
    Y = 0x717A72348A182085109C8D3917D6C43D59B224DC6A7FC4F0483232FA6516D8B3
    L = ("04eb7c9db3d9a9eb1f8adab81b5794c1f13ae3e225efbe91ea487425854c7fc0"
         "0f00bfedcbd09b2400142d40a14f2064ef31dfaa903b91d1faea7093d835966efd")
    SHARE_P = ("04ef3bd051bf78a2234ec0df197f7828060fe9856503579bb1733009042c15c0"
               "c1de127727f418b5966afadfdd95a6e4591d171056b333dab97a79c7193e341727")
    SHARE_V = ("04c0f65da0d11927bdf5d560c69e1d7d939a05b0e88291887d679fcadea75810"
               "fb5cc1ca7494db39e82ff2f50665255d76173e09986ab46742c798a9a68437b048")
    SHARED = "0c5f8ccd1413423a54f6c1fb26ff01534a87f893779c6e68666d772bfd91f3e7"
    CONFIRM_P = "926cc713504b9b4d76c9162ded04b5493e89109f6d89462cd33adc46fda27527"
    CONFIRM_V = "9747bcc4f8fe9f63defee53ac9b07876d907d55047e6ff2def2e7529089d3e68"

    def test_prover_and_verifier_give_the_values_of_the_rfc(self):
        prover = Prover(self.CONTEXT, self.W0, self.W1, self.X)
        verifier = Verifier(self.CONTEXT, self.W0, registration(self.W1), self.Y)
        self.assertEqual(registration(self.W1).hex(), self.L)
        self.assertEqual(prover.share.hex(), self.SHARE_P)
        self.assertEqual(verifier.share.hex(), self.SHARE_V)
        for keys in (prover.keys(verifier.share), verifier.keys(prover.share)):
            self.assertEqual(keys.shared.hex(), self.SHARED)
            self.assertEqual(keys.confirm_prover.hex(), self.CONFIRM_P)
            self.assertEqual(keys.confirm_verifier.hex(), self.CONFIRM_V)

    def test_a_share_off_the_curve_is_refused(self):
        share = bytearray.fromhex(self.SHARE_V)
        share[-1] ^= 1
        with self.assertRaises(Spake2Error):
            decode(bytes(share))


class Packets(unittest.TestCase):
    def test_a_packet_of_any_length_comes_whole_through_any_mtu(self):
        for mtu in (23, 24, 64, 185, 247, 517):
            for length in (1, 12, 13, 14, 32, 33, 237):
                packet, assembly = os.urandom(length), Assembly()
                *before, last = [assembly.take(each) for each in fragments(packet, mtu)]
                self.assertEqual((last, set(before) - {None}), (packet, set()))

    def test_thirteen_fragments_carry_a_handshake_at_the_smallest_mtu(self):
        count = sum(len(fragments(bytes(length), 23)) for length in (51, 99 + 1, 64 + 1))
        self.assertLessEqual(count, 13)

    def test_each_fault_has_its_error(self):
        packet = bytes(range(60))
        first, second, *_, last = cut(packet, 20)
        wrong = bytearray(last)
        wrong[-1] ^= 1
        for code, sent in (
            (0x80, [b""]), (0x80, [first[:6]]), (0x81, [second]), (0x81, [first, last]),
            (0x82, [bytes([0xC0]) + (238).to_bytes(2, "big") + bytes(4)]),
            (0x83, [first[:1] + bytes([0, 5]) + first[3:]]), (0x83, [bytes([first[0] | 0x40]) + first[1:]]),
            (0x84, cut(packet, 20)[:-1] + [bytes(wrong)]),
        ):
            assembly = Assembly()
            with self.assertRaises(FragmentError) as caught:
                for fragment in sent:
                    assembly.take(fragment)
            self.assertEqual(caught.exception.code, code)


class Labels(unittest.TestCase):
    LABEL = Label(bytes(range(20)), bytes(range(100, 116)))

    def test_what_is_written_is_read_in_either_case(self):
        text = self.LABEL.write()
        self.assertEqual(len(text), 12 + 40 + 1 + 26 + 1 + 8)
        self.assertEqual(Label.read(text), self.LABEL)
        self.assertEqual(Label.read(text.lower()), self.LABEL)

    def test_one_wrong_character_is_noticed(self):
        text = self.LABEL.write()
        for at in range(len(text)):
            other = "7" if text[at] != "7" else "4"
            with self.assertRaises(LabelError):
                Label.read(text[:at] + other + text[at + 1 :])

    def test_only_the_own_label_recognises_a_device(self):
        nonce = b"abcd"
        data = advertising.ServiceData.read(b"\1\3" + nonce + advertising.hint(self.LABEL, 3, nonce))
        self.assertTrue(data.is_from(self.LABEL))
        self.assertFalse(data.is_from(Label(self.LABEL.address, bytes(16))))
        self.assertFalse(advertising.ServiceData(2, nonce, data.hint).is_from(self.LABEL))


if __name__ == "__main__":
    unittest.main()
