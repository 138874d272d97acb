"""Papers are filed, named, kept, put away and destroyed by a schedule; who may open one, and who may not."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk import store
from desk.actions import document_keeping as keeping
from desk.actions import documents as actions
from desk.models import Disposal, Document, DocumentVersion, Folder
from desk.queries import documents as queries
from kernel import clock, undo, work
from kernel.actors import Actor
from kernel.models import AuditEvent
from kernel.refusals import Forbidden, Invalid, OutOfScope, StaleVersion
from office.roles import Role
from tests import factories
from tests.desk.papers import checked

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def policies(location):
    return keeping.add_folder(name="Policies", location=location, by=SYSTEM)


@pytest.fixture
def file(policies, now):
    """`file("words")`: a paper that is filed."""

    def do(words="Wash your hands.", folder=None, by=SYSTEM, **said):
        return actions.add_document(
            folder=folder or policies, file=checked(words.encode(), f"{said.pop('name', 'Paper')}.txt"),
            by=by, at=now, filing=actions.Filing(**said),
        )  # fmt: skip

    return do


def found(actor, text):
    return [row.title for row in queries.listing(actor, date.today(), text=text).rows]


def events(action):
    return AuditEvent.objects.filter(action=f"desk.{action}", outcome="done")


# ---- filing


def test_a_paper_is_filed_under_its_own_name(file, desk):
    paper = file(name="Hand washing", by=desk)

    version = paper.versions.get()
    assert paper.title == "Hand washing"
    assert (paper.state, version.number, version.is_current) == ("available", 1, True)
    assert store.read(version.sha256) == b"Wash your hands."
    assert paper.owner_id == desk.id
    assert events("add_document").get().subject_ids == [paper.pk]


def test_a_folder_says_how_long_its_papers_are_kept(location, file, now):
    folder = keeping.add_folder(name="HIPAA", location=location, retention_class="hipaa", by=SYSTEM)

    paper = file(folder=folder)

    assert paper.retention_class == "hipaa"
    assert paper.retain_until == actions.kept_until("hipaa", now.date())
    assert actions.kept_until("hipaa", date(2024, 2, 29)) == date(2030, 3, 1)


def test_a_newer_version_takes_the_place_and_the_older_stays(file, now, desk):
    paper = file()

    newer = actions.add_version(
        document=paper, file=checked(b"Wash them twice."), by=desk, at=now, note="Twice"
    )

    old, new = paper.versions.order_by("number")
    assert (old.is_current, new.is_current, new.pk) == (False, True, newer.pk)
    assert store.read(old.sha256) == b"Wash your hands."
    assert found(SYSTEM, "twice") == ["Paper"]


def test_the_same_file_is_no_new_version(file, now):
    paper = file()

    with pytest.raises(Invalid, match="same file"):
        actions.add_version(document=paper, file=checked(b"Wash your hands."), by=SYSTEM, at=now)
    assert paper.versions.count() == 1


def test_the_same_file_lies_in_the_store_once(file):
    file(name="One")
    file(name="Two")

    assert len(list(store.names())) == 1


def test_what_is_said_of_a_paper_makes_sense(file, patient, location):
    for said, field in [
        ({"tags": tuple(f"tag {n}" for n in range(13))}, "tags"),
        ({"expires_date": date(3000, 1, 1)}, "expires_date"),
        ({"about": ("patients.patient", location.pk)}, "about"),
        ({"about": ("scheduling.appointment", patient.pk)}, "about"),
    ]:
        with pytest.raises(Invalid) as refused:
            file(**said)
        assert refused.value.field == field
    assert Document.objects.count() == 0


def test_tags_are_kept_once_as_they_were_first_written(file):
    assert file(tags=("OSHA", "osha", " #Safety,", "")).tags == ["OSHA", "Safety"]


# ---- changing


def test_a_paper_is_renamed_moved_and_tagged(file, desk, location):
    paper = file()
    other = keeping.add_folder(name="Forms", location=location, by=SYSTEM)

    changed = actions.change_document(
        document=paper,
        version=paper.version,
        by=desk,
        title="Clean hands",
        folder=other,
        tags=["OSHA"],
    )

    assert (changed.title, changed.folder_id, changed.tags) == ("Clean hands", other.pk, ["OSHA"])
    assert found(desk, "clean") == found(desk, "osha") == ["Clean hands"]
    assert events("change_document").get().details["changed"] == ["title", "folder", "tags"]


def test_somebody_elses_change_is_not_overwritten(file, desk):
    paper = file()
    actions.change_document(document=paper, version=paper.version, by=desk, title="Theirs")

    with pytest.raises(StaleVersion):
        actions.change_document(document=paper, version=paper.version, by=desk, title="Mine")
    assert Document.objects.get().title == "Theirs"


def test_a_paper_is_not_moved_to_where_one_does_not_work(file, desk, elsewhere):
    away = keeping.add_folder(name="Away", location=elsewhere, by=SYSTEM)
    paper = file()

    with pytest.raises(OutOfScope):
        actions.change_document(document=paper, version=paper.version, by=desk, folder=away)
    with pytest.raises(TypeError):
        actions.change_document(document=paper, version=paper.version, by=desk, state="available")


def test_an_archived_paper_comes_back(file, desk, now):
    paper = file()

    gone = actions.archive_document(document=paper, by=desk, at=now)

    assert (gone.state, gone.archived_at) == ("archived", now)
    with pytest.raises(actions.AlreadyArchived):
        actions.archive_document(document=paper, by=desk, at=now)
    with pytest.raises(actions.NotAvailable):
        actions.change_document(document=paper, version=gone.version, by=desk, title="No")
    undo.take(gone.undo_token, by=desk)
    assert Document.objects.get().state == "available"
    with pytest.raises(actions.AlreadyArchived):
        undo.take(gone.undo_token, by=desk)
    with pytest.raises(actions.AlreadyArchived):
        actions.restore_document(document=paper, by=desk)


def test_an_undo_of_what_one_may_no_longer_see_is_refused(file, desk, now, manager):
    paper = file()
    gone = actions.archive_document(document=paper, by=desk, at=now)
    keeping.share_folder(folder=paper.folder, is_closed=True, users=[], by=manager)

    with pytest.raises(undo.CannotUndo):
        undo.take(gone.undo_token, by=desk)


# ---- who may open it


def test_papers_are_seen_where_one_works(file, desk, elsewhere, practice):
    away = keeping.add_folder(name="Away", location=elsewhere, by=SYSTEM)
    whole = keeping.add_folder(name="Practice", by=SYSTEM)
    file(name="Here")
    file(name="There", folder=away)
    file(name="Everywhere", folder=whole)

    assert {each.title for each in Document.objects.visible_to(desk)} == {"Here", "Everywhere"}
    assert {each.name for each in queries.folder_tree(desk)} == {"Policies", "Practice"}


def test_a_closed_folder_opens_for_those_named(file, policies, desk, manager, location):
    nurse = factories.UserFactory(role=Role.NURSE, at=[location])
    inner = keeping.add_folder(name="Inner", parent=policies, by=SYSTEM)
    paper, deep = file(name="One"), file(name="Deep", folder=inner)

    keeping.share_folder(folder=policies, is_closed=True, users=[nurse], by=manager)

    seen = {"nurse": factories.actor_of(nurse), "manager": manager}
    for actor in seen.values():
        assert set(Document.objects.visible_to(actor)) == {paper, deep}
    assert not Document.objects.visible_to(desk).exists()
    assert not Folder.objects.visible_to(desk).exists()
    assert found(desk, "wash") == []
    with pytest.raises(OutOfScope):
        actions.archive_document(document=paper, by=desk, at=timezone.now())
    with pytest.raises(OutOfScope):
        file(by=desk)
    later = keeping.add_folder(name="Later", parent=Folder.objects.get(pk=policies.pk), by=manager)
    assert later.closed_by_id == policies.pk
    with pytest.raises(Invalid, match="closed folder"):
        keeping.share_folder(folder=later, is_closed=False, users=[], by=manager)

    keeping.share_folder(folder=policies, is_closed=False, users=[], by=manager)

    assert Document.objects.visible_to(desk).count() == 2


def test_a_paper_about_a_patient_is_seen_by_who_may_open_the_patient(
    file, desk, practice, location, elsewhere
):
    whole = keeping.add_folder(name="Letters", by=SYSTEM)
    here, there = (factories.PatientFactory(at=[place]) for place in (location, elsewhere))
    hr = factories.actor(Role.HR, location)
    for patient in (here, there):
        file(
            folder=whole,
            about=("patients.patient", patient.pk),
            name=f"Letter {patient.given_name}",
        )

    assert [each.about_id for each in Document.objects.visible_to(desk)] == [here.pk]
    assert not Document.objects.visible_to(hr).exists()
    with pytest.raises(Invalid, match="nobody here"):
        file(folder=whole, by=desk, about=("patients.patient", there.pk))


def test_rights_are_asked(file, policies, location, now):
    admin = factories.actor(Role.ADMINISTRATOR, location)
    nurse = factories.actor(Role.NURSE, location)
    paper = file()
    for act, asked in [
        (actions.add_document, {"folder": policies, "file": checked(), "at": now, "by": admin}),
        (keeping.place_hold, {"document": paper, "reason": "x", "at": now, "by": nurse}),
        (keeping.add_folder, {"name": "Mine", "location": location, "by": nurse}),
    ]:
        with pytest.raises(Forbidden):
            act(**asked)


# ---- folders


def test_folders_have_names_of_their_own(location, policies):
    with pytest.raises(Invalid, match="of this name"):
        keeping.add_folder(name="policies", location=location, by=SYSTEM)
    with pytest.raises(Invalid, match="a name"):
        keeping.add_folder(name="  ", location=location, by=SYSTEM)
    with pytest.raises(Invalid, match="Choose"):
        keeping.add_folder(name="X", location=location, retention_class="ever", by=SYSTEM)
    changed = keeping.change_folder(
        folder=policies, version=policies.version, name="Rules", retention_class="hipaa", by=SYSTEM
    )
    assert (changed.name, changed.retention_class) == ("Rules", "hipaa")


def test_a_folder_lies_at_the_place_of_the_one_around_it_and_not_too_deep(policies, elsewhere):
    with pytest.raises(Invalid, match="same location"):
        keeping.add_folder(name="X", parent=policies, location=elsewhere, by=SYSTEM)
    above = policies
    for depth in range(keeping.DEEPEST - 1):
        above = keeping.add_folder(name=f"Level {depth}", parent=above, by=SYSTEM)
    with pytest.raises(Invalid, match="deep"):
        keeping.add_folder(name="Too deep", parent=above, by=SYSTEM)
    assert [each.depth for each in queries.folder_tree(SYSTEM)] == [0, 1, 2, 3, 4, 5]
    assert [each.name for each in queries.path_of(above, SYSTEM)][0] == "Policies"


# ---- how long


def test_the_rule_sets_the_day_and_the_day_may_be_another(file, manager, now):
    paper = file()

    kept = keeping.set_retention(
        document=paper, version=paper.version, retention_class="finance", by=manager, at=now
    )
    assert kept.retain_until == actions.kept_until("finance", paper.created_at.date())
    later = date(2060, 1, 1)
    kept = keeping.set_retention(
        document=kept,
        version=kept.version,
        retention_class="finance",
        retain_until=later,
        by=manager,
        at=now,
    )
    assert kept.retain_until == later
    kept = keeping.set_retention(
        document=kept, version=kept.version, retention_class="permanent", by=manager, at=now
    )
    assert kept.retain_until is None
    for wrong in (now.date(), date(2999, 1, 1)):
        with pytest.raises(Invalid):
            keeping.set_retention(document=kept, version=kept.version, retention_class="working",
                                  retain_until=wrong, by=manager, at=now)  # fmt: skip


def test_a_hold_needs_a_reason_and_is_lifted_with_one(file, manager, now):
    paper = file()

    with pytest.raises(Invalid):
        keeping.place_hold(document=paper, reason=" ", by=manager, at=now)
    held = keeping.place_hold(document=paper, reason="Subpoena of 3 March", by=manager, at=now)
    assert held.is_on_hold
    with pytest.raises(keeping.OnHold):
        keeping.place_hold(document=paper, reason="Again", by=manager, at=now)
    assert not keeping.lift_hold(document=paper, reason="Case closed", by=manager).is_on_hold
    assert events("lift_hold").get().reason == "Case closed"
    with pytest.raises(keeping.NotOnHold):
        keeping.lift_hold(document=paper, reason="Again", by=manager)


def overdue(paper, days=3):
    day = date.today() - timedelta(days=days)
    Document.objects.filter(pk=paper.pk).update(retention_class="working", retain_until=day)


def test_the_schedule_destroys_what_is_over_and_nothing_else(
    file, now, manager, django_capture_on_commit_callbacks
):
    gone, held, kept, twin = (
        file(f"Words {name}", name=name) for name in ("Gone", "Held", "Kept", "Twin")
    )
    actions.add_version(document=gone, file=checked(b"Words Twin"), by=SYSTEM, at=now)
    keeping.place_hold(document=held, reason="Complaint", by=manager, at=now)
    first = gone.versions.get(number=1).sha256
    overdue(gone)
    overdue(held)

    with django_capture_on_commit_callbacks(execute=True):
        assert keeping.dispose_of_the_expired(at=now, zone="UTC") == 1

    assert set(Document.objects.all()) == {held, kept, twin}
    assert Disposal.objects.get().title == "Gone"
    assert first not in set(store.names())
    assert store.read(twin.versions.get().sha256) == b"Words Twin"
    assert events("dispose_document").get().subject_ids == [gone.pk]
    history = apps.get_model("desk", "DocumentHistory").objects
    assert history.filter(pgh_obj_id=held.pk).exists()
    assert not history.filter(pgh_obj_id=gone.pk).exists()
    assert keeping.dispose_of_the_expired(at=now, zone="UTC") == 0


def test_a_hold_that_comes_meanwhile_is_in_time(file, now):
    paper = file()
    overdue(paper)
    Document.objects.filter(pk=paper.pk).update(held_at=now, hold_reason="Subpoena")

    assert keeping.dispose_document(document=paper, by=SYSTEM, at=now, day=now.date()) is None
    assert Document.objects.count() == 1


# ---- found and asked for


def test_a_paper_is_found_by_its_name_its_tags_and_its_pages(file, desk):
    file("All employees report needlesticks at once.", name="Exposure plan", tags=("OSHA",))
    file("Café résumé", name="Menü")

    for words in ("expos", "plan exposure", "osha", "needlestick", "reported", "EMPLOYEE need"):
        assert found(desk, words) == ["Exposure plan"], words
    assert found(desk, "cafe resu") == found(desk, "menu") == ["Menü"]
    assert len(found(desk, " ")) == 2  # no word: the newest
    for words in ("':* & !", "zebra", "needle'; DROP", "\\"):
        assert "Menü" not in found(desk, words)


def test_a_name_counts_more_than_a_page(file, desk):
    file("Nothing but vaccines, vaccines, vaccines.", name="Letter")
    file("Short.", name="Vaccines")

    assert found(desk, "vaccine") == ["Vaccines", "Letter"]


def test_a_longer_list_costs_no_more_queries(file, desk, patient):
    def count():
        with CaptureQueriesContext(connection) as told:
            queries.listing(desk, date.today())
        return len(told)

    file(about=("patients.patient", patient.pk))
    few = count()
    for number in range(8):
        file(name=f"Paper {number}", about=("patients.patient", patient.pk))

    assert count() == few


def test_expiring_papers_are_work(file, desk, manager, now, practice):
    today = clock.today(now, practice.zone)
    for days, name in ((-1, "Over"), (7, "Week"), (30, "Month"), (60, "Two months"), (61, "Later")):
        file(name=name, expires_date=today + timedelta(days=days), owner=None)

    lines = {
        each.what: each.severity
        for each in work.queue_for(manager, now)
        if each.what.startswith("Renew ")
    }
    assert lines == {
        "Renew Over": "act",
        "Renew Week": "act",
        "Renew Month": "look",
        "Renew Two months": "plain",
    }
    assert not [each for each in work.queue_for(desk, now) if "Over" in each.what]
    mine = file(name="Mine", by=desk, expires_date=today + timedelta(days=3))
    assert mine.owner_id == desk.id
    assert [each.what for each in work.queue_for(desk, now) if each.what.startswith("Renew")] == [
        "Renew Mine"
    ]


# ---- the database is the last clerk


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("document_hold_paired", {"held_at": timezone.now()}),
        ("document_about_paired", {"about_kind": "patients.patient"}),
        ("document_archived_paired", {"state": "archived"}),
        ("document_retention_paired", {"retention_class": "hipaa"}),
        (
            "document_retention_known",
            {"retention_class": "never", "retain_until": date(2030, 1, 1)},
        ),
        ("document_state_known", {"state": "open"}),
        ("document_title_given", {"title": ""}),
    ],
)
def test_the_database_keeps_a_paper_whole(file, constraint, change):
    paper = file()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Document.objects.filter(pk=paper.pk).update(**change)


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("document_version_current_is_available", {"state": "refused", "scan_says": "x"}),
        ("document_version_waits_for_a_time", {"state": "quarantined", "is_current": False}),
        ("document_version_refused_with_reason", {"state": "refused", "is_current": False}),
        ("document_version_state_known", {"state": "x", "is_current": False}),
    ],
)
def test_the_database_keeps_a_version_whole(file, constraint, change):
    file()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        DocumentVersion.objects.update(**change)


def test_the_database_keeps_one_current_version_and_each_number_once(file, now):
    paper = file()
    actions.add_version(document=paper, file=checked(b"More"), by=SYSTEM, at=now)

    with pytest.raises(IntegrityError, match="document_version_one_current"), transaction.atomic():
        DocumentVersion.objects.update(is_current=True)
    twin = DocumentVersion.objects.get(number=2)
    twin.pk, twin.is_current = paper.pk, False
    with pytest.raises(IntegrityError, match="document_version_number_once"), transaction.atomic():
        twin.save(force_insert=True)
    twin.number, twin.media_type = 3, "text/html"
    with (
        pytest.raises(IntegrityError, match="document_version_media_type_taken"),
        transaction.atomic(),
    ):
        twin.save(force_insert=True)
    twin.media_type, twin.sha256 = "text/plain", "../../etc/passwd"
    with pytest.raises(IntegrityError, match="document_version_sha256_whole"), transaction.atomic():
        twin.save(force_insert=True)


def test_what_a_version_holds_never_changes(file):
    file()

    for change in ({"sha256": "0" * 64}, {"size": 1}, {"number": 9}, {"media_type": "text/csv"}):
        with pytest.raises(Exception, match="document_version_stays"), transaction.atomic():
            DocumentVersion.objects.update(**change)


def test_a_paper_on_hold_is_deleted_by_nobody(file, now, manager):
    held, early = file(name="Held"), file(name="Early")
    overdue(held)
    keeping.place_hold(document=held, reason="Subpoena", by=manager, at=now)
    DocumentVersion.objects.all().delete()

    for paper, constraint in (
        (held, "document_hold_blocks_deletion"),
        (early, "document_kept_until_its_time"),
    ):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Document.objects.filter(pk=paper.pk).delete()
        assert refused.value.__cause__.diag.constraint_name == constraint


def test_folders_are_whole(policies):
    for constraint, change in [
        ("folder_name_given", {"name": ""}),
        ("folder_in_another", {"parent": policies}),
        ("folder_closed_by_itself", {"is_closed": True}),
        ("folder_retention_known", {"retention_class": "x"}),
    ]:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Folder.objects.update(**change)
