"""Scripts in every column that holds words: every page in a real browser, the paper, the letters (plan A-41)."""

import re
import zlib
from io import BytesIO

import pytest
from django.apps import apps
from django.core.mail import EmailMessage
from django.db import Error, connection, models, transaction
from django.utils import timezone
from pypdf import PdfReader

from access import actions
from access.models import User
from demo import seed
from kernel import audit
from kernel.actors import Actor, ActorKind
from kernel.models import GateVerdict, Job
from kernel.rooms import ROOMS
from tests import factories
from tests.access.door import letters
from tests.robustness.corpus import CANARY
from tests.robustness.test_corpora import SIZE, doors
from tests.test_every_page import ROLES, client_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The longest that a column holds is taken; what is longer than a column is no danger in it.
SCRIPTS = (
    f'"><img src=x onerror="window.{CANARY}=1;alert(1)">',
    f"<script>window.{CANARY}=1;alert(1)</script>",
    "'\"><svg/onload=alert(1)>",
    "<b id=x7>",
)
# A column of these names holds a code, a key or a digest: nothing anybody types is in it.
CODES = re.compile(
    r"^(zone|code|color|state|country|gender|birth_sex|race|ethnicity|language|marital_status|class_code|use|system"
    r"|kind|room_kind|device_kind|level|rule|point|action|role|permission|topic|subscriber|seed|password|hint|npi"
    r"|source|source_id|fingerprint|digits|relationship|subject_kind|actor_kind|resource_kind|key|postal_code"
    r"|pgh_label|email|override_permission|until_then_override|account)$|_key$|digest$"
)
# Said by the browser itself, before any line of the page runs.
WATCH = """
window.broken = [];
document.addEventListener('securitypolicyviolation', (e) => window.broken.push(`policy: ${e.violatedDirective}`));
"""
FOUND = f"""() => {{
  const all = (what) => [...document.querySelectorAll(what)];
  const scripts = all('script:not([type="application/json"])').filter((s) => s.textContent.includes('{CANARY}'));
  const theirs = [...scripts, ...all('[onerror], [onload], #x7, a[href^="javascript:" i]')];
  return [...window.broken, ...(window.{CANARY} ? ['it ran'] : []), ...theirs.map((e) => `${{e.tagName}} of theirs`)];
}}"""


def columns():
    """Every column of the house that takes words."""
    for model in apps.get_models():
        meta = model._meta
        grows = getattr(model, "append_only", False) or "History" in meta.object_name
        if meta.app_label not in ROOMS or grows:  # rows that only grow are added by the fixture
            continue
        for field in meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField)
            if is_text and not (field.choices or field.unique or CODES.search(field.name)):
                yield meta.label, meta.db_table, field


def script_for(field):
    """The same in each run; a number at its end keeps rows apart that must differ."""
    room = (field.max_length or 300) - 4
    fitting = [each for each in SCRIPTS if len(each) <= room]
    if len(fitting) > 2:  # both long ones have their turn
        fitting = fitting[zlib.crc32(field.name.encode()) % 2 :]
    return fitting[0] if fitting else ""


def write_everywhere():
    """Past all forms, as an import of somebody else's records would; what a constraint refuses is told."""
    written, refused = [], []
    for label, table, field in columns():
        # Some words come only with something else: a reason with what it is for. Those where they stand.
        refusals = [_write(table, field, where) for where in ("true", f"{field.column} <> ''")]
        (written if None in refusals else refused).append(f"{label}.{field.name}")
    return written, refused


def _write(table, field, where):
    column = connection.ops.quote_name(field.column)
    sql = f"UPDATE {table} SET {column} = %s || substr(md5(id::text), 1, 4) WHERE {where}"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [script_for(field)])
    except Error as error:
        return error
    return None


# A constraint keeps the shape of these: no word fits.
SHAPED = [
    "desk.DocumentVersion.sha256",
    "desk.DocumentVersion.media_type",
    "desk.DocumentVersion.original_sha256",
]


