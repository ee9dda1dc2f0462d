"""Calls all tools with the official Python SDK. usage: sdk.py TAI_MCP MODE

MODE is how the SDK connects: "legacy" (initialize), "2026-07-28", "auto" (server/discover, then
either), or "v1" for the first generation of the SDK. Both generations validate each result
against the output schema of its tool.
"""

import asyncio
import os
import sys

command, mode = sys.argv[1:]
ENV = {"TAI_MCP_INSTANCE": "desk", "XDG_RUNTIME_DIR": os.environ["XDG_RUNTIME_DIR"]}


TOOLS = ["send_email", "fetch_email", "list_inbox", "reply_email", "delete_email", "mark_read",
         "search_inbox", "session_status", "wait_for_email"]


async def exercise(list_tools, call_tool, field):
    tools = (await list_tools()).tools
    names = [tool.name for tool in tools]
    assert names == TOOLS, names
    for tool in tools:
        assert getattr(tool, field("outputSchema"))["type"] == "object", tool.name
        assert tool.annotations is not None and tool.title, tool.name

    async def call(name, **arguments):
        result = await call_tool(name, arguments)
        assert not getattr(result, field("isError")), result.content
        return getattr(result, field("structuredContent"))

    sent = await call("send_email", to="desk.alice@tai.chat", subject=mode, content="**hello**")
    assert sent["to"] == "desk.alice@tai.chat", sent
    inbox = await call("list_inbox")
    assert inbox["emails"][0]["subject"] == mode, inbox
    read = await call("fetch_email")
    assert "]\n**hello**\n[End" in read["email"]["body"], read
    reply = await call("reply_email", message_id=read["email"]["id"], content="ok")
    assert reply["subject"] == f"Re: {mode}", reply
    await call("fetch_email")  # the reply, so that the next client finds an empty inbox
    found = await call("search_inbox", query=mode)
    assert found["emails"], found
    await call("mark_read", email_id=found["emails"][0]["id"])
    await call("delete_email", email_id=found["emails"][0]["id"])
    status = await call("session_status")
    assert status["session"] == "live", status
    wrong = await call_tool("list_inbox", {"limit": 201})
    assert getattr(wrong, field("isError")), wrong


def snake(name):
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


async def second_generation():
    from mcp import Client
    from mcp.client.stdio import StdioServerParameters

    server = StdioServerParameters(command=command, env=ENV)
    async with Client(server, mode=mode) as client:
        await exercise(client.list_tools, client.call_tool, snake)


async def first_generation():
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    server = StdioServerParameters(command=command, env=ENV)
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        await exercise(session.list_tools, session.call_tool, lambda name: name)


asyncio.run(first_generation() if mode == "v1" else second_generation())
print(f"ok: Python SDK, {mode}: 9 tools listed and called")
