"""The demo's gateway: nothing leaves the house; what would have gone is read on the page of messages."""

from communications import gateways
from communications.gateways import Outgoing


class Demo:
    name = "demo"
    knows_keys = True
    can_tell = True

    def send(self, out: Outgoing) -> str:
        return f"demo-{out.key[-12:]}"

    def find(self, key: str) -> str | None:
        return f"demo-{key[-12:]}"


@gateways.adapter("demo")
def make(_address: str) -> Demo:
    return Demo()
