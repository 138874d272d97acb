"""Where the office has a virus scanner, nothing opens before it said that it is clean: also when it says nothing."""

import socket
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django.utils import timezone

from desk import store
from desk.actions import document_keeping as keeping
from desk.actions import documents as actions
from desk.actions import scanning
from desk.models import Document, DocumentVersion
from desk.queries import documents as queries
from desk.safety import scanner
from kernel import work
from kernel.actors import Actor
from kernel.models import AuditEvent
from office.roles import Role
from tests.desk import clamd
from tests.desk.papers import checked

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def daemon(settings):
    with clamd.over_tcp() as (server, url):
        settings.SCANNER_URL = url
        yield server


@pytest.fixture
def file(location):
    """`file(b"contents")`: a paper that is filed."""
    folder = keeping.add_folder(name="Policies", location=location, by=SYSTEM)

    def do(body=b"Wash your hands."):
        return actions.add_document(folder=folder, file=checked(body), by=SYSTEM, at=timezone.now())

    return do


@pytest.fixture
def scan(django_capture_on_commit_callbacks):
    """Let the tick ask, now."""

    def do():
        DocumentVersion.objects.filter(state="quarantined").update(
            scan_due_at=timezone.now() - timedelta(hours=1)
        )
        with django_capture_on_commit_callbacks(execute=True):
            return scanning.scan_waiting()

    return do


def nobody_gets(client, paper, number=1):
    answer = client.get(reverse("desk:download", args=[paper.pk, number]))
    shown = client.get(reverse("desk:picture", args=[paper.pk, number, 1]))
    return (answer.status_code, shown.status_code) == (404, 404)


def test_without_a_scanner_a_checked_file_is_available_and_the_page_says_so(
    file, signed_in, location
):
    assert file().state == "available"

    page = signed_in(Role.FRONT_DESK, location).get(reverse("desk:documents"))
    assert b"No virus scanner is set up" in page.content


def test_a_clean_file_opens_once_the_scanner_said_so(daemon, file, scan, signed_in, location):
    client = signed_in(Role.FRONT_DESK, location)
    paper = file()

    version = paper.versions.get()
    assert (paper.state, version.state, version.is_current) == ("quarantined", "quarantined", False)
    assert nobody_gets(client, paper)
    assert (
        queries.listing(SYSTEM, timezone.now().date(), text="your").rows == []
    )  # its words are closed too
    assert (
        b"Waiting for the virus scanner"
        in client.get(reverse("desk:document", args=[paper.pk])).content
    )

    assert scan() == 1

    assert daemon.seen == [b"Wash your hands."]
    assert Document.objects.get().state == "available"
    assert client.get(reverse("desk:download", args=[paper.pk, 1])).content == b"Wash your hands."
    assert [row.title for row in queries.listing(SYSTEM, timezone.now().date(), text="your").rows]
    assert not list((store.root() / "quarantine").iterdir())
    assert scan() == 0


def test_an_infected_file_is_destroyed_and_its_paper_says_why(
    daemon, file, scan, signed_in, location
):
    paper = file(clamd.EICAR)

    scan()

    version = DocumentVersion.objects.get()
    assert (version.state, Document.objects.get().state, version.text) == ("refused", "refused", "")
    assert "Eicar-Test-Signature" in version.scan_says
    assert not list(store.names())
    assert not list((store.root() / "quarantine").iterdir())
    client = signed_in(Role.MANAGER, location)
    assert nobody_gets(client, paper)
    assert b"Eicar-Test-Signature" in client.get(reverse("desk:document", args=[paper.pk])).content
    told = AuditEvent.objects.get(action="desk.settle_scan")
    assert (told.details["outcome"], told.subject_ids) == ("infected", [paper.pk])


def test_an_infected_version_leaves_the_one_before_it_in_use(settings, file, scan):
    paper = file()
    with clamd.over_tcp() as (_, url):
        settings.SCANNER_URL = url
        actions.add_version(document=paper, file=checked(clamd.EICAR), by=SYSTEM, at=timezone.now())
        assert paper.versions.get(number=1).is_current
        scan()

    assert Document.objects.get().state == "available"
    assert [each.state for each in paper.versions.order_by("number")] == ["available", "refused"]
    assert paper.versions.get(is_current=True).number == 1


def test_an_older_version_that_was_found_clean_late_does_not_replace_a_newer_one(
    settings, file, scan
):
    paper = file()
    with clamd.over_tcp() as (server, url):
        settings.SCANNER_URL = url
        actions.add_version(document=paper, file=checked(b"Second"), by=SYSTEM, at=timezone.now())
        settings.SCANNER_URL = ""
        actions.add_version(document=paper, file=checked(b"Third"), by=SYSTEM, at=timezone.now())
        settings.SCANNER_URL = url
        scan()
        assert server.seen == [b"Second"]

    assert [each.state for each in paper.versions.order_by("number")] == ["available"] * 3
    assert paper.versions.get(is_current=True).number == 3


