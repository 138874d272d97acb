"""The pages and the API of the papers: who reads them, what they say, what is recorded."""

import io
import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from desk import document_tasks as tasks
from desk import previews, store
from desk.actions import document_keeping as keeping
from desk.actions import documents as actions
from desk.models import Document, DocumentVersion, Folder, FolderGrant
from kernel.actors import Actor
from kernel.models import AuditEvent
from office.roles import Role
from tests import factories
from tests.desk import papers
from tests.desk.papers import checked

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
YEAR = 365 * 24 * 3600


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def folder(location):
    return keeping.add_folder(name="Policies", location=location, by=SYSTEM)


@pytest.fixture
def paper(folder):
    return actions.add_document(
        folder=folder,
        file=checked(b"Wash your hands.", "Hand washing.txt"),
        by=SYSTEM,
        at=timezone.now(),
    )


@pytest.fixture
def letter(folder, patient):
    filing = actions.Filing(title="Letter", about=("patients.patient", patient.pk))
    return actions.add_document(
        folder=folder, file=checked(b"Findings."), by=SYSTEM, at=timezone.now(), filing=filing
    )


def page(client, route, *args, **query):
    return client.get(reverse(f"desk:{route}", args=args), query)


def post(client, route, *args, **said):
    return client.post(reverse(f"desk:{route}", args=args), said)


def read_of(person):
    return AuditEvent.objects.filter(outcome="read", subject_ids__contains=[person.pk])


# ---- reading


def test_the_shelf_shows_folders_and_what_lies_in_them(paper, folder, signed_in, location):
    client = signed_in(Role.NURSE, location)

    for answer in (page(client, "documents"), page(client, "folder", folder.pk)):
        text = answer.content.decode()
        assert "Hand washing" in text
        assert "Policies" in text
    assert b"New folder" not in page(client, "documents").content
    found = post(client, "search_documents", q="wash").content.decode()
    assert "Hand washing" in found
    assert "Nothing found" in post(client, "search_documents", q="zebra").content.decode()


def test_each_view_shows_its_own(paper, signed_in, location):
    client = signed_in(Role.MANAGER, location)
    for name, changes in {
        "expiring": {"expires_date": date.today() + timedelta(days=9)},
        "held": {"held_at": timezone.now(), "hold_reason": "Subpoena"},
        "archived": {"state": "archived", "archived_at": timezone.now()},
    }.items():
        assert b"Hand washing" not in page(client, "documents", view=name).content
        Document.objects.update(**changes)
        assert b"Hand washing" in page(client, "documents", view=name).content
    assert b"Hand washing" not in page(client, "documents", view="waiting").content
    assert page(client, "documents", view="no-such").status_code == 200
    assert page(client, "documents", **{"from": "x"}).status_code == 422


def test_a_long_shelf_has_pages(folder, signed_in, location):
    for number in range(52):
        Document.objects.create(folder=folder, title=f"Paper {number:03}", state="available")
    client = signed_in(Role.NURSE, location)

    first, second = (
        page(client, "folder", folder.pk, **{"from": start}).content.decode()
        for start in ("", "50")
    )

    assert "Paper 049" in first
    assert "Paper 050" not in first
    assert "Paper 051" in second
    assert re.search(r"1–50 of 52", first)


def test_a_paper_shows_its_words_versions_and_rights(paper, signed_in, location):
    nurse = page(signed_in(Role.NURSE, location), "document", paper.pk).content.decode()

    assert "Wash your hands." in nurse
    assert "Archive" in nurse
    assert "Hold…" not in nurse
    manager = page(signed_in(Role.MANAGER, location), "document", paper.pk).content.decode()
    assert "Hold…" in manager


