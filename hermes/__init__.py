"""agent-snapshot for Hermes: /snapshots in the terminal, and in gateways /snapshot and /snap as well.

Hermes' own terminal has a /snapshot of its own, which a plugin cannot replace. The work is done by agent-snapshot in
a process of its own: nothing of Hermes' state is opened here. Standard library only.
"""

import asyncio
import collections
import copy
import importlib.metadata
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMAND = "snapshots"
NAMES = {COMMAND, "snapshot", "snap"}
# What anybody may say whom Hermes lets in; all else changes something or tells of other agents.
LOOKING = {"list", "status", "help", "--help"}
# What a chat of one person with the agent is called; all others are of several.
ALONE = {"dm", "direct", "private"}
# Modules of Hermes' terminal and of what its TUI and its desktop talk to: who types there owns the agent.
TERMINAL = re.compile(r"(cli|hermes_cli\.cli\w*|tui_gateway)(\.|$)")
# And those in whose calls somebody else may have typed it.
OTHERS = re.compile(r"gateway(\.|$)|tui_gateway\..*(room|relay)")
# One for each line of an admin that is on its way to the handler. Used once; nobody can type one.
passes = collections.deque(maxlen=100)
NOT_ADMIN = (
    "Only an admin may do that here. Nothing was changed. "
    "Hermes' config names admins: allow_admin_from, and group_allow_admin_from for groups."
)
# Hermes gives a command of a plugin 30 s in some of its faces. The engine goes on after that, and ends its work.
PATIENCE = 28
# How long a gateway that stops waits for its snapshot: whoever runs it may end all of its processes with it.
AT_STOP = 10
PAUSE = 0.05
# What other agents' plugins take, too; a program cannot be given much more.
LONGEST = 8000
# Commands of Hermes' own that are worth a snapshot before them: it has no hook of a plugin for what they do.
BEFORE = {"compress": "compaction", "restart": "stop", "update": "stop"}


def register(ctx):
    ctx.register_command(
        COMMAND,
        handler=answer,
        description="Save, list, restore and prune snapshots of this agent's state",
        args_hint="create | list | restore N | undo | prune",
    )
    ctx.register_hook("pre_gateway_dispatch", rewrite)
    ctx.register_hook("on_session_start", take_if_updated)
    ctx.register_hook("on_session_finalize", take_at_stop)
    ctx.register_hook("pre_command", take_before)


def answer(raw_args=""):
    """What was typed behind the name, whole: the engine splits it. Resolves with the reply. Never raises.

    Who calls is looked at here and not in the coroutine, which Hermes runs from somewhere else.
    """
    typed = str(raw_args or "")
    passed, typed = take_pass(typed)
    in_terminal = typed_in_terminal()
    return reply(typed, passed or in_terminal or is_looking(typed), in_terminal)


async def reply(typed, allowed, in_terminal):
    if not allowed:
        return NOT_ADMIN
    if len(typed) > LONGEST:
        return f"What was typed has {len(typed)} characters, and {LONGEST} is the most. Nothing was changed. Type less."
    try:
        # Files, not pipes: the engine goes on when nobody reads any more. Without a name, and nobody else's to read.
        out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        # Gateways take what they send for Markdown, and give it each channel's form; terminals show it as it is.
        form = [] if in_terminal else ["--markdown"]
        process = start(["--chat", *form, f"--typed={typed}"], out, err)
    except OSError as error:
        return f"agent-snapshot could not be started ({error}). Nothing was changed. Mend it with: agent-snapshot install hermes"
    except (ValueError, UnicodeError):
        return "What was typed holds a character that no program can be given. Nothing was changed. Type it without."
    with out, err:
        # asyncio would end a child of its own with the loop, and Hermes' terminal has a loop for each command.
        until = time.monotonic() + PATIENCE
        while process.poll() is None:
            if time.monotonic() >= until:
                return f"Still at work. See what came of it: /{COMMAND} list"
            await asyncio.sleep(PAUSE)
        text = (written(out) or written(err)).strip()
    return text.replace("/snapshot ", f"/{COMMAND} ")


def rewrite(event=None, gateway=None, **_):
    """In gateways /snapshot is nobody's: it becomes ours, before Hermes looks who may say it. A handler is not told who that is."""
    text = getattr(event, "text", None)
    words = words_behind_name(text) if isinstance(text, str) else None
    if words is None:
        return None
    # Hermes shows us a line twice that had to wait. Who said it counts, and not what the first time made of it.
    _, words = take_pass(words)
    if not is_looking(words) and is_admin(getattr(event, "source", None), gateway):
        words = f"{new_pass()} {words}"
    return {"action": "rewrite", "text": f"/{COMMAND} {words}".rstrip()}


