"""Makes archives that no honest program makes: reads a list of descriptions as JSON, writes each. See archives.ts."""
import copy, gzip, io, json, struct, sys, tarfile, zipfile, zlib

def content(member):
    if "zeros" in member:
        return bytes(member["zeros"])
    if "base64" in member:
        import base64
        return base64.b64decode(member["base64"])
    if "file" in member:
        with open(member["file"], "rb") as source:
            return source.read()
    return member.get("text", "").encode()

def info_of(member):
    info = zipfile.ZipInfo(member["name"], (2026, 1, 2, 3, 4, 6))
    info.filename = member["name"]  # as it is: also absolute, also with "\\"
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = member.get("system", 3)
    info.external_attr = member.get("mode", 0o100600) << 16
    if "unicode" in member:
        name = member["unicode"].encode()
        field = struct.pack("<BI", 1, zlib.crc32(member["name"].encode())) + name
        info.extra = struct.pack("<HH", 0x7075, len(field)) + field
    return info

def make_zip(path, spec):
    import warnings
    warnings.simplefilter("ignore")  # of names that are there twice
    with zipfile.ZipFile(path, "w") as target:
        for member in spec["members"]:
            target.writestr(info_of(member), content(member))
            for number in range(member.get("again", 0)):  # the same bytes under other names
                twin = copy.copy(target.filelist[-1])
                twin.filename = f"{member['name']}.{number}"
                target.filelist.append(twin)
        for number in range(spec.get("many", 0)):
            target.writestr(info_of({"name": f"memories/{number}.md"}), b"")
        if spec.get("claims"):  # fewer bytes than there are
            for info in target.filelist:
                info.file_size = spec["claims"].get(info.filename, info.file_size)
        target.comment = spec.get("comment", "").encode()

TYPES = {"file": tarfile.REGTYPE, "directory": tarfile.DIRTYPE, "link": tarfile.SYMTYPE, "hard": tarfile.LNKTYPE,
         "fifo": tarfile.FIFOTYPE, "device": tarfile.CHRTYPE, "block": tarfile.BLKTYPE}

def make_tar(path, spec):
    with tarfile.open(path, "w" if spec["form"] == "tar" else "w:gz") as target:
        for member in spec["members"]:
            info = tarfile.TarInfo(member["name"])
            info.type = TYPES[member.get("type", "file")]
            info.mode = member.get("mode", 0o600) & 0o7777
            info.mtime = member.get("mtime", 1776000000)
            info.linkname = member.get("to", "")
            data = content(member)
            info.size = len(data) if info.type == tarfile.REGTYPE else 0
            target.addfile(info, io.BytesIO(data))

for spec in json.load(sys.stdin):
    if spec["form"] == "zip":
        make_zip(spec["path"], spec)
    else:
        make_tar(spec["path"], spec)
    for _ in range(spec.get("gzipped", 0)):
        with open(spec["path"], "rb") as source:
            data = source.read()
        with gzip.open(spec["path"], "wb") as target:
            target.write(data)
