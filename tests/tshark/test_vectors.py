# SPDX-License-Identifier: GPL-2.0-or-later
"""The firmware vectors through tshark: every stated field inside the encryption, one by one."""
import math

import pytest
import tshark_json
from captures import capture, with_keys
from support.captures import source_rows
from support.firmware_fields import inside

SEALED = {"REQ", "RESPONSE", "TXT_MSG", "ACK", "GRP_TXT", "GRP_DATA", "ANON_REQ", "PATH", "MULTIPART"}


@pytest.fixture(scope="module")
def shown(tshark):
    """(vector, what tshark shows of it)"""
    vectors = [row for row in source_rows("firmware-1.17.1")[1:] if "malformed" not in row["expect"]]
    frames = [frame for frame in tshark_json.frames(tshark, *with_keys(tshark, capture("firmware-1.17.1")))
              if "meshcore.raw" in frame]
    assert [row["raw"] for row in vectors] == [frame["meshcore.raw"][0] for frame in frames]
    return list(zip(vectors, frames))


def equal(have, want):
    if want is None:
        return have is None
    want = want if isinstance(want, list) else [want]
    return have is not None and len(have) == len(want) and all(
        math.isclose(one, other, abs_tol=1e-9) if isinstance(other, float) else one == other
        for one, other in zip(have, want))


def test_every_field(shown):
    wrong, compared = [], 0
    for vector, frame in shown:
        expect = vector["expect"]
        if expect["payload_type_name"] not in SEALED:
            continue
        for name, want in inside(expect["payload_type_name"], expect["fields"]).items():
            compared += 1
            if not equal(frame.get(name), want):
                wrong.append(f"{vector['name']}: {name} is {frame.get(name)}, not {want}")
    assert not wrong, f"{len(wrong)} of {compared}\n" + "\n".join(wrong[:40])
    assert compared > 4000
