from django.urls import path

from staff.views import credentials, directory, files, mine, time_off

app_name = "staff"

urlpatterns = [
    path("staff/", directory.directory, name="directory"),
    path("staff/out/", directory.out, name="out"),
    path("staff/home/requests/", directory.home_requests, name="home_requests"),
    path("staff/home/credentials/", directory.home_credentials, name="home_credentials"),
    path("staff/home/out/", directory.home_out, name="home_out"),
    path("staff/hire/", files.hire, name="hire"),
    path("staff/credentials/", credentials.lapsing, name="lapsing"),
    path("staff/credentials/<uuid:credential_id>/renew/", credentials.renew, name="renew"),
    path("staff/credentials/<uuid:credential_id>/correct/", credentials.change, name="correct"),
    path("staff/credentials/<uuid:credential_id>/void/", credentials.void, name="void"),
    path("staff/time-off/", time_off.board, name="time_off"),
    path("staff/time-off/enter/", time_off.enter, name="enter_time_off"),
    path("staff/time-off/<uuid:time_id>/", time_off.one, name="time"),
    path("staff/time-off/<uuid:time_id>/approve/", time_off.approve, name="approve"),
    path("staff/time-off/<uuid:time_id>/decline/", time_off.decline, name="decline"),
    path("staff/time-off/<uuid:time_id>/cancel/", time_off.cancel, name="cancel"),
    path("staff/<uuid:employee_id>/", files.file, name="file"),
    path("staff/<uuid:employee_id>/change/", files.change, name="change"),
    path("staff/<uuid:employee_id>/practitioner/", files.practitioner, name="practitioner"),
    path("staff/<uuid:employee_id>/last-day/", files.last_day, name="last_day"),
    path("staff/<uuid:employee_id>/stays/", files.stays, name="stays"),
    path("staff/<uuid:employee_id>/credentials/", credentials.of_employee, name="credentials"),
    path("staff/<uuid:employee_id>/credentials/add/", credentials.add, name="add_credential"),
    path("staff/<uuid:employee_id>/time-off/", time_off.of_employee, name="employee_time_off"),
    path("my/time-off/", mine.my_time_off, name="my_time_off"),
    path("my/time-off/ask/", mine.ask, name="ask_time_off"),
]
