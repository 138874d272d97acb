"""The same with a real browser and its virtual authenticator: the script, the policy of the page, the words."""

import pytest
from playwright.sync_api import expect

from access.models import User
from tests.access.door import EMAIL, PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def authenticator(page):
    """A device in the browser that always says yes, as a finger on the reader would."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }})  # fmt: skip


def with_password(page):
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page):
    page.locator("form[data-sign-out]").first.evaluate("form => form.submit()")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_passkey_is_made_and_opens_the_door_and_the_second_step(open_page, helen):
    page = open_page("/sign-in/?next=/account/security/")
    authenticator(page)
    with_password(page)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_text("They are shown only now")).to_be_visible()
    page.goto(page.url.replace("/account/codes/", "/account/security/"))
    expect(page.get_by_text("My laptop", exact=True).first).to_be_visible()

    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("link", name="Audit").first).to_be_attached()

    sign_out(page)
    with_password(page)
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("link", name="Audit").first).to_be_attached()

    # The same device once more: the browser refuses, and the page says why.
    page.goto(page.url.replace("/audit/", "/") + "account/passkeys/new/")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_text("This device has a passkey for your account already")).to_be_visible()

    # Removed at the office, the device still has it, and it opens nothing.
    sign_out(page)
    User.objects.get().authenticator_set.all().delete()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("This passkey did not fit")).to_be_visible()
