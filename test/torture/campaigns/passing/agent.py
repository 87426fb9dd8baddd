"""An agent that opens the database for each write. Prints each key after its commit returned; errors go to stderr.

Usage: python3 agent.py HABITS, as in passing-agent.ts. SIGTERM ends it between two writes.
"""

import json
import signal
import sqlite3
import sys
import time

habits = json.loads(sys.argv[1])
going = True


def stop(*_):
    global going
    going = False


def write(key):
    db = None
    try:
        way = "rw" if habits["makes"] is None else "rwc"
        db = sqlite3.connect(
            f"file:{habits['database']}?mode={way}",
            uri=True,
            timeout=30,
            isolation_level=None,
        )
        if habits["makes"] is not None:
            db.execute(f"PRAGMA journal_mode = {habits['makes']}").fetchall()
            db.execute("CREATE TABLE IF NOT EXISTS keyed (key TEXT PRIMARY KEY)")
        if habits["linger"] > 0:
            db.execute("SELECT count(*) FROM keyed").fetchall()
            time.sleep(habits["linger"] / 1000)
        db.execute("INSERT INTO keyed (key) VALUES (?)", (key,))
        print(key, flush=True)
    except sqlite3.Error as error:
        kind = "busy" if str(error) == "database is locked" else "error"
        code = getattr(error, "sqlite_errorname", "")
        print(f"{kind} {key}: {code} {error!r}", file=sys.stderr, flush=True)
    finally:
        if db is not None:
            db.close()


signal.signal(signal.SIGTERM, stop)
time.sleep(habits["after"] / 1000)
count = 0
while going:
    count += 1
    write(f"{habits['prefix']}-{count}")
    time.sleep(habits["pause"] / 1000)
