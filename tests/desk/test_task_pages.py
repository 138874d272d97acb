"""The pages of tasks and the same over the API: who opens what, what they show, what stays when refused."""

import json
from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from desk.actions import tasks as actions
from desk.models import Task
from kernel.models import AuditEvent
from office.roles import Role
from tests import factories
from tests.clock import at

HTMX = {"HX-Request": "true"}
API = "/api/v1/tasks/"


@pytest.fixture
def maria_in(signed_in, maria):
    return signed_in(maria)


def url(name, *ids):
    return reverse(f"desk:{name}", args=ids)


def looks_at(kind, page):
    rows = AuditEvent.objects.filter(outcome="read", action=page, subject_kind=kind)
    return [each for ids in rows.values_list("subject_ids", flat=True) for each in ids]


# Lists


def test_each_list_shows_what_it_says(maria_in, give, tunde, manager):
    give("For me")
    give("For Tunde", owner=tunde)
    give("For the team", team=Group.objects.get(name=Role.FRONT_DESK))
    give("Somebody else's", owner=tunde, by=manager)
    finished = give("Finished")
    actions.complete_task(task=finished, by=manager, at=at("08:50"))

    shown = {
        view: maria_in.get(f"{url('tasks')}?view={view}").content.decode()
        for view in ("mine", "team", "waiting", "done", "all", "nonsense")
    }

    titles = ("For me", "For Tunde", "For the team", "Somebody else", "Finished")
    assert {view: [each for each in titles if each in body] for view, body in shown.items()} == {
        "mine": ["For me"],
        "team": ["For the team"],
        "waiting": ["For Tunde", "For the team"],
        "done": ["Finished"],
        "all": ["For me"],  # only the manager has everybody's
        "nonsense": ["For me"],
    }


def test_the_manager_sees_everybodys(signed_in, location, give):
    give("Maria's own")

    page = signed_in(Role.MANAGER, location).get(f"{url('tasks')}?view=all").content.decode()

    assert "Maria&#x27;s own" in page
    assert "Everybody" in page


def test_a_list_is_narrowed_by_words_place_and_urgency(maria_in, give, location):
    give("Order gloves")
    give("Order masks", urgency="urgent")

    assert b"gloves" not in maria_in.get(f"{url('tasks')}?q=mask").content
    assert b"gloves" not in maria_in.get(f"{url('tasks')}?urgent=on").content
    assert b"gloves" in maria_in.get(f"{url('tasks')}?location={location.pk}").content
    assert b"None like this" in maria_in.get(f"{url('tasks')}?q=nothing").content


def test_tasks_stand_under_the_day_they_are_due(maria_in, give):
    give("Old", due_date=date(2020, 1, 2))
    give("Today's", due_date=date(2026, 11, 16))
    give("Soon", due_date=date(2026, 11, 20))
    give("Later", due_date=date(2026, 12, 20))
    give("Some day")

    page = maria_in.get(url("tasks")).content.decode()

    heads = ["Overdue", "Today ", "In the next 7 days", "Later ", "No day"]
    assert [page.index(f"{head}") for head in heads] == sorted(page.index(head) for head in heads)


def test_a_longer_list_asks_no_more_questions(
    maria_in, give, location, django_assert_max_num_queries
):
    def fill(count):
        for number in range(count):
            patient = factories.PatientFactory(at=[location])
            give(f"Call {number}", about=("patients.patient", patient.pk))

    fill(2)
    maria_in.get(url("tasks"))
    with django_assert_max_num_queries(40) as few:
        maria_in.get(url("tasks"))
    count = len(few)
    fill(12)
    maria_in.get(url("tasks"))
    with django_assert_max_num_queries(count):
        maria_in.get(url("tasks"))


def test_a_long_list_comes_in_pages(maria_in, give, maria, location):
    Task.objects.bulk_create(
        Task(location=location, title=f"Call {number}", owner=maria) for number in range(61)
    )

    first = maria_in.get(url("tasks"))
    second = maria_in.get(f"{url('tasks')}?from=60")

    assert b"60 of 61" in first.content
    assert second.content.count(b'class="task"') == 1
    assert maria_in.get(f"{url('tasks')}?from=x").status_code == 422


# About somebody


def test_the_name_of_a_patient_is_told_to_who_may_see_them_and_the_look_is_kept(
    signed_in, maria, give, patient
):
    task = give(about=("patients.patient", patient.pk))
    client = signed_in(maria)

    listed = client.get(url("tasks")).content.decode()
    opened = client.get(url("task", task.pk)).content.decode()

    assert str(patient) in listed
    assert str(patient) in opened
    assert patient.pk in looks_at("patients.patient", "desk:tasks")
    assert patient.pk in looks_at("patients.patient", "desk:task")


