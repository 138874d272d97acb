from communications.models.broadcast import Broadcast
from communications.models.choice import OptOut, SendingSetting
from communications.models.message import Message, MessageEvent
from communications.models.template import Template, TemplateVersion
from communications.models.ways import Channel, Way

__all__ = [
    "Broadcast",
    "Channel",
    "Message",
    "MessageEvent",
    "OptOut",
    "SendingSetting",
    "Template",
    "TemplateVersion",
    "Way",
]
