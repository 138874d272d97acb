import pytest

from access.models import SignInAttempt
from office.roles import Role
from tests import factories
from tests.access.door import EMAIL, PASSWORD, code_for, secret_in, sign_in


@pytest.fixture
def helen(location):
    return factories.UserFactory(
        email=EMAIL, name="Helen Marsh", role=Role.PRIVACY, at=[location], password=PASSWORD
    )


@pytest.fixture
def secret(client, helen):
    """Helen turns the second step on, as she would, and leaves; the secret is in her app."""
    sign_in(client)
    secret = secret_in(client.get("/account/app/"))
    client.post("/account/app/", {"code": code_for(secret, -1)})  # it is used up by this
    client.post("/sign-out/")
    SignInAttempt.objects.all().delete()
    return secret
