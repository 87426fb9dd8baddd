"""Loads the plugin as Hermes does, with a context as small as can be, and does what the lines on stdin say, one JSON each.

{"type": "list"} types /snapshots list in the terminal, or calls from the module that "by" names; {"gateway": "/snap list"} sends it
through the gateway's hook first, from "user" ("ada") in a chat of the type "chat" ("dm"), where Hermes' config names "admins" (nobody),
as often as "shown" says (1). {"hook": "pre_command", "with": {}} calls a hook. {"patience": 0} is how many seconds it waits.
{"profile": "/home"} is the home that Hermes names from then on. {"taken": true} tells which snapshots the plugin wanted to take by
itself since it was asked last, and has it take none from then on.
Usage: python3 hermes-context.py PLUGIN_DIRECTORY
"""

import importlib.util
import json
import pathlib
import sys
import types

directory = pathlib.Path(sys.argv[1])
spec = importlib.util.spec_from_file_location(
    "hermes_plugins.snapshots", directory / "__init__.py", submodule_search_locations=[str(directory)]
)
plugin = importlib.util.module_from_spec(spec)
spec.loader.exec_module(plugin)


class Context:
    commands, hooks = {}, {}

    def register_command(self, name, handler, description="", args_hint=""):
        self.commands[name] = (handler, description)

    def register_hook(self, name, callback):
        self.hooks[name] = callback


class Source:
    def __init__(self, asked):
        self.user_id = asked.get("user", "ada")
        self.chat_type = asked.get("chat", "dm")


class Event:
    def __init__(self, asked):
        self.text = asked["gateway"]
        self.source = Source(asked)


class Gateway:
    def __init__(self, asked):
        # Of each kind of chat a list of its own; one list alone is for both.
        admins = asked.get("admins", [])
        self.config = admins if isinstance(admins, dict) else {"dm": admins, "group": admins}


class Policy:
    """What is used of Hermes' SlashAccessPolicy (gateway/slash_access.py, 2026-09)."""

    def __init__(self, admins):
        self.admins = admins
        self.enabled = len(admins) > 0

    def is_admin(self, user):
        return not self.enabled or user in self.admins


sys.modules["gateway"] = types.ModuleType("gateway")
sys.modules["gateway.slash_access"] = types.ModuleType("gateway.slash_access")
sys.modules["gateway.slash_access"].policy_for_source = lambda config, source: Policy(
    config.get("dm" if source.chat_type == "dm" else "group", [])
)


context = Context()
plugin.register(context)


# As Hermes calls a command: its terminal with a loop of its own, a gateway in its only one.
CALLERS = """
import asyncio
def call(handler, words): return asyncio.run(handler(words))
async def called(handler, words): return await handler(words)
def call_in_loop(handler, words): return asyncio.run(called(handler, words))
"""


def caller(module):
    """Of "cli: plugin" the first starts the loop in which the second calls."""
    first, _, second = module.partition(": ")
    outer, inner = {"__name__": first}, {"__name__": second or first}
    exec(CALLERS, outer)
    exec(CALLERS, inner)
    in_loop = bool(second) or first.startswith("gateway")
    outer["called"] = inner["called"]
    return outer["call_in_loop" if in_loop else "call"]


def command_of(text):
    """As MessageEvent.get_command and get_command_args of 2026-11. None: it goes to the model."""
    text = text.lstrip()
    if not text.startswith("/"):
        return None, ""
    first, _, _ = (parts := text.split(maxsplit=1))[0][1:].lower().partition("@")
    return None if "/" in first else first, parts[1] if len(parts) > 1 else ""


def receive(asked):
    """As the gateway does with a line; null when it is no command."""
    event = Event(asked)
    for _ in range(asked.get("shown", 1)):
        done = context.hooks["pre_gateway_dispatch"](event=event, gateway=Gateway(asked))
        event.text = done["text"] if done else event.text
    name, words = command_of(event.text)
    if name not in context.commands:
        return None
    return caller("gateway.run")(context.commands[name][0], words.strip())


taken = []
for line in sys.stdin:
    asked = json.loads(line)
    if "type" in asked:
        answer = caller(asked.get("by", "cli"))(context.commands["snapshots"][0], asked["type"])
    elif "gateway" in asked:
        answer = receive(asked)
    elif "hook" in asked:
        answer = context.hooks[asked["hook"]](**asked["with"])
    elif "patience" in asked:
        answer = plugin.PATIENCE = asked["patience"]
    elif "taken" in asked:
        plugin.take = lambda *words: taken.append(words)
        answer, taken = taken, []
    elif "profile" in asked:
        sys.modules["hermes_constants"] = types.ModuleType("hermes_constants")
        sys.modules["hermes_constants"].get_hermes_home = lambda: pathlib.Path(profile)
        answer = profile = asked["profile"]
    else:
        answer = [sorted(context.commands), sorted(context.hooks)]
    print(json.dumps(answer), flush=True)