def test_who_may_not_see_the_patient_reads_the_task_without_the_name(
    client, signed_in, location, give, patient
):
    helper = factories.UserFactory(role=Role.HR, at=[location])
    task = give(about=("patients.patient", patient.pk), owner=helper)

    body = signed_in(helper).get(url("task", task.pk)).content.decode()

    assert str(patient) not in body
    assert "Somebody whom you may not open" in body


def test_changing_a_task_about_somebody_hidden_keeps_whom_it_is_about(
    signed_in, location, give, patient
):
    helper = factories.UserFactory(role=Role.HR, at=[location])
    task = give(about=("patients.patient", patient.pk), owner=helper)

    signed_in(helper).post(url("change_task", task.pk), {"title": "Else", "version": 1})

    assert Task.objects.get().title == "Else"
    assert Task.objects.get().about == ("patients.patient", patient.pk)


def test_the_field_of_subjects_finds_patients_and_says_so(maria_in, patient):
    body = maria_in.post(url("find_subject"), {"q": patient.family_name}).content.decode()

    assert f"patients.patient:{patient.pk}" in body
    assert patient.pk in looks_at("patients.patient", "desk:find_subject")


def test_a_link_from_a_patient_brings_them_along(maria_in, patient):
    body = maria_in.get(f"{url('add_task')}?about=patients.patient:{patient.pk}").content.decode()

    assert f'value="patients.patient:{patient.pk}"' in body
    assert str(patient) in body
    assert maria_in.get(f"{url('add_task')}?about=nonsense").status_code == 200


# Acts by form


def test_a_task_is_added_by_a_form(maria_in, location, tunde):
    answer = maria_in.post(
        url("add_task"),
        {"at": location.pk, "title": "Call the lab", "to": f"user:{tunde.pk}", "due_date": "2026-11-17",
         "repeat_unit": "week", "repeat_every": "2"}, headers=HTMX,
    )  # fmt: skip

    task = Task.objects.get()
    assert answer.status_code == 204
    assert (task.owner, task.repeat_unit, task.repeat_every, task.repeat_on) == (
        tunde,
        "week",
        2,
        1,
    )
    assert json.loads(answer["HX-Trigger"])["changed"] == {"topics": ["desk.tasks"]}


def test_a_refused_form_keeps_what_was_typed(maria_in, location, tunde):
    answer = maria_in.post(
        url("add_task"),
        {"at": location.pk, "title": "Call the lab", "repeat_unit": "day"},
        headers=HTMX,
    )

    assert answer.status_code == 422
    assert b"Call the lab" in answer.content
    assert b"What repeats needs a first day" in answer.content
    assert not Task.objects.exists()


def test_done_is_one_press_and_offers_the_way_back(maria_in, give):
    task = give()

    answer = maria_in.post(url("complete_task", task.pk), headers=HTMX)
    toast = json.loads(answer["HX-Trigger"])["toast"]
    assert toast["text"] == "Done: Call the lab."

    assert maria_in.post(toast["undo"], headers=HTMX).status_code == 204
    assert Task.objects.get().is_open


def test_every_step_of_a_task_through_its_pages(maria_in, give, tunde, signed_in, client):
    task = give()
    assert (
        maria_in.post(url("comment_on_task", task.pk), {"text": "Busy"}, headers=HTMX).status_code
        == 200
    )
    assert (
        maria_in.post(url("comment_on_task", task.pk), {"text": ""}, headers=HTMX).status_code
        == 422
    )
    assert maria_in.get(url("hand_over_task", task.pk)).status_code == 200
    assert (
        maria_in.post(url("hand_over_task", task.pk), {"to": "user:x"}, headers=HTMX).status_code
        == 422
    )
    sent = maria_in.post(url("hand_over_task", task.pk), {"to": f"user:{tunde.pk}"}, headers=HTMX)
    assert sent.status_code == 204
    assert maria_in.post(url("take_task", task.pk), headers=HTMX).status_code == 409
    assert maria_in.post(url("drop_task", task.pk), {"reason": ""}, headers=HTMX).status_code == 422
    assert maria_in.post(url("drop_task", task.pk), {"reason": "No need"}).status_code == 302
    assert (
        maria_in.post(url("drop_task", task.pk), {"reason": "Twice"}, headers=HTMX).status_code
        == 409
    )
    assert maria_in.post(url("reopen_task", task.pk), headers=HTMX).status_code == 204
    assert [each.code for each in Task.objects.get().entries.order_by("pk")] == [
        "added", "commented", "handed-over", "dropped", "reopened",
    ]  # fmt: skip


