"""Our requests, answered by control units made of can-isotp and udsoncan: `check_uds.py DBC_PEER`.

udsoncan must write the same request and read the same out of the answer; what only OBD-II has is spelled out here.
"""
import sys

import udsoncan
from isotp import Address, AddressingMode
from udsoncan import Request, Response
from udsoncan.services import ReadDataByIdentifier, ReadDTCInformation

from bus import Bus, Clock, Ours, Theirs

VIN = "1HGBH41JXMN109186"


class Unit:
    """A control unit of legislated diagnostics: it hears its own identifier and 7DF, and answers under 7E8 to 7EF."""

    def __init__(self, number, answers):
        physical, answer = 0x7E0 + number, 0x7E8 + number
        normal = dict(addressing_mode=AddressingMode.Normal_11bits, txid=answer)
        self.own = Theirs(Address(rxid=physical, **normal), tx_padding=0, blocksize=3, stmin=1)
        self.all = Theirs(Address(rxid=0x7DF, **normal), tx_padding=0)
        self.answers, self.asked = answers, []

    def run(self):
        for end in (self.own, self.all):
            while (request := end.layer.recv()) is not None:
                self.asked.append(bytes(request))
                for answer in self.answers:
                    self.own.layer.send(answer)


def exchange(clock, ours, link, who, request, units):
    """What our side said, and the request as it came."""
    ours.said.clear()
    ours.do(clock.now, f"ask {link} {who} {request}")
    bus = Bus(clock, ours, [end for unit in units for end in (unit.own, unit.all)])
    look = bus.carry

    def carry():
        moved = look()
        asked = sum(len(unit.asked) for unit in units)
        for unit in units:
            unit.run()
        return moved or asked != sum(len(unit.asked) for unit in units)

    bus.carry = carry
    bus.run()
    errors = [error for unit in units for end in (unit.own, unit.all) for error in end.errors]
    check(not errors, f"{request}: {errors}")
    return list(ours.said), [unit.asked for unit in units]


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def sae(number):
    """A trouble code of three bytes as a workshop reads it, with its failure type."""
    high, low, failure = number >> 16, number >> 8 & 0xFF, number & 0xFF
    return f"{'PCBU'[high >> 6]}{high >> 4 & 3}{high & 0xF:X}{low:02X}-{failure:02X}"


def positive(service, data):
    return Response(service=service, code=udsoncan.Response.Code.PositiveResponse, data=data).get_payload()


def one(clock, ours, request, theirs, answers):
    """Asks one unit; the request must be what udsoncan writes and reads."""
    said, [asked] = exchange(clock, ours, "7E0:7E8/8/00", "one", request, [Unit(0, answers)])
    check(asked == [theirs.get_payload()], f"{request}: {asked} is not {theirs.get_payload()}")
    read = Request.from_payload(asked[0])
    check((read.service, read.subfunction) == (theirs.service, theirs.subfunction), f"{request}: {read}")
    return said


def read_data(clock, ours):
    for length in (1, 4, 5, 17, 100, 1500):
        data = bytes((at * 3 + length) & 0xFF for at in range(length))
        codec = udsoncan.DidCodec
        config = {0xF40C: type("Codec", (codec,), dict(decode=lambda _, b: b, __len__=lambda _: length))}
        theirs = ReadDataByIdentifier.make_request([0xF40C], config)
        answer = positive(ReadDataByIdentifier, b"\xF4\x0C" + data)
        said = one(clock, ours, "data F40C", theirs, [answer])
        values = ReadDataByIdentifier.interpret_response(Response.from_payload(answer), [0xF40C], config)
        check(said == [("answer", f"7E8 {values.service_data.values[0xF40C].hex().upper()}")], said)
    theirs = ReadDataByIdentifier.make_request([0xF190], {0xF190: udsoncan.AsciiCodec(17)})
    answer = positive(ReadDataByIdentifier, b"\xF1\x90" + VIN.encode())
    check(one(clock, ours, "vin", theirs, [answer]) == [("answer", f"7E8 {VIN}")], "vin")
    return 7


