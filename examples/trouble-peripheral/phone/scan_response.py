"""A virtual controller whose scan response is heard: Bumble's own repeats the advertising data in its place."""
from bumble import ll
from bumble.controller import Controller


class ScannedController(Controller):
    """Sends the scan response of legacy advertising behind the advertising data."""

    def send_advertising_pdu(self, pdu) -> None:
        super().send_advertising_pdu(pdu)
        response = self.le_legacy_advertiser.scan_response_data
        if isinstance(pdu, ll.AdvInd) and response:
            super().send_advertising_pdu(ll.AdvInd(advertiser_address=pdu.advertiser_address, data=bytes(response)))