def test_a_change_on_an_old_screen_shows_theirs_and_yours(maria_in, give, as_maria):
    task = give()
    actions.change_task(task=task, version=1, title="Theirs", by=as_maria, at=at("08:40"))

    answer = maria_in.post(
        url("change_task", task.pk), {"title": "Mine", "version": 1}, headers=HTMX
    )

    assert answer.status_code == 409
    assert b"Theirs" in answer.content
    assert Task.objects.get().title == "Theirs"


def test_a_task_one_does_not_see_does_not_exist(signed_in, location, give):
    task = give()
    client = signed_in(Role.FRONT_DESK, location)

    assert client.get(url("task", task.pk)).status_code == 404
    assert client.post(url("complete_task", task.pk)).status_code == 404


def test_the_rail_counts_what_is_open_and_forgets_at_once(
    maria_in, give, django_capture_on_commit_callbacks
):
    task = give()
    assert b'1<span class="sr"> waiting' in maria_in.get(url("tasks")).content

    with django_capture_on_commit_callbacks(execute=True):
        maria_in.post(url("complete_task", task.pk))

    assert b'<span class="sr"> waiting' not in maria_in.get(url("tasks")).content


def test_the_start_page_shows_ones_tasks(maria_in, signed_in, manager, location, give):
    user = factories.UserFactory(role=Role.BILLER, at=[location])
    give("Send the batch", owner=user, due_date=date(2020, 1, 2))

    page = signed_in(user).get("/").content

    assert b"Send the batch" in page


def test_what_is_overdue_stands_in_the_work_queue(signed_in, location, give):
    boss = factories.UserFactory(role=Role.MANAGER, at=[location])
    for number in range(8):
        give(f"Overdue {number}", owner=boss, due_date=date(2020, 1, 2))

    page = signed_in(boss).get("/home/").content.decode()

    assert "Overdue 7" not in page.split("Your tasks")[0]  # beside the panel the line is left out
    assert "Overdue 0" in page


# The API


def test_a_task_over_the_api(maria_in, location, tunde, patient):
    about = {"kind": "patients.patient", "id": str(patient.pk)}
    made = maria_in.post(
        API, {"location": location.pk, "title": "Call", "owner": tunde.pk, "about": about},
        content_type="application/json",
    )  # fmt: skip
    task = made.json()
    assert made.status_code == 201
    assert task["about"] == about
    assert maria_in.get(f"{API}{task['id']}/").json()["title"] == "Call"
    told = maria_in.get(f"/api/v1/task-entries/?task={task['id']}").json()["results"]
    assert [each["code"] for each in told] == ["added"]
    assert patient.pk in looks_at("patients.patient", "task-entry-list")
    assert maria_in.get("/api/v1/task-entries/?task=x").status_code == 422
    assert patient.pk in looks_at("patients.patient", "task-detail")
    listed = maria_in.get(f"{API}?view=waiting").json()["results"]
    assert [each["id"] for each in listed] == [task["id"]]
    assert maria_in.get(f"{API}?view=sideways").status_code == 422


def test_the_verbs_of_the_api(maria_in, give, tunde):
    task = give()

    def do(verb, **body):
        return maria_in.post(f"{API}{task.pk}/{verb}/", body, content_type="application/json")

    assert do("change", version=1, title="Ring the lab").json()["title"] == "Ring the lab"
    assert do("change", version=1, title="Late").status_code == 409
    assert do("comment", text="Busy").status_code == 200
    assert do("comment", text="").status_code == 422
    assert do("done", note="Sent").json()["state"] == "done"
    assert do("done").status_code == 409
    assert do("reopen").json()["state"] == "open"
    assert do("hand-over").status_code == 422
    assert do("hand-over", owner=str(tunde.pk)).json()["owner"] == str(tunde.pk)
    assert do("take").status_code == 409
    assert do("drop", reason="Not needed").json()["drop_reason"] == "Not needed"


def test_the_same_key_makes_one_task(maria_in, location):
    for _ in range(2):
        maria_in.post(
            API, {"location": location.pk, "title": "Call"}, content_type="application/json",
            headers={"Idempotency-Key": "one"},
        )  # fmt: skip

    assert Task.objects.count() == 1
