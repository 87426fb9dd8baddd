#!/usr/bin/env python3
"""Hermes' quick snapshots of May 2026, written anew from how they behaved, faults and all: what ours is compared with, in
speed by the bench, in safety by the torture.

    hermes_original.py HOME create [label ...] | list [N] | restore ID|NUMBER | prune [N]

Nothing is hashed, only SQLite syncs, and a restore moves a file under whoever has the database open. The command
lists 20; here N may be more, since the function below it took a limit.
"""
import json
import logging
import pathlib
import shutil
import sqlite3
import sys
from datetime import datetime, timezone

log = logging.getLogger("hermes_original")
KEEP = 20
STATE_FILES = ("state.db", "config.yaml", ".env", "auth.json", "cron/jobs.json", "gateway_state.json",
               "channel_directory.json", "processes.json", "pairing", "platforms/pairing",
               "feishu_comment_pairing.json")


class Snapshots:
    def __init__(self, home):
        self.home = pathlib.Path(home)
        self.store = self.home / "state-snapshots"

    def members(self):
        for name in STATE_FILES:
            path = self.home / name
            if path.is_dir():
                for inner in path.rglob("*"):
                    if inner.is_file():
                        yield inner, False
            elif path.is_file():
                yield path, path.suffix == ".db"

    def create(self, label=None):
        stamp = datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")
        name = f"{stamp}-{label}" if label else stamp
        folder = self.store / name
        folder.mkdir(parents=True, exist_ok=True)
        files = {}
        for source, is_database in self.members():
            relative = source.relative_to(self.home).as_posix()
            target = folder / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                if is_database:
                    copy_database(source, target)
                else:
                    shutil.copy2(source, target)
                files[relative] = target.stat().st_size
            except OSError as error:
                log.warning("Could not snapshot %s: %s", relative, error)
        manifest = {"id": name, "timestamp": stamp, "label": label, "file_count": len(files),
                    "total_size": sum(files.values()), "files": files}
        with open(folder / "manifest.json", "w", encoding="utf-8") as out:
            json.dump(manifest, out, indent=2)
        self.prune(KEEP)
        return f"  Snapshot created: {name}"

    def newest(self, limit=KEEP):
        found = []
        for folder in sorted(self.store.iterdir(), reverse=True):
            manifest = folder / "manifest.json"
            if not folder.is_dir() or not manifest.exists():
                continue
            try:
                found.append(json.loads(manifest.read_text(encoding="utf-8")))
            except (ValueError, OSError):
                found.append({"id": folder.name})
            if len(found) >= limit:
                break
        return found

    def list(self, limit=KEEP):
        lines = ["  %3s  %-35s %5s %10s %s" % ("#", "ID", "Files", "Size", "Label")]
        for number, one in enumerate(self.newest(limit), 1):
            size = "%.1f MB" % (one.get("total_size", 0) / 2 ** 20)
            lines.append("  %3d  %-35s %5d %10s %s" % (number, one["id"], one.get("file_count", 0), size,
                                                       one.get("label") or ""))
        return "\n".join(lines)

    def restore(self, wanted):
        name = self.newest()[int(wanted) - 1]["id"] if wanted.isdigit() else wanted
        folder, done = self.store / name, 0
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        for relative in manifest["files"]:
            source, target = folder / relative, self.home / relative
            if not source.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                if target.suffix == ".db":
                    waiting = target.parent / f".{target.name}.snap_restore"
                    shutil.copy2(source, waiting)
                    target.unlink(missing_ok=True)
                    shutil.move(str(waiting), str(target))
                else:
                    shutil.copy2(source, target)
                done += 1
            except OSError as error:
                log.error("Failed to restore %s: %s", relative, error)
        if done == 0:  # one file of nine passes for success
            sys.exit(f"  Snapshot not found: {name}")
        return f"  Restored state from: {name}"

    def prune(self, keep=KEEP):
        folders = sorted((path for path in self.store.iterdir() if path.is_dir()), key=lambda path: path.name,
                         reverse=True)
        gone = 0
        for folder in folders[keep:]:
            try:
                shutil.rmtree(folder)
                gone += 1
            except OSError as error:
                log.warning("Failed to prune snapshot %s: %s", folder.name, error)
        return f"  Pruned {gone} old snapshot(s) (keeping {keep})."


def copy_database(source, target):
    try:
        live = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
        copy = sqlite3.connect(str(target))
        live.backup(copy)
        copy.close()
        live.close()
    except Exception as error:
        log.warning("SQLite safe copy failed for %s: %s", source, error)
        shutil.copy2(source, target)


def main(home, verb, *rest):
    snapshots = Snapshots(home)
    if verb == "create":
        return snapshots.create(" ".join(rest) or None)
    if verb == "restore":
        return snapshots.restore(rest[0])
    if verb == "prune":
        return snapshots.prune(int(rest[0]) if rest else KEEP)
    return snapshots.list(int(rest[0]) if rest else KEEP)


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
