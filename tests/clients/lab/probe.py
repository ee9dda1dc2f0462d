"""An MCP server with the tool `probe`, whose results have a given size and form. It takes the place
of tai-mcp, so that the lab measures how much of a result an agent hands to its model."""

import json
import sys

SCHEMA = {"type": "object", "properties": {"size": {"type": "integer"}, "form": {"type": "string"},
                                           "unit": {"type": "string"}},
          "required": ["size", "form", "unit"]}
TOOL = {"name": "probe", "description": "Returns numbered lines.", "inputSchema": SCHEMA,
        "annotations": {"readOnlyHint": True, "openWorldHint": False}}


def lines(size, unit):
    """Returns numbered lines of `size` characters in all."""
    filler = unit * 80
    text = "\n".join(f"{number:06} {filler[:72]}" for number in range(size // 80 + 1))
    return text[:size - 4] + "\nEND"


def result(arguments):
    size, form = int(arguments["size"]), arguments["form"]
    body = lines(size, arguments["unit"])
    text = body if form != "structured" else "See the structured content."
    answer = {"content": [{"type": "text", "text": text}]}
    if form != "text":
        answer["structuredContent"] = {"id": 1, "body": body}
    return answer


def answer(method, params):
    if method == "initialize":
        return {"protocolVersion": params["protocolVersion"], "capabilities": {"tools": {}},
                "serverInfo": {"name": "probe", "version": "1"}}
    if method == "tools/list":
        return {"tools": [TOOL]}
    if method == "tools/call":
        return result(params["arguments"])
    return {} if method == "ping" else None


for line in sys.stdin:
    message = json.loads(line)
    if "id" not in message or "method" not in message:
        continue
    value = answer(message["method"], message.get("params") or {})
    answered = {"result": value} if value is not None else {"error": {"code": -32601, "message": "no"}}
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], **answered}), flush=True)
