from django.urls import path

from first_run.views import pages

urlpatterns = [
    path("", pages.start, name="set-up"),
    path("account/", pages.account, name="set-up-account"),
    path("finish/", pages.finish, name="set-up-finish"),
    path("<slug:slug>/", pages.step, name="set-up-step"),
]
