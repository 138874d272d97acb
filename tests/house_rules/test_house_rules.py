"""The house's own rules hold in every file, and each of them bites."""

import re

import pytest

from launch.paths import ROOT
from tests.house_rules.reading import RULES, Finding, Source, files, findings, templates

# Looked at one by one: what may stand, and why.
ALLOWED = {
    ("kernel/privileges.py", "sql_put_together"): "GRANT takes no parameters; names by quote_name",
    (
        "communications/planning.py",
        "sql_put_together",
    ): "a query of a room’s own words; values apart",
    ("communications/queries/broadcasts.py", "sql_put_together"): "the same query, its first rows",
    ("patients/queries/typeahead.py", "sql_put_together"): "constants, as many as there were words",
    ("scheduling/actions/reserving.py", "sql_put_together"): "one of two names of tables of ours",
    (
        "scheduling/queries/cards.py",
        "markup_declared_safe",
    ): "600 cards; every string in them is escaped",
    ("access/views/account.py", "rows_of_everybody"): "whether there is any account at all",
    ("access/views/demo.py", "object_of_everybody"): "the demo's buttons; refused outside a demo",
    ("first_run/views/pages.py", "rows_of_everybody"): "an office that nobody has opened yet",
}

BITES = {
    "sql_put_together": [
        'cursor.execute(f"SELECT * FROM x WHERE name = {name}")',
        'cursor.execute("SELECT * FROM x WHERE name = %s" % name)',
        'Patient.objects.raw("SELECT " + column)',
        'RawSQL("lower({})".format(name), ())',
    ],
    "markup_declared_safe": ["mark_safe(note)", "html = utils.safestring.SafeString(note)"],
    "request_as_keywords": [
        "rows.filter(**request.GET.dict())",
        "rows.filter(**{k: v for k, v in request.data.items()})",
        "Patient(**self.request.data)",
    ],
    "rows_of_everybody": ["rows = Patient.objects.filter(pk=pk)", "return Patient.objects.all()"],
    "object_of_everybody": ["patient = get_object_or_404(Patient, pk=pk)"],
    "trigger_ignored": ["with pgtrigger.ignore('kernel.AuditEvent:audit_only_grows'): pass"],
    "set_for_the_session": [
        "cursor.execute('SET app.tenant = 1')",
        "cursor.execute('SET SESSION lock_timeout TO 5')",
        "cursor.execute(\"SELECT set_config('app.x', %s, false)\")",
    ],
    "message_put_together": [
        "log.warning(f'no {name}')",
        "log.info('no ' + name)",
        "log.error(message)",
    ],
}
PASSES = """
cursor.execute("SELECT * FROM x WHERE name = %s", [name])
link.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
rows = Patient.objects.visible_to(request.actor).filter(pk=pk)
patient = get_object_or_404(Patient.objects.visible_to(request.actor), pk=pk)
actions.register(**form.person(), by=request.actor)
cursor.execute("SET LOCAL lock_timeout = '2s'")
cursor.execute("SELECT set_config('app.x', %s, true)")
cursor.execute("UPDATE x SET name = %s")
log.warning("no such job %s", job_id)
format_html("<b>{}</b>", name)
"""


def test_every_file_keeps_every_rule():
    broken = {}
    for source in files():
        for found in findings(source):
            if (source.path, found.rule) not in ALLOWED:
                broken[f"{source.path}:{found.line}"] = found.rule
    assert broken == {}


def test_what_is_allowed_is_still_there():
    """A reason without its line is a door left open."""
    there = {(source.path, found.rule) for source in files() for found in findings(source)}

    assert set(ALLOWED) <= there


@pytest.mark.parametrize("rule", list(RULES))
def test_each_rule_bites(rule):
    for bad in BITES[rule]:
        found = findings(Source("patients/views/tried.py", bad))
        assert Finding(rule, 1) in found, bad


def test_what_is_right_passes():
    assert findings(Source("patients/views/tried.py", PASSES)) == []


def test_no_template_turns_escaping_off():
    off = re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off|\|\s*safeseq\b")
    assert off.search("{{ note|safe }}")
    broken = [str(path.relative_to(ROOT)) for path in templates() if off.search(path.read_text())]
    assert broken == []
