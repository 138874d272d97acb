from communications.actions.broadcasts import prepare_broadcast, start_broadcast, stop_broadcast
from communications.actions.choices import opt_in, opt_out
from communications.actions.outgoing import give_up, say_it_arrived, send_again
from communications.actions.templates import write_template

__all__ = [
    "give_up",
    "opt_in",
    "opt_out",
    "prepare_broadcast",
    "say_it_arrived",
    "send_again",
    "start_broadcast",
    "stop_broadcast",
    "write_template",
]
