# SPDX-License-Identifier: GPL-2.0-or-later
"""What a simulated radio answers to those who want something signed with its own key.
Source: firmware examples/companion_radio/MyMesh.cpp (handleCmdFrame, CMD_SIGN_START and following)."""
import struct

from support import ed25519
from support.simulated_radio import SELF_INFO, answers


class Signer:
    """SIGN_START, SIGN_DATA and SIGN_FINISH as the firmware has them: one buffer for all clients, which a START
    empties. `memory` False is a radio that cannot allocate it. `signed` holds what was signed."""
    LONGEST = 8192
    OK, TABLE_FULL, BAD_STATE, UNSUPPORTED = b"\x00", b"\x01\x03", b"\x01\x04", b"\x01\x01"

    def __init__(self, private, memory=True):
        self.private = private
        self.public = ed25519.public_key(private)
        self.memory = memory
        self.text = None
        self.signed = []

    def start(self, _):
        self.text = b"" if self.memory else None
        return b"\x13\x00" + struct.pack("<I", self.LONGEST)

    def data(self, body):
        if len(body) == 1:
            return self.UNSUPPORTED
        if self.text is None:
            return self.BAD_STATE
        if len(self.text) + len(body) - 1 > self.LONGEST:
            return self.TABLE_FULL
        self.text += body[1:]
        return self.OK

    def finish(self, _):
        if self.text is None:
            return self.BAD_STATE
        self.signed.append(self.text)
        signature = ed25519.sign(self.private, self.text)
        self.text = None
        return b"\x14" + signature

    def replies(self, **known):
        """All answers of a radio with this key."""
        return {**answers(**known),
                b"\x01": lambda: SELF_INFO[:4] + self.public + SELF_INFO[36:],
                b"\x21": self.start, b"\x22": self.data, b"\x23": self.finish}
