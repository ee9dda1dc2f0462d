"""Checks the schemas of all tools with what backends demand. usage: schemas.py TAI_MCP

Runs in the Python of the lab, which has the libraries. Prints one line for each problem and exits
with 1 if there is one.
"""

import copy
import re
import sys
from pathlib import Path

# In place of the directory of this file, whose agents.py would hide the library `agents`.
sys.path[0] = str(Path(__file__).resolve().parents[2] / "lib")

from agents.strict_schema import ensure_strict_json_schema
from google.genai import _mcp_utils
from jsonschema import Draft202012Validator
from mcp import types
from tai import Shim


def tools(command):
    """Returns what tai-mcp lists. It needs no taid for that."""
    shim = Shim([command])
    listed = shim.ask("tools/list", {})["tools"]
    shim.close()
    return listed


def objects(schema):
    """Yields each object schema within a schema."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


def json_schema(tool):
    for schema in (tool["inputSchema"], tool.get("outputSchema", {})):
        Draft202012Validator.check_schema(schema)


def openai(tool):
    for schema in objects(tool["inputSchema"]):
        assert "properties" in schema, "an object without `properties`"
    ensure_strict_json_schema(copy.deepcopy(tool["inputSchema"]))


def gemini(tool):
    _mcp_utils.mcp_to_gemini_tool(types.Tool.model_validate(tool))


def anthropic(tool):
    schema = tool["inputSchema"]
    assert schema["type"] == "object", "the arguments are no object"
    refused = {"oneOf", "anyOf", "allOf"} & set(schema)
    assert not refused, f"{refused} at the top"
    for name in schema.get("properties", {}):
        assert re.fullmatch(r"[a-zA-Z0-9_.-]{1,64}", name), f"the property {name}"


def names(tool):
    name = f"mcp__tai__{tool['name']}"
    # 60 is the limit of Cursor, 64 that of Anthropic and OpenAI.
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,60}", name), f"the name {name}"


failed = False
listed = tools(sys.argv[1])
for check in (json_schema, openai, gemini, anthropic, names):
    for tool in listed:
        try:
            check(tool)
        except Exception as problem:
            failed = True
            print(f"schema of {tool['name']}, {check.__name__}: {type(problem).__name__}: {problem}")
if not failed:
    print(f"ok: {len(listed)} schemas for JSON Schema 2020-12, OpenAI strict, Gemini and Anthropic")
sys.exit(failed)