def test_looking_at_a_paper_about_a_patient_is_a_look_at_the_patient(
    letter, patient, signed_in, location
):
    client = signed_in(Role.FRONT_DESK, location)
    for name, args in [("documents", ()), ("document", (letter.pk,)), ("download", (letter.pk, 1)),
                       ("change_document", (letter.pk,))]:  # fmt: skip
        before = read_of(patient).count()
        assert page(client, name, *args).status_code == 200
        assert read_of(patient).count() == before + 1, name
    assert read_of(letter).exists()


def test_the_page_of_a_patient_shows_their_papers(letter, paper, patient, signed_in, location):
    text = (
        signed_in(Role.FRONT_DESK, location)
        .get(reverse("patients:profile", args=[patient.pk]))
        .content.decode()
    )

    assert "Letter" in text
    assert "Hand washing" not in text
    assert f"about=patients.patient%3A{patient.pk}" in text


def test_elsewhere_there_is_no_such_paper(paper, signed_in, elsewhere, client):
    stranger = signed_in(Role.MANAGER, elsewhere)
    for name, args in [
        ("document", ()),
        ("download", (1,)),
        ("picture", (1, 1)),
        ("change_document", ()),
    ]:
        assert page(stranger, name, paper.pk, *args).status_code == 404
    assert post(stranger, "archive_document", paper.pk).status_code == 404
    assert page(stranger, "folder", paper.folder_id).status_code == 404
    client.logout()
    assert page(client, "document", paper.pk).status_code == 302


def test_a_version_that_is_not_there_is_not_found(paper, signed_in, location):
    client = signed_in(Role.NURSE, location)

    assert page(client, "download", paper.pk, 2).status_code == 404
    assert page(client, "picture", paper.pk, 1, 1).status_code == 422  # words have no picture


# ---- doing


def test_a_paper_is_changed_and_somebody_elses_change_is_shown(paper, signed_in, location):
    client = signed_in(Role.NURSE, location)
    said = {
        "title": "Clean hands",
        "folder": str(paper.folder_id),
        "version": paper.version,
        "tags": "OSHA, osha",
    }

    assert post(client, "change_document", paper.pk, **said).status_code == 302
    changed = Document.objects.get()
    assert (changed.title, changed.tags) == ("Clean hands", ["OSHA"])

    again = post(client, "change_document", paper.pk, **(said | {"title": "Mine"}))
    assert again.status_code == 409
    assert b"Clean hands" in again.content
    assert b"Mine" in again.content
    bad = post(client, "change_document", paper.pk, **(said | {"title": "", "about": "nobody"}))
    assert bad.status_code == 422
    assert b"Choose one of those found." in bad.content


def test_a_paper_is_archived_and_used_again(paper, signed_in, location):
    client = signed_in(Role.NURSE, location)

    assert post(client, "archive_document", paper.pk).status_code == 302
    assert Document.objects.get().state == "archived"
    assert post(client, "archive_document", paper.pk).status_code == 409
    assert post(client, "restore_document", paper.pk).status_code == 302
    assert Document.objects.get().state == "available"


def test_a_new_version_is_sent(paper, signed_in, location):
    client = signed_in(Role.NURSE, location)
    url = reverse("desk:add_version", args=[paper.pk])

    assert client.get(url).status_code == 200
    sent = client.post(
        url, {"file": SimpleUploadedFile("new.txt", b"Wash them twice."), "note": "Twice"}
    )
    assert sent.status_code == 302
    assert DocumentVersion.objects.get(is_current=True).note == "Twice"
    refused = client.post(url, {"file": SimpleUploadedFile("new.txt", b"<html>")})
    assert refused.status_code == 422
    assert b"web page" in refused.content
    assert client.post(url, {}).status_code == 422


