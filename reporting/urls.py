from django.urls import path

from reporting.views import figures, home

app_name = "reporting"

urlpatterns = [
    path("home/", home.home, name="home"),
    path("home/strip/", home.strip, name="strip"),
    path("home/queue/", home.queue, name="queue"),
    path("reports/", figures.figures, name="figures"),
    path("reports/<slug:name>/", figures.figure, name="figure"),
    path("reports/<slug:name>/formula/", figures.formula, name="formula"),
]
