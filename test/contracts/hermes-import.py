"""Brings a zip into a home by the rules of Hermes' own import, written after its facts (November 2026). HOME FILE USER"""
import pathlib, sys, zipfile

SKIPPED = {"gateway_state.json", "gateway.pid", "cron.pid", "gateway.lock", "processes.json"}
MARKERS = {"config.yaml", ".env", "state.db"}
# Below the home, and below each profile.
OF_A_MACHINE = {"installs", "tools", "cache", "build-tools"}
SIDECARS = (".db-wal", ".db-shm", ".db-journal")

home, archive, user = (pathlib.Path(word) for word in sys.argv[1:])
with zipfile.ZipFile(archive) as source:
    names = [name for name in source.namelist() if not name.endswith("/")]
    if not any(pathlib.PurePosixPath(name).name in MARKERS for name in names):
        sys.exit("no Hermes backup")
    first = {name.split("/")[0] for name in names if "/" in name}
    prefix = f"{next(iter(first))}/" if len(first) == 1 and first <= {".hermes", "hermes"} else ""
    for name in names:
        if name.startswith("_external/"):
            target = user / name[len("_external/"):]
        else:
            below = name[len(prefix):] if name.startswith(prefix) else name
            parts = pathlib.PurePosixPath(below.replace("\\", "/")).parts
            if ".." in parts or below.startswith("/") or pathlib.PureWindowsPath(below).drive:
                sys.exit(f"traversal: {name}")
            first = parts[2] if len(parts) >= 3 and parts[0] == "profiles" else parts[0]
            if first in OF_A_MACHINE:
                continue
            if parts[-1] in SKIPPED or below.endswith(SIDECARS):
                continue
            target = home.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read(name))
