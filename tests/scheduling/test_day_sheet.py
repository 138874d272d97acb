"""The day on paper: what stands on it, how much fits, and that printing is seen."""

import io
from datetime import timedelta

import pytest
import time_machine
from pypdf import PdfReader

from kernel import pdf
from kernel.models import AuditEvent
from office.roles import Role
from patients.models import ContactPoint
from scheduling.actions.details import confirm_appointment
from scheduling.queries.day_sheet import day_sheet
from tests import factories
from tests.clock import MONDAY, at


@pytest.fixture
def at_the_desk(signed_in, location):
    with time_machine.travel(at("07:10"), tick=False):
        yield signed_in(Role.FRONT_DESK, location)


@pytest.fixture
def full_day(book):
    """Thirty visits of one clinician."""

    def fill(count=30):
        first = at("08:00")
        return [
            book(f"{first + timedelta(minutes=15 * n):%H:%M}", f"{first + timedelta(minutes=15 * n + 15):%H:%M}")
            for n in range(count)
        ]  # fmt: skip

    return fill


def read(answer):
    assert answer.headers["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return [page.extract_text() for page in pages]


def test_thirty_visits_fit_on_one_page(at_the_desk, full_day):
    visits = full_day()

    pages = read(at_the_desk.get("/schedule/sheet.pdf?day=2026-11-16"))

    assert len(pages) == 1
    for visit in visits:
        assert visit.patient.family_name in pages[0]
    assert "14 Jul 1962 (64)" in pages[0]
    assert "Page 1 of 1" in pages[0]
    assert "30 visits" in pages[0]


def test_the_sheet_says_who_printed_it_when_and_for_which_practice(at_the_desk, book, location):
    book("09:00")

    text = read(at_the_desk.get("/schedule/sheet.pdf"))[0]

    assert "Harbor Medical Group" in text
    assert at_the_desk.user.name in text
    assert "16 Nov 2026, 7:10 AM" in text
    assert location.name in text


def test_two_clinicians_have_a_table_each(at_the_desk, book, location):
    other = factories.PractitionerFactory(family_name="Zimmer", available=location)
    mine, theirs = book("09:00"), book("09:00", practitioner=other)

    sheet = day_sheet(factories.actor_of(at_the_desk.user), location, MONDAY)

    assert [part.practitioner for part in sheet.parts] == sorted(
        [mine.practitioner.family_name, "Zimmer"]
    )
    only = read(at_the_desk.get(f"/schedule/sheet.pdf?practitioner={other.pk}"))[0]
    assert theirs.patient.family_name in only
    assert "1 visit" in only


def test_initials_only_hides_names_births_and_phones(at_the_desk, book):
    visit = book("09:00", note="Bring the knee brace")
    ContactPoint.objects.create(patient=visit.patient, system="phone", value="555-0142")

    full = read(at_the_desk.get("/schedule/sheet.pdf"))[0]
    masked = read(at_the_desk.get("/schedule/sheet.pdf?mask=1"))[0]

    assert "555-0142" in full
    for hidden in (visit.patient.family_name, "555-0142", "14 Jul", "knee"):
        assert hidden not in masked
    assert f"{visit.patient.given_name[0]}. {visit.patient.family_name[0]}." in masked
    assert "1962" in masked


def test_what_is_out_of_the_ordinary_stands_in_the_flags(book, desk, location):
    sure, unsure = book("09:00"), book("10:00")
    confirm_appointment(appointment=sure, confirmation="confirmed", by=desk)
    unsure.patient.needs_interpreter = True
    unsure.patient.save()

    lines = day_sheet(desk, location, MONDAY).parts[0].lines

    assert [line.flags for line in lines] == ["", "not confirmed, interpreter"]


def test_printing_is_recorded_with_everybody_on_it(at_the_desk, full_day):
    visits = full_day(3)

    at_the_desk.get("/schedule/sheet.pdf")

    event = AuditEvent.objects.get(action="scheduling:sheet_pdf")
    assert set(event.subject_ids) == {visit.patient_id for visit in visits}


def test_the_print_view_is_a_page_without_the_shell(at_the_desk, book):
    visit = book("09:00")

    page = at_the_desk.get("/schedule/sheet/").content.decode()

    assert visit.patient.family_name in page
    assert "data-print" in page
    assert 'class="rail"' not in page


def test_a_note_cannot_make_the_sheet_fetch_anything(at_the_desk, book):
    book("09:00", note='<img src="file:///etc/passwd"> <link href="http://192.0.2.1/x.css">')

    text = read(at_the_desk.get("/schedule/sheet.pdf"))[0]

    assert "img" in text  # printed as it was typed
    assert "root:" not in text


def test_without_pango_the_sentence_says_what_to_type(at_the_desk, book, monkeypatch):
    def missing():
        raise pdf.CannotPrint

    monkeypatch.setattr(pdf, "_tools", missing)

    answer = at_the_desk.get("/schedule/sheet.pdf")

    assert answer.status_code == 503
    assert "apt-get install -y libpango" in answer.content.decode()


def test_the_library_that_does_not_load_is_that_sentence(monkeypatch):
    import builtins

    real = builtins.__import__

    def broken(name, *args, **kwargs):
        if name.startswith("weasyprint"):
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *args, **kwargs)

    pdf._tools.cache_clear()
    monkeypatch.setattr(builtins, "__import__", broken)
    with pytest.raises(pdf.CannotPrint):
        pdf.render("print/paper.html", {"practice_name": "", "printed_by": "", "printed_at": ""})


@pytest.mark.parametrize("address", ["?day=32/13", "?day=9999-99-99", "?practitioner=x"])
def test_an_address_that_makes_no_sense_is_a_sentence(at_the_desk, address):
    assert at_the_desk.get(f"/schedule/sheet/{address}").status_code == 422


def test_hr_prints_no_patients(signed_in, location):
    client = signed_in(Role.HR, location)

    assert client.get("/schedule/sheet.pdf").status_code == 403
    assert client.get("/schedule/sheet/").status_code == 403


def test_a_longer_sheet_costs_no_more_questions(
    book, desk, location, full_day, django_assert_num_queries
):
    full_day(12)
    with django_assert_num_queries(2):
        day_sheet(desk, location, MONDAY)
