"""Measures the largest result that an agent hands to its model whole, with a probe in place of tai-mcp."""

import sys

from agents import HERE
from model import Model
from probe import lines

LARGEST = 200_000  # Characters; more than any part of a mail.
STEPS = 11  # Halvings of the interval: about 100 characters remain.
FORMS = ("text", "both")
WIDE = "漢"  # Three bytes.


def script(found):
    """Halves the interval between a size that reaches the model and one that does not."""
    for form in FORMS:
        low, high, size = 0, LARGEST, LARGEST
        for _ in range(STEPS):
            if (yield from arrives(size, form, "x")):
                low = size
            else:
                high = size
            if low == LARGEST:
                break
            size = (low + high) // 2
        found[form] = low
    found["in bytes"] = not (yield from arrives(found["text"] * 2 // 3, "text", WIDE))


def arrives(size, form, unit):
    """Returns whether a result arrives whole."""
    result = yield "probe", {"size": size, "form": form, "unit": unit}
    return all(line in result.text for line in lines(size, unit).split("\n"))


def measure(world):
    """Returns {form: largest size in ASCII characters}, and whether the limit is in bytes."""
    probe = world.home / "probe"
    probe.write_text(f"#!/bin/sh\nexec {sys.executable} {HERE / 'probe.py'}\n")
    probe.chmod(0o755)
    world.replace_server(probe)
    found = {}
    model = Model(script(found), ["probe"])
    world.run(model, "limits", allow=True)
    model.close()
    return found


def cell(found, form):
    """Returns a size, in the unit that the agent counts in."""
    if form not in found:
        return "not reached"
    if found[form] == LARGEST:
        return "no limit seen"
    unit = {True: " bytes", False: " characters", None: ""}[found.get("in bytes")]
    return f"{found[form]:,}{unit}"
