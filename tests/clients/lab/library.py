"""Runs one prompt with an agent library. usage: library.py LIBRARY MODEL-URL PROMPT COMMAND...

COMMAND is the MCP server, with NAME=VALUE words before it as the entry of `tai-mcp setup --print`
has them. The libraries pass their own small environment to it.
"""

import asyncio
import sys

sys.path.pop(0)  # The directory of this file, whose agents.py would hide the library `agents`.
library, url, prompt, *command = sys.argv[1:]
env = {}
while "=" in command[0]:
    name, _, value = command.pop(0).partition("=")
    env[name] = value
program, *arguments = command
TURNS = 400


async def openai_agents():
    from agents import Agent, OpenAIResponsesModel, Runner, set_tracing_disabled
    from agents.mcp import MCPServerStdio
    from openai import AsyncOpenAI

    set_tracing_disabled(True)
    model = OpenAIResponsesModel("lab", AsyncOpenAI(base_url=f"{url}/v1"))
    params = {"command": program, "args": arguments, "env": env}
    async with MCPServerStdio(params, client_session_timeout_seconds=30) as server:
        agent = Agent(name="lab", model=model, mcp_servers=[server],
                      mcp_config={"convert_schemas_to_strict": True})
        await Runner.run(agent, prompt, max_turns=TURNS)


async def pydantic_ai():
    from fastmcp.client.transports import StdioTransport
    from pydantic_ai import Agent, UsageLimits
    from pydantic_ai.mcp import MCPToolset
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    model = OpenAIChatModel("lab", provider=OpenAIProvider(base_url=f"{url}/v1"))
    toolset = MCPToolset(StdioTransport(program, arguments, env=env))
    agent = Agent(model, toolsets=[toolset])
    await agent.run(prompt, usage_limits=UsageLimits(request_limit=TURNS))


async def google_genai():
    from google import genai
    from google.genai import types
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    client = genai.Client(http_options=types.HttpOptions(base_url=url))
    server = StdioServerParameters(command=program, args=arguments, env=env)
    calling = types.AutomaticFunctionCallingConfig(maximum_remote_calls=TURNS)
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        config = {"tools": [session], "automatic_function_calling": calling}
        await client.aio.models.generate_content(model="lab", contents=prompt, config=config)


asyncio.run({"openai-agents": openai_agents, "pydantic-ai": pydantic_ai,
             "google-genai": google_genai}[library]())