def test_keeping_is_for_those_who_keep(paper, signed_in, location):
    keeper, nurse = signed_in(Role.MANAGER, location), None
    assert post(keeper, "place_hold", paper.pk, reason="Subpoena").status_code == 302
    assert post(keeper, "place_hold", paper.pk, reason="Again").status_code == 409
    assert post(keeper, "lift_hold", paper.pk, reason="").status_code == 422
    assert post(keeper, "lift_hold", paper.pk, reason="Closed").status_code == 302
    version = Document.objects.get().version
    kept = post(
        keeper, "set_retention", paper.pk, retention_class="hipaa", retain_until="", version=version
    )
    assert kept.status_code == 302
    assert Document.objects.get().retention_class == "hipaa"
    nurse = signed_in(Role.NURSE, location)
    for name in ("place_hold", "lift_hold", "set_retention"):
        assert page(nurse, name, paper.pk).status_code == 403
        assert post(nurse, name, paper.pk, reason="x").status_code == 403


def test_folders_are_made_named_and_closed(folder, signed_in, location):
    client = signed_in(Role.MANAGER, location)
    nurse = factories.UserFactory(role=Role.NURSE, at=[location])

    made = post(client, "add_folder", name="Inner", parent=str(folder.pk), retention_class="hipaa")
    assert made.status_code == 302
    inner = Folder.objects.get(name="Inner")
    assert (inner.parent_id, inner.location_id) == (folder.pk, location.pk)
    assert (
        post(
            client, "add_folder", name="Inner", parent=str(folder.pk), retention_class="hipaa"
        ).status_code
        == 422
    )
    changed = post(
        client,
        "change_folder",
        folder.pk,
        name="Rules",
        retention_class="hipaa",
        version=folder.version,
    )
    assert changed.status_code == 302
    assert (
        post(client, "share_folder", folder.pk, is_closed="on", users=[str(nurse.pk)]).status_code
        == 302
    )
    assert {each.user_id for each in FolderGrant.objects.all()} == {nurse.pk, client.user.pk}
    assert b"Rules" in page(client, "folder", folder.pk).content
    assert page(signed_in(Role.NURSE, location), "folder", folder.pk).status_code == 404
    assert page(signed_in(Role.NURSE, location), "add_folder").status_code == 403


def test_whom_a_paper_is_about_is_found_by_name(patient, signed_in, location):
    client = signed_in(Role.FRONT_DESK, location)

    found = post(client, "find_document_subject", q=patient.family_name)

    assert f"patients.patient:{patient.pk}".encode() in found.content
    assert read_of(patient).exists()


def test_the_form_for_adding_knows_where_and_about_whom(folder, patient, signed_in, location):
    client = signed_in(Role.FRONT_DESK, location)
    text = page(
        client, "add_documents", folder=folder.pk, about=f"patients.patient:{patient.pk}"
    ).content.decode()

    assert f'value="{folder.pk}" selected' in text
    assert patient.family_name in text
    sent = client.post(reverse("desk:add_documents"), {
        "folder": str(folder.pk), "about": f"patients.patient:{patient.pk}", "tags": "", "expires_date": "",
        "files": SimpleUploadedFile("a.txt", b"Findings."),
    }, headers={"X-One-File": "1"})  # fmt: skip
    assert sent.status_code == 200
    assert b"<html" not in sent.content
    assert Document.objects.get().about_id == patient.pk
    empty = client.post(reverse("desk:add_documents"), {"folder": str(folder.pk)})
    assert empty.status_code == 422
    assert b"Choose a file." in empty.content
    assert client.post(reverse("desk:add_documents"), {}).status_code == 422


# ---- the API


