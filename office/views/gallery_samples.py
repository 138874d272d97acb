"""What the gallery shows: invented people and facts, in every state a component has."""

import datetime as dt

from kernel.looks import STATES

BLOCK = {
    "rule": "license-current",
    "level": "block",
    "finding": {
        "sentence": "Dr Whitfield’s state license expired on 15 Nov 2026, "
        "so he cannot be booked for Tue 17 Nov.",
        "facts": [
            ("License", "DO-20771, state medical board"),
            ("Expired", "15 Nov 2026, 1 day ago"),
        ],
        "remedy": {"label": "Book Dr Osei, same time", "url": "#"},
    },
}
WARN = {
    "rule": "balance-open",
    "level": "warn",
    "finding": {
        "sentence": "$84.20 open since 2 Sep.",
        "remedy": {"label": "Statement", "url": "#"},
    },
}
ALLOW = {
    "rule": "coverage",
    "level": "allow",
    "finding": {"sentence": "Larkspur Health PPO, checked today 7:40.", "remedy": None},
}

DELGADO = {
    "family": "Delgado",
    "given": "Rosa Maria",
    "preferred": "Rosie",
    "born": dt.date(1962, 7, 14),
    "sex": "Female",
    "chart": "20418",
    "phone": "555-0142",
    "clinician": "Bell, PA",
}
NEWBORN = {
    "family": "Unknown",
    "given": "Baby girl of Larsen",
    "born": None,
    "sex": "Female",
    "chart": "",
}


def mark(icon: str, word: str, says: str = "", tone: str = "") -> dict[str, str]:
    return {"icon": icon, "word": word, "says": says, "tone": tone}


def visit(number: int, state: str, name: str, born: str, **more: object) -> dict[str, object]:
    look = STATES[state]
    row = {
        "id": f"sample-{number}",
        "state": state,
        "icon": look.icon,
        "word": look.word,
        "tone": "",
        "url": "#",
    }
    return {
        **row,
        "name": name,
        "born": born,
        "marks": [mark("check", "Ready", "Forms and insurance", "good")],
        **more,
    }


def step(label: str, *, primary: bool = False) -> dict[str, object]:
    return {"label": label, "url": "#", "primary": primary}


VISITS = [
    visit(
        1,
        "scheduled",
        "Tully, Mark",
        "3 Mar 1971",
        time="10:30",
        late=True,
        icon="clock-exclamation",
        tone="look",
        word="22 m late",
        line="INR · Nurse room",
        step=step("Arrived"),
        marks=[
            mark("file-alert", "Forms", "Forms not started", "look"),
            mark("shield-x", "Inactive", "Insurance", "act"),
            mark("coin", "$45", "Due at visit"),
        ],
    ),
    visit(
        2,
        "confirmed",
        "Diaz, Marta",
        "8 Jan 1955",
        time="11:00",
        line="INR · Nurse room",
        step=step("Arrived"),
    ),
    visit(
        3,
        "arrived",
        "Vega, Marisol",
        "11 May 1993",
        time="10:15",
        long=True,
        icon="clock-exclamation",
        tone="act",
        word="31 m",
        line="New patient · Kessler",
        step=step("Room", primary=True),
    ),
    visit(
        4,
        "inroom",
        "Varga, Petra",
        "14 Apr 1969",
        time="10:15",
        word="Room 4",
        line="Follow-up · Raman · 28 m in room",
        marks=[],
        step=step("Checkout"),
    ),
    visit(
        5,
        "checkout",
        "Haruki, Emi",
        "25 Jun 1981",
        time="10:00",
        line="Follow-up · Osei",
        step=step("Done"),
    ),
    visit(
        6, "completed", "Drew, Nina", "20 Jan 1996", time="9:45", line="Bell · out 10:38", marks=[]
    ),
    visit(
        7,
        "noshow",
        "Crane, Walt",
        "2 Feb 1960",
        time="10:00",
        line="Brandt · called 10:20",
        marks=[],
        side="No-show",
    ),
]

TILES = [
    {
        "key": "ncr",
        "name": "Net collection",
        "url": "#",
        "value": "94.0",
        "unit": "%",
        "goal_y": "13.5",
        "spark": "M0 7.2 L14.5 9.3 L29.1 12.4 L43.6 14.5 L58.2 15.6 L72.7 21.9 L80 24",
        "spark_end": "24",
        "change": "0.8",
        "change_icon": "arrow-down-right",
        "tone": "act",
        "goal": "goal 95 %",
        "formula_url": "#",
    },
    {
        "key": "ar",
        "name": "Days in A/R",
        "url": "#",
        "value": "36.2",
        "unit": "days",
        "goal_y": "8.2",
        "spark": "M0 4 L14.5 5.7 L29.1 8.6 L43.6 13.6 L58.2 15.3 L72.7 21.1 L80 24",
        "spark_end": "24",
        "change": "2.1",
        "change_icon": "arrow-down-right",
        "tone": "good",
        "goal": "goal under 40",
        "formula_url": "#",
    },
    {
        "key": "wait",
        "name": "Wait, median",
        "url": "#",
        "value": "",
        "unit": "",
        "goal": "P90 24 min",
        "formula_url": "#",
    },
]

