# SPDX-License-Identifier: GPL-2.0-or-later
import pytest

from support.tshark import Tshark


@pytest.fixture(scope="module")
def tshark():
    """tshark with the plugin and the extcap of this build."""
    program = Tshark()
    yield program
    program.close()
