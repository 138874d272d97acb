from allauth.account import views as account_views
from django.urls import include, path

from access.views import demo

urlpatterns = [
    path("sign-in/", account_views.login, name="account_login"),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("sign-in/demo/", demo.sign_in, name="demo_sign_in"),
]
