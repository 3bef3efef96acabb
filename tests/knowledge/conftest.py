from uuid import UUID
from uuid import uuid4 as fresh

import pytest


@pytest.fixture
def uuid4() -> UUID:
    return fresh()
