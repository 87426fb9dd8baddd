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
    info.filename = member.get("local", member["name"])  # as it is: also absolute, also with "\\"
    info.compress_type = zipfile.ZIP_STORED if member.get("stored") else zipfile.ZIP_DEFLATED
    info.create_system = member.get("system", 3)
    info.external_attr = member.get("mode", 0o100600) << 16
    if "unicode" in member:
        name = member["unicode"].encode()
        field = struct.pack("<BI", 1, zlib.crc32(member["name"].encode())) + name
        info.extra = struct.pack("<HH", 0x7075, len(field)) + field
    if "unixTime" in member:
        info.extra += struct.pack("<HHBi", 0x5455, 5, 1, member["unixTime"])
    if "windowsTime" in member:  # 100 ns since 1601
        info.extra += struct.pack("<HHIHHqqq", 0x000A, 32, 0, 1, 24, *[int(member["windowsTime"])] * 3)
    return info

def in_table(info, member):
    """What only the table of contents says."""
    info.filename = member["name"]
    info.compress_type = member.get("method", info.compress_type)
    info.flag_bits |= member.get("flags", 0)

class Pipe:
    """What cannot go back to put sizes before a content: they stand behind it."""
    def __init__(self, path):
        self.file = open(path, "wb")
    def write(self, data):
        return self.file.write(data)
    def flush(self):
        self.file.flush()

def open_zip(path, spec):
    how = spec.get("made")
    if how == "streamed":
        return zipfile.ZipFile(Pipe(path), "w")
    if how == "behind":
        with open(path, "wb") as target:
            target.write(b"#!/bin/sh\nexec unzip $0\n")
    return zipfile.ZipFile(path, "a" if how == "behind" else "w")

LIMIT = zipfile.ZIP64_LIMIT

def make_zip(path, spec):
    import warnings
    warnings.simplefilter("ignore")  # of names that are there twice
    with open_zip(path, spec) as target:
        for member in spec["members"]:
            target.writestr(info_of(member), content(member))
            in_table(target.filelist[-1], member)
            for number in range(member.get("again", 0)):  # the same bytes under other names
                twin = copy.copy(target.filelist[-1])
                twin.filename = f"{member['name']}.{number}"
                target.filelist.append(twin)
        for number in range(spec.get("many", 0)):
            target.writestr(info_of({"name": f"memories/{number}.md"}), b"")
        if spec.get("claims"):  # fewer bytes than there are
            for info in target.filelist:
                info.file_size = spec["claims"].get(info.filename, info.file_size)
                if info.compress_type == zipfile.ZIP_STORED:
                    info.compress_size = info.file_size
        target.comment = spec.get("comment", "").encode()
        zipfile.ZIP64_LIMIT = 0 if spec.get("made") == "zip64" else LIMIT  # for the table of contents
    zipfile.ZIP64_LIMIT = LIMIT
    if "count" in spec:  # of entries, as its end says
        with open(path, "r+b") as target:
            at = target.read().rindex(b"PK\5\6")
            target.seek(at + 8)
            target.write(struct.pack("<HH", spec["count"], spec["count"]))

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