def test_a_program_files_reads_and_fetches_a_paper(folder, signed_in, location):
    client = signed_in(Role.FRONT_DESK, location)

    def send(key="one", body=b"Wash your hands.", **more):
        said = {
            "folder": str(folder.pk),
            "file": SimpleUploadedFile("Hand washing.txt", body),
        } | more
        return client.post("/api/v1/documents/", said, headers={"Idempotency-Key": key})

    made = send(tags="OSHA, safety", expires_date="2031-01-01")
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["title"], told["tags"], told["state"]) == (
        "Hand washing",
        ["OSHA", "safety"],
        "available",
    )
    again = send(tags="OSHA, safety", expires_date="2031-01-01")
    assert again.json()["id"] == told["id"]
    assert again["Idempotency-Replayed"] == "true"
    assert (
        send(body=b"Other words", tags="OSHA, safety", expires_date="2031-01-01").json()["code"]
        == "key-reused"
    )
    assert Document.objects.count() == 1

    assert client.get(f"/api/v1/documents/{told['id']}/").json()["sha256"] == store.digest(
        b"Wash your hands."
    )
    assert [row["id"] for row in client.get("/api/v1/documents/").json()["results"]] == [told["id"]]
    fetched = client.get(f"/api/v1/documents/{told['id']}/download/")
    assert fetched.content == b"Wash your hands."
    assert fetched["Content-Disposition"].startswith("attachment;")
    refused = send(key="two", body=b"<svg/>")
    assert (refused.status_code, refused.json()["code"]) == (422, "file-refused")
    assert "web page" in refused.json()["detail"]
    for wrong in (
        {"about_kind": "patients.patient"},
        {"folder": str(folder.pk)[::-1]},
        {"expires_date": "never"},
    ):
        assert send(key=f"three {wrong}".replace(" ", "-")[:60], **wrong).status_code == 422


def test_a_program_sees_what_its_person_sees(
    paper, letter, patient, signed_in, location, elsewhere
):
    assert signed_in(Role.NURSE, elsewhere).get(f"/api/v1/documents/{paper.pk}/").status_code == 404
    desk = signed_in(Role.FRONT_DESK, location)
    assert len(desk.get("/api/v1/documents/").json()["results"]) == 2
    assert read_of(patient).exists()
    hr = signed_in(Role.HR, location)
    assert [row["id"] for row in hr.get("/api/v1/documents/").json()["results"]] == [str(paper.pk)]
    Document.objects.filter(pk=paper.pk).update(state="quarantined")
    DocumentVersion.objects.filter(document=paper).update(
        state="quarantined", is_current=False, scan_due_at=timezone.now()
    )
    assert hr.get(f"/api/v1/documents/{paper.pk}/download/").status_code == 404


# ---- the tick


def test_files_of_nobody_are_swept_up_after_two_days(paper, monkeypatch):
    orphan = store.put(b"nobody's")
    cache.delete("desk.documents.swept")
    tasks.sweep_files_of_nobody()
    assert orphan in set(store.names())  # its act may still be under way

    monkeypatch.setattr(store, "ORPHAN_AFTER", -YEAR)
    tasks.sweep_files_of_nobody()
    assert orphan in set(store.names())  # once a day
    cache.delete("desk.documents.swept")
    tasks.sweep_files_of_nobody()

    assert set(store.names()) == {paper.versions.get().sha256}


def test_the_tick_destroys_and_scans(paper, practice):
    Document.objects.update(
        retention_class="working", retain_until=date.today() - timedelta(days=2)
    )

    tasks.let_the_schedule_destroy()
    tasks.scan_what_waits()

    assert not Document.objects.exists()


def test_pictures_are_kept_for_some_days(folder, signed_in, location, monkeypatch, settings):
    body = papers.picture()
    made = actions.add_document(
        folder=folder, by=SYSTEM, at=timezone.now(),
        file=checked(body, "logo.png", text="", kind=papers.kinds.PNG),
    )  # fmt: skip
    client = signed_in(Role.NURSE, location)
    shown = page(client, "picture", made.pk, 1, 1)
    assert shown.content[:8] == b"\x89PNG\r\n\x1a\n"
    kept = list((settings.DATA_DIR / "previews").iterdir())
    assert len(kept) == 1
    previews.sweep()
    assert kept[0].exists()
    monkeypatch.setattr(previews, "KEPT_FOR", -YEAR)
    previews.sweep()
    assert not kept[0].exists()
    assert io.BytesIO(shown.content).getbuffer().nbytes > 60
