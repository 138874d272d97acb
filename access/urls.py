from allauth.account import views as account
from allauth.mfa.recovery_codes import views as recovery
from django.urls import path, re_path

from access.views import account as ours
from access.views import demo, me, palette, trail, undo

# The names are allauth's: it looks its own pages up by them.
urlpatterns = [
    path("sign-in/", ours.SignIn.as_view(), name="account_login"),
    path("sign-in/demo/", demo.sign_in, name="demo_sign_in"),
    path("sign-in/second-step/", ours.SecondStep.as_view(), name="mfa_authenticate"),
    path("sign-in/closed/", account.account_inactive, name="account_inactive"),
    path("sign-in/no-account/", account.signup, name="account_signup"),
    path("sign-out/", account.logout, name="account_logout"),
    path("account/again/", ours.SignInAgain.as_view(), name="account_reauthenticate"),
    path("account/again/code/", ours.SecondStepAgain.as_view(), name="mfa_reauthenticate"),
    path("account/password/", ours.ChangePassword.as_view(), name="account_change_password"),
    path("account/password/first/", ours.SetPassword.as_view(), name="account_set_password"),
    path("sign-in/forgotten/", ours.ResetPassword.as_view(), name="account_reset_password"),
    path(
        "sign-in/forgotten/sent/", account.password_reset_done, name="account_reset_password_done"
    ),
    re_path(
        r"^sign-in/new-password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        ours.NewPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path(
        "sign-in/new-password/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/2fa/", ours.Security.as_view(), name="mfa_index"),
    path("account/2fa/app/", ours.Enrol.as_view(), name="mfa_activate_totp"),
    path("account/2fa/app/off/", ours.Disenrol.as_view(), name="mfa_deactivate_totp"),
    path("account/2fa/codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/2fa/codes/new/", ours.NewCodes.as_view(), name="mfa_generate_recovery_codes"),
    path(
        "account/2fa/codes/file/",
        recovery.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("audit/", trail.trail, name="audit"),
    path("audit/find/", trail.find_subject, name="audit-find"),
    path("audit/about/<str:kind>/<uuid:pk>/", trail.who_looked, name="audit-who-looked"),
    path("palette", palette.palette, name="palette"),
    path("undo/<str:token>/", undo.take_back, name="undo"),
    path("me/preferences", me.prefer, name="me-preferences"),
    path("me/alive", me.alive, name="me-alive"),
    path("me/place", me.work_at, name="me-place"),
]
