from uuid import UUID, uuid4 as fresh

import pytest


@pytest.fixture
def uuid4() -> UUID:
    return fresh()
