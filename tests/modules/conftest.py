"""What tests of code of the user begin with."""

import pytest

from sebridge.base.clock import VirtualClock
from tests.modules.user_code import Neighbours


@pytest.fixture
def neighbours(clock: VirtualClock) -> Neighbours:
    return Neighbours(clock)
