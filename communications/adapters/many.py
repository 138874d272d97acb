"""Texts and push through apprise, which speaks to a hundred services: `twilio://SID:TOKEN@FROM/{to}`."""

from urllib.parse import quote

from communications import gateways
from communications.gateways import NoAnswer, Outgoing, Refused


class Apprise:
    """
    It says yes or no and not why: a no may be a number that does not exist or a lost answer, so it is not known.
    """

    name = "apprise"
    knows_keys = False
    can_tell = False

    def __init__(self, address: str) -> None:
        self.address = address

    def send(self, out: Outgoing) -> str:
        import apprise  # a hundred services: loaded by who sends, not by every page

        service = apprise.Apprise()
        if not service.add(self.address.replace("{to}", quote(out.address))):
            raise Refused("The service does not take this number.")
        if not service.notify(body=out.text, title=out.subject_line):
            raise NoAnswer("The service did not say that it took it.")
        return ""

    def find(self, key: str) -> str | None:
        raise NoAnswer("The service does not tell.")


@gateways.adapter("apprise")
def make(address: str) -> Apprise:
    return Apprise(address.removeprefix("apprise:"))
