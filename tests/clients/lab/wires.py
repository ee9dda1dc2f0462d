"""The wire formats of model APIs: Anthropic Messages, OpenAI Responses and Chat, and Gemini.

Each format has the same functions: `offered` returns the tools that a request offers to the model
as {name: namespace}, `result` the text of a tool's result in a request, and `answer` the parts of
an answer that calls a tool or ends the turn. The formats stream if the request says so.
"""

import json
import time
from dataclasses import dataclass, field

USAGE = 10  # Tokens that every answer claims: no agent compacts its history.


@dataclass
class Call:
    """A tool call of the model, in the agent's terms."""

    id: str
    arguments: dict
    name: str
    namespace: str | None = None


@dataclass
class Reply:
    """An HTTP answer: JSON, or events as (name, value) pairs. The name may be empty."""

    value: dict = field(default_factory=dict)
    events: list | None = None
    ends_with: str = ""

    def encode(self):
        if self.events is None:
            return "application/json", json.dumps(self.value).encode()
        lines = (f"event: {name}\n" * bool(name) + f"data: {json.dumps(value)}\n\n"
                 for name, value in self.events)
        return "text/event-stream", ("".join(lines) + self.ends_with).encode()


def text_of(content):
    """Joins the text of a message, which is a string or a list of parts."""
    if isinstance(content, str):
        return content
    parts = (part if isinstance(part, str) else part.get("text", json.dumps(part, ensure_ascii=False))
             for part in content or [])
    return "\n".join(parts)


def is_text(response):
    """Returns whether a function's response in Gemini's format is a single text."""
    return all(isinstance(value, str) for value in response.values())


