from allauth.account import views as account
from allauth.mfa.recovery_codes import views as recovery
from django.urls import path, re_path

from access.views import account as ours
from access.views import demo, devices, me, palette, passkeys, security, trail, undo

# The names are allauth's: it looks its own pages up by them.
urlpatterns = [
    path("sign-in/", ours.SignIn.as_view(), name="account_login"),
    path("sign-in/demo/", demo.sign_in, name="demo_sign_in"),
    path("sign-in/passkey/", ours.PasskeySignIn.as_view(), name="mfa_login_webauthn"),
    path("sign-in/second-step/", ours.SecondStep.as_view(), name="mfa_authenticate"),
    path("sign-in/closed/", account.account_inactive, name="account_inactive"),
    path("sign-in/no-account/", account.signup, name="account_signup"),
    path("sign-out/", account.logout, name="account_logout"),
    path("account/again/", ours.SignInAgain.as_view(), name="account_reauthenticate"),
    path("account/again/code/", ours.SecondStepAgain.as_view(), name="mfa_reauthenticate"),
    path("account/again/passkey/", ours.PasskeyAgain.as_view(), name="mfa_reauthenticate_webauthn"),
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
    path("account/security/", security.security, name="mfa_index"),
    path("account/second-step/", security.second_step_first, name="second-step-first"),
    path("account/browsers/end/", security.end_others, name="end-other-sessions"),
    path("account/browsers/<uuid:pk>/end/", security.end_session, name="end-session"),
    path("account/tokens/new/", security.new_token, name="new-token"),
    path("account/tokens/<uuid:pk>/end/", security.end_token, name="end-token"),
    path("account/app/", ours.Enrol.as_view(), name="mfa_activate_totp"),
    path("account/app/off/", ours.Disenrol.as_view(), name="mfa_deactivate_totp"),
    path("account/passkeys/", passkeys.listed, name="mfa_list_webauthn"),
    path("account/passkeys/new/", passkeys.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/", passkeys.RenamePasskey.as_view(), name="mfa_edit_webauthn"),
    path(
        "account/passkeys/<int:pk>/remove/",
        passkeys.RemovePasskey.as_view(),
        name="mfa_remove_webauthn",
    ),
    path("account/codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/codes/new/", ours.NewCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("device/", devices.device, name="device"),
    path("audit/", trail.trail, name="audit"),
    path("audit/find/", trail.find_subject, name="audit-find"),
    path("audit/about/<str:kind>/<uuid:pk>/", trail.who_looked, name="audit-who-looked"),
    path("palette", palette.palette, name="palette"),
    path("undo/<str:token>/", undo.take_back, name="undo"),
    path("me/preferences", me.prefer, name="me-preferences"),
    path("me/alive", me.alive, name="me-alive"),
    path("me/place", me.work_at, name="me-place"),
]
