# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the expected JSON beside each capture: `./dev golden`."""
from support.captures import CAPTURES, SCENARIOS, decode

for scenario in SCENARIOS:
    path = CAPTURES / f"{scenario}.json"
    wanted = decode(scenario)
    if not path.exists() or path.read_text(encoding="utf-8") != wanted:
        path.write_text(wanted, encoding="utf-8")
        print(f"{path.name} changed")
