"""What people and programs send that nobody expected: one short list, tried in every field there is."""

CANARY = "x7c4n4ry"  # stands in every script below; it must never be one

TEXTS = {
    "empty": "",
    "spaces": " \t\n ",
    "nul": "Ros\x00si",
    "bell and escape": "\x07\x1b[31mred",
    "half a character": "\ud800",
    "bidi": "\u202egnp.exe\u202c",
    "zero width": "Ro\u200bs\u200dsi\ufeff",
    "four bytes": "𝒵😀🏳️‍🌈",
    "many marks": "Z" + "\u0310" * 300,
    "other digits": "١٢٣",
    "full width": "＝１＋１",
    "unnormalised": "Zoe\u0308",
    "very long": "a" * 70_000,
    "long word of marks": "ﷺ" * 5_000,
    "sql": "' OR 1=1; DROP TABLE patients_patient; --",
    "sql like": "%_\\%",
    "sql cast": "1)::int OR (SELECT 1)=1 --",
    "template": "{{ 7*7 }}{% debug %}${7*7}#{7*7}",
    "format": "%s%n%d {0} {0.__class__}",
    "shell": "$(reboot) `id` | cat /etc/passwd",
    "header": "a\r\nSet-Cookie: a=b\r\n\r\n<html>",
    "path": "../../../../etc/passwd",
    "address of a file": "file:///etc/passwd",
    "address inside": "http://169.254.169.254/latest/meta-data/",
    "ldap": "*)(uid=*))(|(uid=*",
    "xml": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "json": '{"$gt": ""}',
    "script": f"<script>window.{CANARY}=1;alert(1)</script>",
    "attribute": f"\"><img src=x onerror=\"window.{CANARY}=1;alert(1)\">",
    "link": f"javascript:window.{CANARY}=1",
    "formula": "=HYPERLINK(\"http://example.org\",\"x\")",
}  # fmt: skip
NUMBERS = {
    "minus one": "-1",
    "zero": "0",
    "two to the 31": "2147483648",
    "two to the 63": "9223372036854775808",
    "five thousand digits": "9" * 5_000,
    "1e309": "1e309",
    "1e-400": "1e-400",
    "nan": "NaN",
    "infinite": "-Infinity",
    "hex": "0x1F",
    "fraction": "1.5",
}
TIMES = {
    "year zero": "0000-01-01",
    "year 9999": "9999-12-31",
    "year 10000": "10000-01-01",
    "day 31 of February": "2026-02-31",
    "last instant": "9999-12-31T23:59:59.999999+14:00",
    "first instant": "0001-01-01T00:00:00-14:00",
    "no such hour": "25:61",
    "in the gap": "2026-03-08T02:30",
    "leap second": "2016-12-31T23:59:60Z",
    "week date": "2026-W47-1",
}
IDS = {
    "nil": "00000000-0000-0000-0000-000000000000",
    "braces": "{01930000-0000-7000-8000-000000000000}",
    "urn": "urn:uuid:01930000-0000-7000-8000-000000000000",
    "many": ",".join(["01930000-0000-7000-8000-000000000000"] * 200),
    "true": "true",
    "none": "None",
}
EVERYTHING = TEXTS | NUMBERS | TIMES | IDS
# A browser cannot send half a character in a form; a program can, in JSON.
IN_FORMS = {name: value for name, value in EVERYTHING.items() if name != "half a character"}