def read_faults(clock, ours):
    sub = ReadDTCInformation.Subfunction
    codes = [(0x045613, 0x2F), (0x5A0100, 0x08), (0x9FFF11, 0xFF), (0xC10000, 0x01), (0x013300, 0x50)]
    for count in (0, 1, 2, 5, 60):
        records = [codes[at % len(codes)] for at in range(count)]
        body = b"".join(code.to_bytes(3, "big") + bytes([status]) for code, status in records)
        for request, subfunction, mask in (
            ("faults 2C", sub.reportDTCByStatusMask, dict(status_mask=0x2C)),
            ("supported_faults", sub.reportSupportedDTCs, {}),
        ):
            theirs = ReadDTCInformation.make_request(subfunction, **mask)
            answer = positive(ReadDTCInformation, bytes([subfunction, 0x7F]) + body)
            said = one(clock, ours, request, theirs, [answer])
            data = ReadDTCInformation.interpret_response(Response.from_payload(answer), subfunction).service_data
            read = [f"{sae(dtc.id)}:{dtc.status.get_byte_as_int():02X}" for dtc in data.dtcs]
            text = " ".join([f"{data.status_availability.get_byte_as_int():02X}", *read])
            check(said == [("answer", f"7E8 {text}")], f"{said} is not {text}")
    theirs = ReadDTCInformation.make_request(sub.reportNumberOfDTCByStatusMask, status_mask=0x08)
    answer = positive(ReadDTCInformation, bytes([0x01, 0x7F, 0x01, 0x01, 0x02]))
    said = one(clock, ours, "count 08", theirs, [answer])
    data = ReadDTCInformation.interpret_response(Response.from_payload(answer), 1).service_data
    check(said == [("answer", f"7E8 7F {data.dtc_format} {data.dtc_count}")], said)
    return 11


def refusals(clock, ours):
    """Every code of udsoncan but the one that asks for patience."""
    names, theirs = 0, ReadDataByIdentifier.make_request([0xF40C], {0xF40C: udsoncan.AsciiCodec(1)})
    for code in range(0x10, 0x95):
        if code == Response.Code.RequestCorrectlyReceived_ResponsePending or not Response.Code.is_negative(code):
            continue
        answer = Response(service=ReadDataByIdentifier, code=code).get_payload()
        said = one(clock, ours, "data F40C", theirs, [answer])
        check(len(said) == 1 and said[0][0] == "answer" and "22" in said[0][1], f"{code:02X}: {said}")
        names += 1
    pending = Response(service=ReadDataByIdentifier, code=0x78).get_payload()
    late = positive(ReadDataByIdentifier, b"\xF4\x0C" + bytes(range(30)))
    said = one(clock, ours, "data F40C", theirs, [pending, pending, late])
    expected = [("pending", "7E8")] * 2 + [("answer", f"7E8 {bytes(range(30)).hex().upper()}")]
    check(said == expected, said)
    said, _ = exchange(clock, ours, "7E0:7E8/8/00", "one", "data F40C", [])
    check(said == [("error", "no answer")], said)
    return names + 2


def legislated(clock, ours):
    """Several units answer at once; OBD-II has no codes in udsoncan."""
    vin = b"\x49\x02\x01" + VIN.encode()
    cases = [
        ("obd 0C", b"\x01\x0C", [b"\x41\x0C\x1A\xF8"] * 3, "1AF8"),
        ("obd_vin", b"\x09\x02", [vin] * 2, VIN),
        ("obd_codes", b"\x03", [b"\x43\x03\x01\x33\xC1\x00\x5A\x01"] * 8, "P0133 U0100 C1A01"),
        ("obd_codes", b"\x03", [b"\x43\x00"], ""),
    ]
    for request, expected, answers, text in cases:
        units = [Unit(number, [answer]) for number, answer in enumerate(answers)]
        said, asked = exchange(clock, ours, "7DF:-/8/00", "all", request, units)
        check(asked == [[expected]] * len(units), f"{request}: {asked}")
        check(sorted(said) == [("answer", f"7E{8 + at:X} {text}") for at in range(len(units))], f"{request}: {said}")
    return len(cases)


def main():
    clock, ours = Clock(), Ours(sys.argv[1])
    steps = (read_data, read_faults, refusals, legislated)
    print(f"udsoncan and can-isotp: {sum(step(clock, ours) for step in steps)} exchanges agree")


main()
