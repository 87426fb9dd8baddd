#!/usr/bin/env python3
"""Hermes' quick snapshots of May 2026, rewritten small, with their order and their faults, so that the torture can fail.

    original.py HOME create [label ...] | list | restore ID|NUMBER | prune [N]
"""
import datetime, json, pathlib, shutil, sqlite3, sys

KEEP = 20
STATE = """state.db config.yaml .env auth.json cron/jobs.json gateway_state.json channel_directory.json processes.json
pairing platforms/pairing feishu_comment_pairing.json""".split()


def copy_database(source, target):
    try:
        live, copy = sqlite3.connect(f"file:{source}?mode=ro", uri=True), sqlite3.connect(target)
        live.backup(copy)
        copy.close()
        live.close()
    except Exception:  # the original catches everything, and copies the main file without its log
        shutil.copy2(source, target)


def files_of(home):
    for name in STATE:
        if (home / name).is_dir():
            yield from ((path, False) for path in (home / name).rglob("*") if path.is_file())
        elif (home / name).is_file():
            yield home / name, name.endswith(".db")


def create(home, label):
    stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%d-%H%M%S")
    name, files = f"{stamp}-{label}" if label else stamp, {}
    folder = home / "state-snapshots" / name
    folder.mkdir(parents=True, exist_ok=True)
    for source, is_database in files_of(home):
        target = folder / source.relative_to(home)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            (copy_database if is_database else shutil.copy2)(source, target)
            files[source.relative_to(home).as_posix()] = target.stat().st_size
        except OSError as error:
            print(f"WARNING Could not snapshot {source}: {error}", file=sys.stderr)
    manifest = {"id": name, "timestamp": stamp, "label": label or None, "file_count": len(files),
                "total_size": sum(files.values()), "files": files}
    with open(folder / "manifest.json", "w") as out:
        json.dump(manifest, out, indent=2)
    prune(home, KEEP)
    return f"Snapshot created: {name}"


def folders(home):
    return sorted((path for path in (home / "state-snapshots").glob("*") if path.is_dir()), reverse=True)


def listed(home):
    return [path.name for path in folders(home) if (path / "manifest.json").exists()][:KEEP]


def restore(home, wanted):
    name = listed(home)[int(wanted) - 1] if wanted.isdigit() else wanted
    folder, done = home / "state-snapshots" / name, 0
    for relative in json.loads((folder / "manifest.json").read_text())["files"]:
        source, target = folder / relative, home / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            if target.suffix == ".db":  # whatever -wal and -shm there are stay where they are
                waiting = target.parent / f".{target.name}.snap_restore"
                shutil.copy2(source, waiting)
                target.unlink(missing_ok=True)
                shutil.move(str(waiting), str(target))
            else:
                shutil.copy2(source, target)
            done += 1
        except OSError as error:
            print(f"ERROR Failed to restore {relative}: {error}", file=sys.stderr)
    if done == 0:
        sys.exit(f"Snapshot not found: {name}")
    return f"Restored state from: {name}"


def prune(home, keep):
    going = folders(home)[keep:]
    for folder in going:
        shutil.rmtree(folder, ignore_errors=True)
    return f"Pruned {len(going)} old snapshot(s) (keeping {keep})."


if __name__ == "__main__":
    home, verb, rest = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    print({"list": lambda: "\n".join(listed(home)), "create": lambda: create(home, " ".join(rest)),
           "restore": lambda: restore(home, rest[0]), "prune": lambda: prune(home, int((rest or [KEEP])[0]))}[verb]())
