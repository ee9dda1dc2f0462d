"""Tests elicitation and notifications with the official Python SDK. usage: push.py TAI_MCP MODE

The server asks the user before it sends a mail (elicitation, both eras) and notifies the client
of new mail (resources/subscribe, subscriptions/listen). MODE is as in sdk.py. The profile
"strict" of taid has confirm_send = "always".
"""

import asyncio
import os
import sys

command, mode = sys.argv[1:]
ENV = {
    "TAI_MCP_INSTANCE": "asking",
    "TAI_MCP_PROFILE": "strict",
    "XDG_RUNTIME_DIR": os.environ["XDG_RUNTIME_DIR"],
}
INBOX = "tai-mcp://inbox"
asked = []


def answering(ElicitResult):
    async def answer(context, params):
        asked.append(params.message)
        return ElicitResult(action="accept" if "yes" in params.message else "decline", content={})

    return answer


async def exercise(call_tool, field):
    for content, sent in (("no", False), ("yes", True)):
        result = await call_tool(
            "send_email", {"to": "asking.alice@tai.chat", "subject": mode, "content": content}
        )
        assert getattr(result, field("isError")) is not sent, result
    assert len(asked) == 2 and "Send to asking.alice@tai.chat?" in asked[0], asked


def snake(name):
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


async def second_generation():
    from mcp import Client, types
    from mcp.client.stdio import StdioServerParameters

    server = StdioServerParameters(command=command, env=ENV)
    told = asyncio.Event()

    async def message(message):
        if "ResourceUpdated" in repr(message):
            told.set()

    client = Client(server, mode=mode, elicitation_callback=answering(types.ElicitResult),
                    message_handler=message)
    async with client:
        if mode == "legacy":
            await client.subscribe_resource(INBOX)
            await exercise(client.call_tool, snake)
            await asyncio.wait_for(told.wait(), 10)
        else:
            async with client.listen(resource_subscriptions=[INBOX]) as subscription:
                await exercise(client.call_tool, snake)
                event = await asyncio.wait_for(anext(subscription), 10)
                assert event.uri == INBOX, event
        contents = (await client.read_resource(INBOX)).contents
        assert mode in contents[0].text, contents
        await client.call_tool("fetch_email", {})


async def first_generation():
    from mcp import ClientSession, StdioServerParameters, types
    from mcp.client.stdio import stdio_client
    from pydantic import AnyUrl

    server = StdioServerParameters(command=command, env=ENV)
    told = asyncio.Event()

    async def message(message):
        if "ResourceUpdated" in repr(message):
            told.set()

    async with stdio_client(server) as (read, write), ClientSession(
        read, write, elicitation_callback=answering(types.ElicitResult), message_handler=message
    ) as session:
        await session.initialize()
        await session.subscribe_resource(AnyUrl(INBOX))
        await exercise(session.call_tool, lambda name: name)
        await asyncio.wait_for(told.wait(), 10)
        await session.call_tool("fetch_email", {})


asyncio.run(first_generation() if mode == "v1" else second_generation())
print(f"ok: Python SDK, {mode}: asked before sending, notified of new mail")
