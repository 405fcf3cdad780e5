"""A control unit: ISO-TP by can-isotp, requests and responses by udsoncan. Frames come and go as lines of SLCAN.

`ecu.py moving` is that of a vehicle on the road, `ecu.py standing` that of one with its ignition on and its engine off.
"""

import queue
import sys
import threading
import time

import isotp
import udsoncan

VIN = b"1HGBH41JXMN109186"
REQUEST, RESPONSE, EVERYONE = 0x7E0, 0x7E8, 0x7DF
# As OBD-II answers them: engine speed in quarters of a turn a minute, vehicle speed in km/h.
DRIVES = {"moving": (b"\x41\x0c\x1f\x40", b"\x41\x0d\x32"), "standing": (b"\x41\x0c\x00\x00", b"\x41\x0d\x00")}
ENGINE_SPEED, VEHICLE_SPEED = DRIVES[sys.argv[1]]

# P0301 and C0035.
trouble_codes = [b"\x03\x01", b"\x40\x35"]

received = queue.Queue()


def listen():
    for line in sys.stdin:
        line = line.strip()
        if line.startswith("t"):
            data = bytes.fromhex(line[5 : 5 + 2 * int(line[4], 16)])
            received.put(isotp.CanMessage(arbitration_id=int(line[1:4], 16), data=data))
    received.put(None)


def send(message):
    print(f"t{message.arbitration_id:03X}{len(message.data):X}{bytes(message.data).hex().upper()}", flush=True)


def answer(payload):
    """What the unit says to a request; None for silence."""
    if payload == b"\x09\x02":
        return b"\x49\x02\x01" + VIN
    if payload == b"\x01\x00":
        return b"\x41\x00\x00\x18\x00\x00"
    if payload == b"\x01\x0c":
        return ENGINE_SPEED
    if payload == b"\x01\x0d":
        return VEHICLE_SPEED
    if payload == b"\x03":
        return bytes([0x43, len(trouble_codes)]) + b"".join(trouble_codes)
    if payload == b"\x04":
        trouble_codes.clear()
        return b"\x44"
    if payload[0] < 0x10:
        return None
    request = udsoncan.Request.from_payload(payload)
    if request.service is udsoncan.services.ReadDataByIdentifier and request.data == b"\xf1\x90":
        return udsoncan.Response(request.service, udsoncan.Response.Code.PositiveResponse, b"\xf1\x90" + VIN).get_payload()
    if request.service is None:
        return None
    return udsoncan.Response(request.service, udsoncan.Response.Code.ServiceNotSupported).get_payload()


def main():
    threading.Thread(target=listen, daemon=True).start()
    address = isotp.Address(
        isotp.AddressingMode.Normal_11bits, rxid=REQUEST, txid=RESPONSE
    )
    waiting = queue.Queue()

    def receive(timeout):
        try:
            return waiting.get_nowait()
        except queue.Empty:
            return None

    stack = isotp.TransportLayerLogic(rxfn=receive, txfn=send, address=address, params={"stmin": 0, "blocksize": 8})
    while True:
        try:
            message = received.get(timeout=0.002)
            if message is None:
                return
            if message.arbitration_id == EVERYONE:
                # A single frame to all units is taken as one to this unit.
                message.arbitration_id = REQUEST
            waiting.put(message)
        except queue.Empty:
            pass
        stack.process(rx_timeout=0)
        while stack.available():
            said = answer(bytes(stack.recv()))
            if said is not None:
                stack.send(said)
        time.sleep(0.001)


main()
