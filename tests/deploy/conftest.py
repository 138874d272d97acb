import pytest

from tests.deploy.production import Production


@pytest.fixture
def production(transactional_db, tmp_path):
    made = Production(tmp_path)
    yield made
    made.close()
