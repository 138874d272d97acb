from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from demo import seed
from demo.models import DemoPractice
from office.models import Location, Practice
from tests import factories
from tests.demo.conftest import A_FEW_DAYS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(seed, "FULL", A_FEW_DAYS)


def run(*arguments):
    said = StringIO()
    call_command("seed_demo", *arguments, stdout=said)
    return said.getvalue()


def test_outside_a_demo_install_nothing_is_invented(settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="not a demo install"):
        run()

    assert not Practice.objects.exists()


def test_a_real_practice_is_left_alone():
    factories.PracticeFactory(name="Real practice")

    with pytest.raises(CommandError, match="not the demo's"):
        run()
    assert run("--if-needed") == ""

    assert not Location.objects.exists()


def test_an_empty_install_becomes_the_demo_practice_once():
    said = run("--if-needed")
    again = run("--if-needed")

    assert "visits written" in said
    assert again == ""
    assert DemoPractice.objects.count() == Practice.objects.count() == 1
