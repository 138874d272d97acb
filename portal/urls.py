from django.urls import path

from portal import views

app_name = "portal"

urlpatterns = [path("a/<str:token>/", views.answer, name="answer")]
