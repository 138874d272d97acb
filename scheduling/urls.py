from django.urls import path

from scheduling.views import day

app_name = "scheduling"
urlpatterns = [
    path("schedule/", day.day, name="day"),
]
