"""Loads the plugin as Hermes does, with a context as small as can be, and does what the lines on stdin say, one JSON each.

{"type": "list"} types /snapshots list; {"gateway": "/snap list"} sends it through the gateway's hook first, from "user" ("ada")
in a chat of the type "chat" ("dm"), where Hermes' config names "admins" (nobody); {"start": true} begins a session.
Usage: python3 hermes-context.py PLUGIN_DIRECTORY
"""

import asyncio
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
        self.config = asked.get("admins", [])


class Policy:
    """What is used of Hermes' SlashAccessPolicy (gateway/slash_access.py, 2026-09)."""

    def __init__(self, admins):
        self.admins = admins
        self.enabled = len(admins) > 0

    def is_admin(self, user):
        return not self.enabled or user in self.admins


sys.modules["gateway"] = types.ModuleType("gateway")
sys.modules["gateway.slash_access"] = types.ModuleType("gateway.slash_access")
sys.modules["gateway.slash_access"].policy_for_source = lambda config, source: Policy(config)


context = Context()
plugin.register(context)


def run(line):
    command, _, words = line.lstrip("/").partition(" ")
    handler, _ = context.commands[command]
    return asyncio.run(handler(words))


for line in sys.stdin:
    asked = json.loads(line)
    if "type" in asked:
        answer = run(f"/snapshots {asked['type']}")
    elif "gateway" in asked:
        done = context.hooks["pre_gateway_dispatch"](event=Event(asked), gateway=Gateway(asked))
        answer = run(done["text"]) if done else None
    elif "start" in asked:
        answer = context.hooks["on_session_start"](session_id="1", model="none", platform="cli")
    else:
        answer = [sorted(context.commands), sorted(context.hooks)]
    print(json.dumps(answer), flush=True)