class Anthropic:
    @staticmethod
    def offered(body):
        return {tool["name"]: None for tool in body.get("tools", [])}

    @staticmethod
    def result(body, call):
        for message in body["messages"]:
            for part in message["content"] if isinstance(message["content"], list) else []:
                if part.get("type") == "tool_result" and part["tool_use_id"] == call.id:
                    return text_of(part.get("content"))
        return None

    @staticmethod
    def answer(body, call, text):
        if call:
            block = {"type": "tool_use", "id": call.id, "name": call.name, "input": call.arguments}
            start = {**block, "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(call.arguments)}
        else:
            block, start = {"type": "text", "text": text}, {"type": "text", "text": ""}
            delta = {"type": "text_delta", "text": text}
        stop = {"stop_reason": "tool_use" if call else "end_turn", "stop_sequence": None}
        usage = {"input_tokens": USAGE, "output_tokens": USAGE}
        message = {"id": f"msg_{time.time_ns()}", "type": "message", "role": "assistant",
                   "model": body.get("model", ""), "content": [block], "usage": usage, **stop}
        if not body.get("stream"):
            return Reply(message)
        begun = {**message, "content": [], "stop_reason": None}
        events = [{"type": "message_start", "message": begun},
                  {"type": "content_block_start", "index": 0, "content_block": start},
                  {"type": "content_block_delta", "index": 0, "delta": delta},
                  {"type": "content_block_stop", "index": 0},
                  {"type": "message_delta", "delta": stop, "usage": {"output_tokens": USAGE}},
                  {"type": "message_stop"}]
        return Reply(events=[(event["type"], event) for event in events])


class Responses:
    @staticmethod
    def offered(body):
        found = {}
        for tool in body.get("tools", []):
            if tool.get("type") == "namespace":
                found.update({inner["name"]: tool["name"] for inner in tool["tools"]})
            elif "name" in tool:
                found[tool["name"]] = None
        return found

    @staticmethod
    def result(body, call):
        for item in body["input"] if isinstance(body["input"], list) else []:
            if item.get("type") == "function_call_output" and item["call_id"] == call.id:
                return text_of(item["output"])
        return None

    @staticmethod
    def answer(body, call, text):
        if call:
            item = {"type": "function_call", "id": f"fc_{call.id}", "call_id": call.id,
                    "name": call.name, "arguments": json.dumps(call.arguments), "status": "completed"}
            if call.namespace:
                item["namespace"] = call.namespace
        else:
            part = {"type": "output_text", "text": text, "annotations": []}
            item = {"type": "message", "id": f"msg_{time.time_ns()}", "role": "assistant",
                    "status": "completed", "content": [part]}
        usage = {"input_tokens": USAGE, "input_tokens_details": {"cached_tokens": 0},
                 "output_tokens": USAGE, "output_tokens_details": {"reasoning_tokens": 0},
                 "total_tokens": 2 * USAGE}
        response = {"id": f"resp_{time.time_ns()}", "object": "response", "status": "completed",
                    "created_at": int(time.time()), "model": body.get("model", ""),
                    "output": [item], "usage": usage, "parallel_tool_calls": False,
                    "tool_choice": "auto", "tools": []}
        if not body.get("stream"):
            return Reply(response)
        begun = {**response, "status": "in_progress", "output": [], "usage": None}
        events = [{"type": "response.created", "response": begun},
                  {"type": "response.output_item.added", "output_index": 0, "item": item},
                  {"type": "response.output_item.done", "output_index": 0, "item": item},
                  {"type": "response.completed", "response": response}]
        numbered = [{**event, "sequence_number": n} for n, event in enumerate(events)]
        return Reply(events=[(event["type"], event) for event in numbered])


class Chat:
    @staticmethod
    def offered(body):
        return {tool["function"]["name"]: None for tool in body.get("tools") or []}

    @staticmethod
    def result(body, call):
        for message in body["messages"]:
            if message["role"] == "tool" and message["tool_call_id"] == call.id:
                return text_of(message["content"])
        return None

    @staticmethod
    def answer(body, call, text):
        message = {"role": "assistant", "content": None if call else text}
        if call:
            function = {"name": call.name, "arguments": json.dumps(call.arguments)}
            message["tool_calls"] = [{"index": 0, "id": call.id, "type": "function", "function": function}]
        usage = {"prompt_tokens": USAGE, "completion_tokens": USAGE, "total_tokens": 2 * USAGE}
        finish = "tool_calls" if call else "stop"
        common = {"id": f"chatcmpl-{time.time_ns()}", "created": int(time.time()),
                  "model": body.get("model", ""), "usage": usage}
        if not body.get("stream"):
            choice = {"index": 0, "message": message, "finish_reason": finish}
            return Reply({**common, "object": "chat.completion", "choices": [choice]})
        chunks = [{"index": 0, "delta": message, "finish_reason": None},
                  {"index": 0, "delta": {}, "finish_reason": finish}]
        events = [("", {**common, "object": "chat.completion.chunk", "choices": [chunk]})
                  for chunk in chunks]
        return Reply(events=events, ends_with="data: [DONE]\n\n")


class Gemini:
    @staticmethod
    def offered(body):
        groups = (tool.get("functionDeclarations") or [] for tool in body.get("tools") or [])
        return {function["name"]: None for group in groups for function in group}

    @staticmethod
    def result(body, call):
        # Some clients omit the id. The last answer to the tool is then the one.
        parts = [part["functionResponse"] for content in body["contents"]
                 for part in content.get("parts", []) if "functionResponse" in part]
        for part in reversed(parts):
            if part.get("id", call.id) == call.id and part["name"] == call.name:
                response = part["response"]
                if list(response) in (["output"], ["error"]) and is_text(response):
                    return next(iter(response.values()))
                return json.dumps(response, ensure_ascii=False)
        return None

    @staticmethod
    def answer(body, call, text):
        part = {"text": text}
        if call:
            part = {"functionCall": {"id": call.id, "name": call.name, "args": call.arguments}}
        usage = {"promptTokenCount": USAGE, "candidatesTokenCount": USAGE, "totalTokenCount": 2 * USAGE}
        content = {"role": "model", "parts": [part]}
        value = {"candidates": [{"content": content, "finishReason": "STOP", "index": 0}],
                 "usageMetadata": usage, "modelVersion": "lab"}
        return Reply(events=[("", value)]) if body.get("stream") else Reply(value)


def wire_of(path):
    """Returns the format of a POST to a path; `None` if it generates nothing."""
    path = path.split("?")[0]
    endings = {"/messages": Anthropic, "/responses": Responses, "/chat/completions": Chat,
               "enerateContent": Gemini}
    return next((wire for ending, wire in endings.items() if path.endswith(ending)), None)
