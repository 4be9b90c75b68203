"""Each test starts without polygons left in memory by another one."""

import pytest

from gongzhi.places import locate


@pytest.fixture(autouse=True)
def _nothing_remembered():
    locate.forget()
    yield
    locate.forget()
