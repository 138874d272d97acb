from django.urls import include, path

from scheduling.views import (
    booking,
    confirmations,
    day,
    finding,
    moving,
    my_day,
    picking,
    queue,
    sheet,
    today,
    visit,
    walk_in,
)

app_name = "scheduling"

new = [
    path("", booking.new, name="new"),
    path("look/", booking.look, name="look"),
    path("book/", booking.book, name="book"),
    path("patients/", picking.patients, name="patients"),
    path("patients/picked/", picking.picked, name="picked"),
    path("patients/new/<slug:door>/", picking.new_patient, name="new-patient"),
    path("holds/<uuid:hold_id>/release/", booking.release, name="release"),
]

a_visit = [
    path("", visit.appointment, name="appointment"),
    path("history/", visit.history, name="history"),
    path("steps/", today.steps, name="steps"),
    path("to/<slug:to>/", today.step, name="step"),
    path("back/", today.back, name="back"),
    path("confirm/", visit.confirm, name="confirm"),
    path("note/", visit.note, name="note"),
    path("cancel/", visit.cancel, name="cancel"),
    path("no-show/", visit.no_show, name="no_show"),
    path("reinstate/", visit.reinstate, name="reinstate"),
    path("move/", moving.move, name="move"),
    path("move-here/", moving.move_here, name="move-here"),
    path("resize/", moving.resize, name="resize"),
]

urlpatterns = [
    path("today/", today.today, name="today"),
    path("today/walk-in/", walk_in.walk_in, name="walk_in"),
    path("device/queue/", queue.queue, name="queue"),
    path("my-day/", my_day.my_day, name="my_day"),
    path("schedule/", day.day, name="day"),
    path("schedule/sheet/", sheet.sheet, name="sheet"),
    path("schedule/sheet.pdf", sheet.sheet_pdf, name="sheet_pdf"),
    path("schedule/new/", include(new)),
    path("schedule/confirmations/", confirmations.worklist, name="confirmations"),
    path("schedule/confirmations/<uuid:appointment_id>/", confirmations.mark, name="confirmation"),
    path("schedule/answers/<uuid:answer_id>/settle/", confirmations.settle, name="settle_answer"),
    path("schedule/find/", finding.find, name="find"),
    path("schedule/visits/<uuid:appointment_id>/", include(a_visit)),
]