WORK = [
    {
        "icon": "lock",
        "tone": "act",
        "what": "Move Dr Whitfield’s 4 visits today",
        "url": "#",
        "verb": "Move visits",
        "why": "First is at 1:00. His license expired yesterday, so he may not see patients.",
        "due": "in 2 h 8 m",
        "due_tone": "act",
    },
    {
        "icon": "receipt-off",
        "tone": "look",
        "what": "2 visits without a charge since Friday",
        "url": "#",
        "why": "Charge lag is over 24 h. Raman 1, Osei 1.",
        "amount": "$368.00",
        "due": "3 days old",
        "due_tone": "look",
        "verb": "See visits",
    },
    {
        "icon": "signature",
        "tone": "",
        "what": "Sharps disposal, version 4: 6 of 22 have not signed",
        "url": "#",
        "why": "Deadline is Fri. From Mon their chart access narrows until they do.",
        "due": "4 days",
        "verb": "Nudge 6",
    },
]

TIMELINE = [
    {"band": "Coming"},
    {
        "date": "3 Dec",
        "icon": "calendar-event",
        "title": "Eye exam referral",
        "tone": "look",
        "text": "No reply for 35 days",
        "verb": "Chase",
        "verb_url": "#",
    },
    {"band": "September and before"},
    {
        "date": "2 Sep",
        "icon": "circle-check-filled",
        "state": "completed",
        "title": "Follow-up with Bell, PA",
        "url": "#",
        "text": "In 9:02, room 9:15, out 9:41",
        "amount": "$184.00",
    },
    {
        "date": "2 Sep",
        "icon": "coin",
        "title": "Statement $84.20",
        "text": "Sent by post 28 Sep",
        "amount": "$84.20",
        "amount_tone": "act",
        "open": "open",
    },
    {
        "date": "11 Jun",
        "icon": "ban",
        "state": "noshow",
        "title": "No-show, Follow-up with Bell",
        "text": "Called 9:25",
    },
]

SAMPLES = {
    "states": list(STATES),
    "visits": VISITS,
    "blocked": BLOCK,
    "warn": WARN,
    "allow": ALLOW,
    "verdicts": [BLOCK, WARN],
    "patient": DELGADO,
    "newborn": NEWBORN,
    "tiles": TILES,
    "facts": [
        ("October", "$412,806 ÷ $439,155"),
        ("Leaves out", "capitation"),
        ("Basis", "posting date"),
    ],
    "work": WORK,
    "timeline": TIMELINE,
    "toasts": [
        {
            "text": "Moved Rosa Delgado to 12:45. The text goes out at 10:55.",
            "icon": "calendar-event",
            "undo": "#undo",
        },
        {
            "text": "The slot was taken meanwhile, so the visit stays at 12:45.",
            "icon": "alert-circle",
            "tone": "act",
        },
    ],
    "steps": [
        {"label": "Upload", "url": "#", "done": True},
        {"label": "Match columns", "url": "#", "done": True},
        {"label": "Check rows", "url": "", "current": True},
        {"label": "Import", "url": ""},
    ],
    "job": {
        "id": "sample",
        "what": "Importing patients",
        "says": "3,120 of 5,000, about 40 s",
        "percent": 62,
        "aside": "48 rows set aside.",
        "cancel_url": "#",
        "url": "#",
    },
    "columns": [
        {"label": "Rule"},
        {"label": "Then it"},
        {"label": "Fired, 30 d", "num": True, "sort": "#", "order": "descending"},
    ],
    "rows": [
        {
            "name": "A clinician whose license has expired may not be booked",
            "selected": True,
            "cells": [{"text": "Blocks", "tone": "act"}, {"text": "7", "num": True}],
        },
        {
            "name": "Overdue balance above $250 is mentioned",
            "selected": False,
            "cells": [{"text": "Warns", "tone": "look"}, {"text": "31", "num": True}],
        },
    ],
    "more": [{"label": "Other times", "url": "#"}],
    "button": {"label": "Add someone", "url": "#"},
    "compare": {"label": "Compare", "url": "#"},
    "groups": [
        {
            "label": "Patients",
            "items": [
                {
                    "id": "p1",
                    "icon": "user",
                    "label": "Delgado, Rosa",
                    "detail": "14 Jul 1962 · 20418",
                    "url": "#",
                },
                {
                    "id": "p2",
                    "icon": "user",
                    "label": "Delgado, João",
                    "detail": "2 May 1959 · 20419",
                    "url": "#",
                },
            ],
        },
        {
            "label": "Actions",
            "items": [
                {
                    "id": "a1",
                    "icon": "calendar-plus",
                    "label": "Book a visit",
                    "detail": "n",
                    "url": "#",
                }
            ],
        },
    ],
    "options": [
        {
            "id": "o1",
            "text": "Delgado, Rosa",
            "name": "DELGADO, Rosa (Rosie)",
            "detail": "Born 14 Jul 1962 (64) · Chart 20418",
        },
        {
            "id": "o2",
            "text": "Delgado, João",
            "name": "DELGADO, João",
            "detail": "Born 2 May 1959 (67) · Chart 20419",
        },
    ],
    "create": {"label": "New patient “del”", "url": "#"},
}
