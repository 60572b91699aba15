# SPDX-License-Identifier: GPL-2.0-or-later
"""Every field that the firmware vectors state inside the encryption, one by one.

Through meshcore-decode here; tests/tshark proves that tshark shows the same as meshcore-decode.
"""
import pytest
from support.firmware_fields import inside
from test_expectations import check, firmware_pairs

TYPES = ["REQ", "RESPONSE", "TXT_MSG", "ACK", "GRP_TXT", "GRP_DATA", "ANON_REQ", "PATH", "MULTIPART"]


@pytest.mark.parametrize("payload_type", TYPES)
def test_all_fields(payload_type):
    count = check((name, frame, inside(payload_type, expect["fields"]))
                  for name, frame, expect in firmware_pairs(False)
                  if expect["payload_type_name"] == payload_type)
    assert count > 0


def test_everything_is_decrypted():
    sealed = [frame for _, frame, expect in firmware_pairs(False) if "plaintext" in expect["fields"]]
    assert len(sealed) > 400
    assert all(frame["meshcore.mac_ok"] is True for frame in sealed)


def test_no_byte_of_a_valid_packet_is_left_unexplained():
    assert [name for name, frame, _ in firmware_pairs(False) if "meshcore.undecoded" in frame] == []
