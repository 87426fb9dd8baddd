"""Loads the plugin as Hermes does, with a context as small as can be, and does what the lines on stdin say, one JSON each.

{"type": "list"} types /snapshots list; {"gateway": "/snap list"} sends it through the gateway's hook first.
Usage: python3 hermes-context.py PLUGIN_DIRECTORY
"""

import asyncio
import importlib.util
import json
import pathlib
import sys

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


class Event:
    def __init__(self, text):
        self.text = text


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
        done = context.hooks["pre_gateway_dispatch"](event=Event(asked["gateway"]), gateway=None)
        answer = run(done["text"]) if done else None
    else:
        answer = [sorted(context.commands), sorted(context.hooks)]
    print(json.dumps(answer), flush=True)
