"""The matrix of the lab, computed from the reports, and the demands on them."""

import re

import limits

BEGIN, END = "<!-- lab: begin -->", "<!-- lab: end -->"


def forms_cell(judged):
    """Returns a cell for {form: verdict}."""
    if not judged:
        return "not reached" if judged is None else "absent"
    if len(set(judged.values())) == 1:
        return tick(all(judged.values()))
    return ", ".join(f"{form} {tick(verdict)}" for form, verdict in judged.items())


def tick(verdict):
    return {True: "✓", False: "✗", None: "not reached"}[verdict]


def tools_cell(report):
    missing = sorted(set(report.refused))
    if not missing:
        return f"all {len(report.called)}"
    return "refuses " + ", ".join(missing)


def long_cell(report):
    """Returns the share of the long mail that arrived. Only a whole one has 100 %."""
    return f"{report.lines} % in {report.parts} × {report.largest:,}" if report.parts else "not reached"


def order_cell(report):
    """Returns the verdict on the time of the read mark."""
    if report.read_early is None:
        return "not reached"
    if report.read_early:
        return "✗ before the end"
    return "✓" if report.read_at_end else "✗ never"


def is_told_truthfully(report):
    """Returns whether the mail waits for approval and the model is told so."""
    return bool(report.held and re.search(r"\bwaits?\b", report.told or "", re.I))


def approval_cell(report):
    if report.told is None:
        return "not reached"
    if is_told_truthfully(report):
        return "✓ held"
    said = re.search("error: (.*)", report.told)
    told = " ".join((said[1] if said else report.told).split())
    return f"✗ {'held' if report.held else 'not held'}: {told[:60]}"


def interrupted_cell(report):
    if report.interrupted is None:
        return "not reached"
    return f"✗ {report.interrupted}" if report.interrupted else "✓"


def is_error_clear(report):
    return "999999" in (report.error or "") and "not found" in (report.error or "")


# Name of a row -> its cell for an agent and its report.
ROWS = {
    "version": lambda agent, report: agent.version,
    "extra flags": lambda agent, report: f"`{agent.flags}`" if agent.flags else "none",
    "tools that it may call so": lambda agent, report: tools_cell(report),
    "a mail reaches the model as": lambda agent, report: " + ".join(report.body or ["not reached"]),
    "fence around the body": lambda agent, report: forms_cell(report.body),
    "fence around each part of a long mail": lambda agent, report: forms_cell(report.ends),
    "mark before subject and sender": lambda agent, report: forms_cell(report.subject),
    "mark in a list": lambda agent, report: forms_cell(report.rows),
    "mark in a search": lambda agent, report: forms_cell(report.found),
    "mark where an answer repeats the subject": lambda agent, report: forms_cell(report.echoes),
    "\"No unread emails\"": lambda agent, report: tick(report.no_unread),
    "notice of more pages": lambda agent, report: tick(report.paging),
    "error that names the ID": lambda agent, report: tick(is_error_clear(report)),
    "mail of 200 kB: seen, parts × characters": lambda agent, report: long_cell(report),
    "read mark only after the last part": lambda agent, report: order_cell(report),
    "mail that needs approval": lambda agent, report: approval_cell(report),
    "held mail survives the agent": lambda agent, report: tick(report.held_after),
    "interrupted: the call ends, and the next reader gets the mail": lambda agent, report: interrupted_cell(report),
    "tai-mcp left running": lambda agent, report: str(report.shims_left),
    "taid runs on": lambda agent, report: tick(report.daemon_alive),
}

# Rows that cost a run of their own.
LIMITS = {
    "largest result that arrives whole, one form": lambda agent, report: limits.cell(report.limits, "text"),
    "the same, if both forms have the body": lambda agent, report: limits.cell(report.limits, "both"),
}

READING = {"fetch_email", "list_inbox", "mark_read", "search_inbox", "session_status"}

# Demands on each agent.
MUST = {
    "the agent may read mail as the setup leaves it": lambda report: not READING & set(report.refused),
    "the body is fenced in every form": lambda report: is_all(report.body) and is_all(report.ends),
    "the sender's words are marked in every form": lambda report: is_all(report.subject),
    "rows of lists are marked in every form": lambda report: is_all(report.rows) and is_all(report.found),
    "answers that repeat a subject are marked in every form": lambda report: is_marked_or_absent(report.echoes),
    "the notices reach the model": lambda report: bool(report.no_unread and report.paging),
    "errors reach the model": is_error_clear,
    "the whole long mail reaches the model": lambda report: report.lines == 100,
    "the long mail is read after its last part": lambda report: order_cell(report) == "✓",
    "a mail that needs approval is held truthfully": is_told_truthfully,
    "a held mail outlives the agent": lambda report: bool(report.held_after),
    "every tool is offered and the script ends": lambda report: not report.problems,
    "an interruption ends the call and loses no mail": lambda report: report.interrupted == "",
    "no tai-mcp is left": lambda report: report.shims_left == 0,
    "taid runs on": lambda report: report.daemon_alive is True,
}


def is_marked_or_absent(judged):
    return judged is not None and all(judged.values())


def is_all(judged):
    return bool(judged) and all(judged.values())


def table(agents, reports, has_limits):
    """Returns the matrix in Markdown."""
    rows = {**ROWS, **(LIMITS if has_limits else {})}
    lines = ["| | " + " | ".join(agent.name for agent in agents) + " |", "|---" * (len(agents) + 1) + "|"]
    for name, cell in rows.items():
        cells = (cell(agent, reports[agent.name]).replace("|", "\\|") for agent in agents)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def write(file, text):
    """Replaces the text between the markers of a page."""
    page = file.read_text()
    head, rest = page.split(BEGIN)
    file.write_text(f"{head}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}")
