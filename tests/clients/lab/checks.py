"""The forms of a result that reached the model, and the marks around a sender's words in each.

A result reaches a model as text, as JSON, or as both in one string. Each form is judged alone,
because a model may weigh only one of them.
"""

import json
import re

BEGIN = re.compile(r"Begin of untrusted[^\n\[\]]*?([0-9a-f]{8,})", re.I)
# The word alone, not the <untrusted_context> that Gemini CLI adds, or a sentence for people.
MARK = re.compile(r"(?<!<)untrusted|\bdata,? (and )?not (as )?instructions", re.I)
PART = re.compile(r"part (\d+) of (\d+)", re.I)


def forms(text):
    """Splits a result into its forms: {"text": ..., "JSON": ...}."""
    found = {}

    def add(form, content):
        if content.strip():
            found[form] = f"{found[form]}\n{content}" if form in found else content

    def walk(value):
        """Takes the CallToolResult of a client that hands all of it to the model."""
        if isinstance(value, dict) and isinstance(value.get("content"), list):
            for part in value["content"]:
                add("text", part.get("text", ""))
            structured = value.get("structured_content", value.get("structuredContent"))
            if structured:
                add("JSON", dumps(structured))
        elif isinstance(value, dict) and list(value) in (["result"], ["error"]):
            walk(*value.values())
        else:
            add("JSON", dumps(value))

    rest, decoder = text, json.JSONDecoder()
    while (start := rest.find('{"')) >= 0:
        try:
            value, end = decoder.raw_decode(rest, start)
        except ValueError:
            add("text", rest[:start + 2])
            rest = rest[start + 2:]
            continue
        add("text", rest[:start])
        walk(value)
        rest = rest[end:]
    add("text", rest)
    return found


def dumps(value):
    """Returns JSON in the order of the keys, without escapes for other scripts."""
    return json.dumps(value, ensure_ascii=False)


def is_fenced(content, words):
    """Returns whether each occurrence of the words stands in a fence with a number."""
    for found in re.finditer(re.escape(words), content):
        before = list(BEGIN.finditer(content, 0, found.start()))
        if not before:
            return False
        end = re.compile("End of untrusted[^\n\\[\\]]*?" + before[-1][1], re.I)
        if end.search(content, before[-1].end(), found.start()) or not end.search(content, found.end()):
            return False
    return True


def is_marked(content, words):
    """Returns whether a mark stands before the first occurrence of the words."""
    return MARK.search(content, 0, content.find(words)) is not None


def judged(text, words, judge):
    """Returns {form: whether the words are fenced or marked in it} for the forms that have them."""
    return {form: judge(content, words) for form, content in forms(text).items()
            if words in content}


# Stretches of a long mail, for agents that limit characters, bytes, escaped JSON or lines.
FILLERS = ["the quick brown fox jumps over the lazy dog and runs home again", "漢字" * 12, '"\\' * 24, "x"]


def long_mail(size):
    """Returns a mail of `size` bytes or more, in four stretches of numbered lines."""
    lines, number = [], 0
    for filler in FILLERS:
        length = 0
        while length < size / len(FILLERS):
            lines.append(f"LINE-{number:05} {filler} /{number:05}")
            length += len(lines[-1].encode()) + 1
            number += 1
    return "\n".join(lines)


def missing(mail, texts):
    """Returns the number of lines of a long mail that did not reach the model with both ends."""
    found = [set(re.findall(pattern, "\n".join(texts))) for pattern in (r"LINE-(\d{5})", r"/(\d{5})\b")]
    return sum(number not in found[0] & found[1] for number in re.findall(r"LINE-(\d{5})", mail))
