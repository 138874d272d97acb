"""What finding a patient may cost, in clicks and keys, done in a real browser."""

import pytest
from playwright.sync_api import expect

from office.roles import Role
from patients import actions
from tests import factories
from tests.counting import Hands

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("words", ["del,ros", "delgado", "3/14/62", "0147"])
def test_a_patient_is_found_from_any_page_by_nine_keys(
    open_page, colleague, practice, location, words
):
    rosa = factories.PatientFactory(
        family_name="Delgado", given_name="Rosa", birth_date="1962-03-14", at=[location]
    )
    desk = factories.actor(Role.FRONT_DESK, location)
    actions.add_contact(patient=rosa, system="phone", value="(512) 555-0147", by=desk)
    factories.PatientFactory(family_name="Delaney", given_name="Roy", at=[location])
    page = open_page("/schedule/", client=colleague(location))
    hands = Hands(page)

    hands.press("Control+k")
    expect(page.locator("#palette-ask")).to_be_focused()
    hands.type(words)
    hands.press("Enter")
    page.wait_for_url(f"**/patients/{rosa.pk}/")

    assert (hands.clicks, hands.keys <= 9) == (0, True)
