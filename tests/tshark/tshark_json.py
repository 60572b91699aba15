# SPDX-License-Identifier: GPL-2.0-or-later
"""tshark's JSON in the form of meshcore-decode's, so that the two can be compared key by key.

tshark nests objects, repeats keys and prints each value as text; what the text means depends on the
field's type, which `tshark -G fields` tells.
"""
import datetime
import json

NOTE = "meshcore.note."
TIME_FORMATS = ("%b %d, %Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")


def field_types(tshark):
    """{filter name: FT_ type} of both protocols."""
    rows = (line.split("\t") for line in tshark.run("-G", "fields").stdout.splitlines())
    return {row[2]: row[3] for row in rows if row[0] == "F" and row[2].startswith("meshcore")}


def epoch(text):
    whole = " ".join(text.removesuffix("UTC").removesuffix("Z").split(".")[0].split())
    for layout in TIME_FORMATS:
        try:
            time = datetime.datetime.strptime(whole, layout)
        except ValueError:
            continue
        return int(time.replace(tzinfo=datetime.timezone.utc).timestamp())
    raise ValueError(f"unknown time format: {text!r}")


def value(kind, text):
    if kind.startswith(("FT_UINT", "FT_INT", "FT_FRAMENUM")):
        return int(text, 0)
    if kind == "FT_DOUBLE":
        return float(text)
    if kind == "FT_ABSOLUTE_TIME":
        return epoch(text)
    if kind == "FT_BOOLEAN":
        return {"0": False, "1": True, "False": False, "True": True}[text]
    if kind == "FT_BYTES":
        return text.replace(":", "")
    assert kind in ("FT_STRING", "FT_NONE", "FT_RELATIVE_TIME"), f"no rule for {kind}"
    return text


def collect(pairs, types, fields):
    """Walks a layer (nested lists of pairs) in order of the tree: {name: [value, …]}."""
    for name, content in pairs:
        if isinstance(content, list):
            if name.endswith("_tree") or name in ("_ws.expert", "meshcore", "meshcore_radio") or name in types:
                collect(content, types, fields)
        elif name in types:
            fields.setdefault(name, []).append(value(types[name], content))


def frames(tshark, path, *options, read_filter=None):
    """One dict of lists for each frame of a capture."""
    types = field_types(tshark)
    if read_filter:
        options += ("-Y", read_filter)
    out = tshark.run("-r", path, "-T", "json", *options).stdout
    packets = json.loads(out, object_pairs_hook=list) if out.strip() else []
    result = []
    for packet in packets:
        layers = dict(dict(packet)["_source"])["layers"]
        fields = {}
        for name, content in layers:
            if name in ("meshcore_radio", "meshcore") and isinstance(content, list):
                collect(content, types, fields)
        result.append(fields)
    return result


def split_notes(fields):
    """Fields without the notes, and the notes' words in order."""
    notes = sorted(name.removeprefix(NOTE) for name, values in fields.items() if name.startswith(NOTE)
                   for _ in values)
    return {name: values for name, values in fields.items() if not name.startswith(NOTE)}, notes
