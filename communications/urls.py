from django.urls import path

from communications.views import broadcasts, outbox, templates

app_name = "communications"

urlpatterns = [
    path("messages/", outbox.outbox, name="outbox"),
    path("messages/templates/", templates.every, name="templates"),
    path(
        "messages/templates/<str:kind>/<slug:way>/<str:language>/", templates.one, name="template"
    ),
    path(
        "messages/templates/<str:kind>/<slug:way>/<str:language>/look/", templates.look, name="look"
    ),
    path("messages/broadcasts/", broadcasts.every, name="broadcasts"),
    path("messages/broadcasts/new/", broadcasts.new, name="new_broadcast"),
    path("messages/broadcasts/<uuid:broadcast_id>/", broadcasts.one, name="broadcast"),
    path(
        "messages/broadcasts/<uuid:broadcast_id>/start/", broadcasts.start, name="start_broadcast"
    ),
    path("messages/broadcasts/<uuid:broadcast_id>/stop/", broadcasts.stop, name="stop_broadcast"),
    path("messages/<uuid:message_id>/", outbox.one, name="message"),
    path("messages/<uuid:message_id>/again/", outbox.again, name="send_again"),
    path("messages/<uuid:message_id>/arrived/", outbox.arrived, name="arrived"),
    path("messages/<uuid:message_id>/give-up/", outbox.drop, name="give_up"),
]
