"""agent-snapshot for Hermes: /snapshots in the terminal, and in gateways /snapshot and /snap as well.

Hermes' own terminal has a /snapshot of its own, which a plugin cannot replace. The work is done by agent-snapshot in
a process of its own: nothing of Hermes' state is opened here. Standard library only.
"""

import asyncio
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

COMMAND = "snapshots"
TYPED_IN_GATEWAY = re.compile(r"^\s*/(?:snapshots?|snap)(?:@\S+)?(?=\s|$)", re.IGNORECASE)
# What anybody may say whom Hermes lets in; all else changes something or tells of other agents.
LOOKING = {"list", "ls", "status", "help", "--help"}
# What a chat of one person with the agent is called; all others are of several.
ALONE = {"dm", "direct", "private"}
# Stands in the place of what the sender may not say. Whoever types it is refused, too.
REFUSED = "only-an-admin-may"
NOT_ADMIN = (
    "Only an admin may do that here. Nothing was changed. "
    "Hermes' config names admins: allow_admin_from, and group_allow_admin_from for groups."
)
# Hermes gives a command of a plugin 30 s in some of its faces. The engine goes on after that, and ends its work.
PATIENCE = 28
# What other agents' plugins take, too; a program cannot be given much more.
LONGEST = 8000


def register(ctx):
    ctx.register_command(
        COMMAND,
        handler=answer,
        description="Save, list, restore and prune snapshots of this agent's state",
        args_hint="create | list | restore N | undo | prune",
    )
    ctx.register_hook("pre_gateway_dispatch", rewrite)
    ctx.register_hook("on_session_start", take_if_updated)


async def answer(raw_args=""):
    """What was typed behind the name, whole: the engine splits it. Never raises."""
    typed = str(raw_args or "")
    if typed.strip() == REFUSED:
        return NOT_ADMIN
    if len(typed) > LONGEST:
        return f"What was typed has {len(typed)} characters, and {LONGEST} is the most. Nothing was changed. Type less."
    words = ["--chat", f"--typed={typed}"]
    try:
        process = await asyncio.create_subprocess_exec(
            *engine(),
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        return f"agent-snapshot could not be started ({error}). Nothing was changed. Mend it with: agent-snapshot install hermes"
    except (ValueError, UnicodeError):
        return "What was typed holds a character that no program can be given. Nothing was changed. Type it without."
    try:
        out, err = await asyncio.wait_for(asyncio.shield(process.communicate()), PATIENCE)
    except asyncio.TimeoutError:
        return f"Still at work. See what came of it: /{COMMAND} list"
    text = (out or err).decode("utf-8", "replace").strip()
    return text.replace("/snapshot ", f"/{COMMAND} ")


def rewrite(event=None, gateway=None, **_):
    """In gateways /snapshot is nobody's: it becomes ours, before Hermes looks who may say it. A handler is not told who that is."""
    text = getattr(event, "text", None)
    found = TYPED_IN_GATEWAY.match(text) if isinstance(text, str) else None
    if found is None:
        return None
    words = text[found.end() :]
    if not may_say(words, getattr(event, "source", None), gateway):
        words = f" {REFUSED}"
    return {"action": "rewrite", "text": f"/{COMMAND}{words}"}


def may_say(words, source, gateway):
    verb = (words.split() or ["list"])[0]
    return verb in LOOKING or is_admin(source, gateway)


def is_admin(source, gateway):
    """As Hermes' own list of admins says. Where it has none: whoever is alone with the agent, and nobody in a group."""
    try:
        from gateway.slash_access import policy_for_source

        policy = policy_for_source(getattr(gateway, "config", None), source)
        if policy.enabled:
            return policy.is_admin(getattr(source, "user_id", None))
    except ImportError:
        pass  # a Hermes that knows no admins
    except Exception:
        return False  # whatever it says: we do not know that this is one
    return str(getattr(source, "chat_type", None)).lower() in ALONE


def take_if_updated(**_):
    """The first session of another version: nothing tells a plugin before an update. Not waited for."""
    version = hermes_version()
    words = [] if version is None else ["--host-version", version]
    try:
        subprocess.Popen(
            [*engine(), "auto", "start", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        pass  # a snapshot that nobody asked for disturbs nobody


def engine():
    """As `agent-snapshot install hermes` wrote it down, or what is on PATH."""
    try:
        written = json.loads((Path(__file__).parent / "engine.json").read_text("utf-8"))
        command = [str(word) for word in written["command"]]
    except (OSError, ValueError, KeyError, TypeError):
        command = [shutil.which("agent-snapshot") or "agent-snapshot"]
    return [*command, "--host", "hermes"]


def hermes_version():
    try:
        return importlib.metadata.version("hermes-agent")
    except importlib.metadata.PackageNotFoundError:
        return os.environ.get("HERMES_VERSION")
