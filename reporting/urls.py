from django.urls import path

from reporting.views import figures, home

app_name = "reporting"

urlpatterns = [
    path("home/", home.home, name="home"),
    path("home/strip/", home.strip, name="strip"),
    path("home/queue/", home.queue, name="queue"),
    path("figures/", figures.figures, name="figures"),
    path("figures/<slug:name>/", figures.figure, name="figure"),
    path("figures/<slug:name>/formula/", figures.formula, name="formula"),
]
