"""A program at the desk: a bearer token, JSON in, JSON out."""

import json

import pytest
from django.utils import timezone

from access import tokens
from office.roles import Role
from tests import factories


class Api:
    """`api.post("/api/v1/…", {…})`; answers carry `.data`."""

    def __init__(self, client, token):
        self.client, self.headers = client, {"authorization": f"Bearer {token}"}

    def get(self, path, **query):
        return self._read(self.client.get(path, query, headers=self.headers))

    def post(self, path, body=None, **headers):
        return self._read(
            self.client.post(
                path,
                json.dumps(body or {}),
                content_type="application/json",
                headers=self.headers | headers,
            )
        )

    @staticmethod
    def _read(response):
        response.data = json.loads(response.content) if response.content else None
        return response


@pytest.fixture
def api_of(client):
    def make(role, *locations, scopes=()):
        user = factories.UserFactory(role=role, at=locations)
        plain, _ = tokens.make(user, scopes=list(scopes), days=1, at=timezone.now())
        return Api(client, plain)

    return make


@pytest.fixture
def api(api_of, location):
    return api_of(Role.FRONT_DESK, location)