@pytest.mark.parametrize(
    "mood",
    ["hangs up", "stream: Can't allocate memory ERROR", "", "stream: OK FOUND OK", "COMMAND READ TIMED OUT",
     "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND", "stream: ok"],
    ids=["hangs up", "no memory", "too large", "nonsense", "timed out", "limits", "small letters"],
)  # fmt: skip
def test_a_scanner_that_does_not_say_clean_leaves_the_file_where_it_is(
    daemon, file, scan, mood, location, manager
):
    daemon.mood = mood
    paper = file(b"x" * (clamd.LARGEST + 1) if not mood else b"Wash")

    assert scan() == 0

    version = DocumentVersion.objects.get()
    assert (version.state, version.scan_tries) == ("quarantined", 1)
    assert version.scan_says
    assert version.scan_due_at > timezone.now()
    assert scanning.scan_waiting() == 0  # not before its time
    assert Document.objects.get().state == "quarantined"
    DocumentVersion.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    told = [
        each
        for each in work.queue_for(manager, timezone.now())
        if "wait for the virus" in each.what
    ]
    assert [each.severity for each in told] == ["act"]
    assert paper.pk


def test_a_scanner_that_is_down_is_asked_again_until_it_answers(daemon, settings, file, scan):
    url = settings.SCANNER_URL
    with socket.socket() as nobody:  # bound, but nobody listens
        nobody.bind(("127.0.0.1", 0))
        settings.SCANNER_URL = f"tcp://127.0.0.1:{nobody.getsockname()[1]}"
        file(b"One")
        file(b"Two")
        assert scan() == 0
    assert sorted(DocumentVersion.objects.values_list("scan_tries", flat=True)) == [
        0,
        1,
    ]  # the others were spared

    settings.SCANNER_URL = url

    assert scan() == 2
    assert set(Document.objects.values_list("state", flat=True)) == {"available"}


def test_a_slow_scanner_holds_nobody_up_for_long(daemon, settings, monkeypatch, file, scan):
    daemon.mood, daemon.slow = "slow", 1.5
    monkeypatch.setattr(scanner, "SECONDS", 0.3)
    file()

    assert scan() == 0
    assert DocumentVersion.objects.get().scan_says == "The scanner does not answer."


def test_a_scanner_taken_out_of_the_settings_opens_nothing(daemon, settings, file, scan):
    file()
    settings.SCANNER_URL = ""

    assert scan() == 0
    assert DocumentVersion.objects.get().state == "quarantined"


def test_a_file_larger_than_the_scanner_takes_is_not_sent(daemon, settings, file, scan):
    settings.SCANNER_MAX_BYTES = 3
    file()

    assert scan() == 0
    assert daemon.calls == 0


def test_a_file_that_vanished_from_quarantine_stays_closed(daemon, file, scan):
    version = file().versions.get()
    store.let_go(version.pk)

    assert scan() == 0
    assert DocumentVersion.objects.get().state == "quarantined"


def test_two_answers_are_written_once(daemon, file, django_capture_on_commit_callbacks):
    version = file().versions.get()

    with django_capture_on_commit_callbacks(execute=True):
        scanning.settle_scan(waiting=version, found="", by=SYSTEM)
        scanning.settle_scan(waiting=version, found="Too late", by=SYSTEM)

    assert DocumentVersion.objects.get().state == "available"
    assert scanning.scan_one(version.pk)


def test_an_archived_paper_is_scanned_and_stays_archived(daemon, file, scan):
    paper = file()
    actions.archive_document(document=paper, by=SYSTEM, at=timezone.now())

    scan()

    assert Document.objects.get().state == "archived"
    assert actions.restore_document(document=paper, by=SYSTEM).state == "available"


def test_clamd_is_asked_over_a_socket_of_the_machine_too(settings, tmp_path):
    with clamd.over_a_socket(tmp_path / "clamd.ctl") as (_, url):
        settings.SCANNER_URL = url
        assert scanner.scan(b"harmless") is None
        assert scanner.scan(clamd.EICAR) == scanner.Infected("Eicar-Test-Signature")
    with pytest.raises(scanner.ScannerAway):
        scanner.scan(b"harmless")


@pytest.mark.parametrize("url", ["clamd", "http://127.0.0.1:3310", "tcp://"])
def test_an_address_that_makes_no_sense_is_told(settings, url):
    settings.SCANNER_URL = url
    with pytest.raises(ImproperlyConfigured, match="SCANNER_URL"):
        scanner.scan(b"x")