@pytest.fixture
def office(settings):
    settings.MEMO_SECONDS = 60
    seed.make_practice(
        by=Actor.system("demo"), at=timezone.now(), size=SIZE, home="America/New_York"
    )
    clients = {role: client_of(role) for role in ROLES}
    boss = User.objects.get(email="admin@demo.office")
    Job.objects.create(
        kind="fhir.import", owner_id=boss.pk, owner_name="x", note="x", state="failed"
    )
    mallory = Actor(ActorKind.STAFF, boss.pk, SCRIPTS[0])
    audit.record_fact(mallory, page="access.user", kind="access.user", ids=[boss.pk])
    GateVerdict.objects.create(
        point="appointment.book", rule="scheduling.same_day", outcome="warned", sentence=SCRIPTS[0],
        reason=SCRIPTS[1], actor_kind="staff", actor_id=boss.pk, actor_name=SCRIPTS[0],
    )  # fmt: skip
    written, refused = write_everywhere()
    assert sorted(refused) == sorted(SHAPED)
    assert len(written) > 50
    return clients


def pages_with_scripts(office):
    """`(client, path)` of each page and fragment that shows some of it."""
    for client, path, _pattern in doors(office):
        answer = client.get(path)
        if answer.streaming or "html" not in answer.get("Content-Type", ""):
            continue
        if "alert(1)" in answer.content.decode() or "x7" in answer.content.decode():
            yield client, path


@pytest.fixture
def watched(open_page):
    """A page of this client's browser that hears dialogs; and what it heard."""
    dialogs = []

    def open_one(client, path="/sign-in/"):
        page = open_page(path, client=client, quiet=("events",))
        page.add_init_script(WATCH)
        page.on("dialog", lambda one: (dialogs.append(one.message), one.dismiss()))
        return page

    yield open_one
    assert dialogs == []


def test_no_page_runs_what_somebody_wrote(office, watched):
    opened, wrong = {}, []
    shown = list(pages_with_scripts(office))
    for client, path in shown:
        if id(client) not in opened:
            opened[id(client)] = watched(client)
        opened[id(client)].goto(path, wait_until="load")
        wrong += [f"{path}: {each}" for each in opened[id(client)].evaluate(FOUND)]
    assert wrong == []
    assert len(shown) > 40


def test_nor_what_a_page_fetches_when_somebody_types(office, watched):
    """The finder of everything, and the one of patients in the booking drawer: built by scripts of ours."""
    page = watched(office["frontdesk"])
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("a")
    page.locator("[role=option]").first.wait_for()
    found = page.evaluate(FOUND)

    page.goto("/schedule/")
    page.keyboard.press("n")
    page.get_by_role("combobox", name="Patient").press_sequentially("a")
    option = page.locator("#drawer [role=option]").first
    option.wait_for()

    assert found + page.evaluate(FOUND) == []
    assert "alert(1)" in option.inner_text()


def test_paper_shows_it_as_text_and_does_nothing(office):
    whole = 0
    for client, path, pattern in doors(office):
        if "pdf" not in pattern:
            continue
        answer = client.get(path)
        assert answer["Content-Type"] == "application/pdf"
        paper = b"".join(answer) if answer.streaming else answer.content
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages)
        whole += "alert(1)" in re.sub(r"\s", "", text)
        assert not re.search(rb"/(JavaScript|JS|OpenAction|AA|Launch|URI|EmbeddedFile)\b", paper)
    assert whole


def test_letters_are_plain_text(office):
    helen = User.objects.get(email="privacy@demo.office")
    boss = factories.actor_of(User.objects.get(email="admin@demo.office"))
    actions.reset_second_step(user=helen, by=boss)
    [letter] = letters()

    assert f"By: {SCRIPTS[0][:20]}" in letter.body or f"By: {SCRIPTS[1][:20]}" in letter.body
    assert letter.content_subtype == "plain"
    assert not letter.attachments
    assert type(letter) is EmailMessage  # which has one body, and no second one of HTML