def words_behind_name(text):
    """As Hermes itself takes a command apart (MessageEvent.get_command). None: it is none of ours."""
    first, *rest = text.split(maxsplit=1) or [""]
    if not first.startswith("/") or first[1:].lower().split("@", 1)[0] not in NAMES:
        return None
    return rest[0] if rest else ""


def new_pass():
    passes.append(secrets.token_hex(16))
    return passes[-1]


def take_pass(typed):
    """Whether what was typed begins with one that is valid, and what is behind it."""
    first, *rest = typed.split(maxsplit=1) or [""]
    if first not in passes:
        return False, typed
    passes.remove(first)
    return True, rest[0] if rest else ""


def is_looking(words):
    first, *rest = words.split() or ["list"]
    # Alone it is the list; of a snapshot it names what lies in it.
    return first in LOOKING or (first == "ls" and all(word == "--all" for word in rest))


def typed_in_terminal():
    """By who calls us: Hermes says it in no other way. Whoever we do not know is none of the terminal."""
    frame, found = sys._getframe(1), False
    while frame is not None:
        module = str(frame.f_globals.get("__name__"))
        # Whoever started a loop says nothing of who calls from it: Hermes' terminal can start a gateway, too.
        if module.startswith("asyncio."):
            break
        if OTHERS.match(module):
            return False
        found = found or TERMINAL.match(module) is not None
        frame = frame.f_back
    return found


def is_admin(source, gateway):
    """As Hermes' own lists of admins say, and where one names somebody nobody else is one, wherever they write. Where
    neither does: whoever is alone with the agent, and nobody in a group."""
    try:
        from gateway.slash_access import policy_for_source

        config = getattr(gateway, "config", None)
        for place in (source, written_in(source, "dm"), written_in(source, "group")):
            policy = policy_for_source(config, place)
            if policy.enabled:
                return policy.is_admin(getattr(source, "user_id", None))
    except ImportError:
        pass  # a Hermes that knows no admins
    except Exception:
        return False  # whatever it says: we do not know that this is one
    return str(getattr(source, "chat_type", None)).lower() in ALONE


def written_in(source, chat_type):
    """The same sender in a chat of another kind, for which Hermes has a list of its own."""
    twin = copy.copy(source)
    object.__setattr__(twin, "chat_type", chat_type)  # it may be frozen
    return twin


def take_if_updated(**_):
    """The first session of another version: nothing tells a plugin before an update."""
    version = hermes_version()
    take("start", *([] if version is None else ["--host-version", version]))


def take_before(command=None, **_):
    """Hermes tells of its own commands before it does them. Not waited for: it may be its gateway's only loop."""
    if command in BEFORE:
        take(BEFORE[command])


def take_at_stop(platform=None, reason=None, **_):
    """A gateway that stops ends the sessions that are at work, and waits for us. A terminal that is closed is no stop."""
    if platform != "gateway" or reason != "shutdown":
        return
    process = take("stop")
    try:
        if process is not None:
            process.wait(AT_STOP)
    except subprocess.TimeoutExpired:
        pass  # it goes on, if it is let


def take(*words):
    """A snapshot that nobody asked for. It disturbs nobody: None when it could not be begun."""
    try:
        return start(["auto", *words], subprocess.DEVNULL, subprocess.DEVNULL)
    except (OSError, ValueError):
        return None


def start(words, out, err):
    """The engine, in a session of its own: no end of Hermes, of its loop or of its terminal ends it."""
    return subprocess.Popen(
        [*engine(), *words],
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
        env=environment(),
        start_new_session=True,
    )


def written(file):
    # The engine moved the same position on, as it wrote.
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def environment():
    """One gateway may serve several profiles: whose home it is at the moment, only Hermes can say."""
    try:
        from hermes_constants import get_hermes_home

        return {**os.environ, "HERMES_HOME": str(get_hermes_home())}
    except Exception:
        return None  # ours, whose HERMES_HOME is that of the only profile


def engine():
    """As `agent-snapshot install hermes` wrote it down, or what is on PATH."""
    try:
        written_down = json.loads((Path(__file__).parent / "engine.json").read_text("utf-8"))
        command = [str(word) for word in written_down["command"]]
    except (OSError, ValueError, KeyError, TypeError):
        command = [shutil.which("agent-snapshot") or "agent-snapshot"]
    return [*command, "--host", "hermes"]


def hermes_version():
    try:
        return importlib.metadata.version("hermes-agent")
    except importlib.metadata.PackageNotFoundError:
        return os.environ.get("HERMES_VERSION")
