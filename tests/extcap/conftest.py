# SPDX-License-Identifier: GPL-2.0-or-later
import sys
import pathlib

sys.path.insert(0, str(pathlib.Path(__file__).parent))
