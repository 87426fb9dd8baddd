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

class Unsaid(zipfile.ZipInfo):
    """Its name is in an encoding of which nothing is said."""
    __slots__ = ("encoding",)
    def _encodeFilenameFlags(self):
        return self.filename.encode(self.encoding), self.flag_bits

def info_of(member):
    made = Unsaid if "unsaid" in member else zipfile.ZipInfo
    info = made(member["name"], (member.get("year", 2026), 1, 2, 3, 4, 6))
    if "unsaid" in member:
        info.encoding = member["unsaid"]
    info.filename = member.get("local", member["name"])  # as it is: also absolute, also with "\\"
    info.compress_type = zipfile.ZIP_STORED if member.get("stored") else zipfile.ZIP_DEFLATED
    info.create_system = member.get("system", 3)
    info.external_attr = member.get("mode", 0o100600) << 16
    if "unicode" in member:
        name = member["unicode"].encode()
        field = struct.pack("<BI", 1, zlib.crc32(member["name"].encode())) + name
        info.extra = struct.pack("<HH", 0x7075, len(field)) + field
    if "unixTime" in member:
        info.extra += struct.pack("<HHBI", 0x5455, 5, 1, member["unixTime"] % 2**32)
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
    if how == "unsplit":
        with open(path, "wb") as target:
            target.write(b"PK\7\x08")
    return zipfile.ZipFile(path, "a" if how in ("behind", "unsplit") else "w")

LOCAL = {"flags": (6, "<H"), "method": (8, "<H"), "crc": (14, "<I"), "packed": (18, "<I"), "size": (22, "<I")}

def put_before_content(path, fields):
    """Other things than the table of contents says: [where the file begins, {field: value}]."""
    with open(path, "r+b") as target:
        for start, others in fields:
            for field, value in others.items():
                at, form = LOCAL[field]
                target.seek(start + at)
                target.write(struct.pack(form, value))

LIMIT = zipfile.ZIP64_LIMIT

def make_zip(path, spec):
    import warnings
    warnings.simplefilter("ignore")  # of names that are there twice
    others = []
    with open_zip(path, spec) as target:
        for member in spec["members"]:
            target.writestr(info_of(member), content(member))
            in_table(target.filelist[-1], member)
            others.append([target.filelist[-1].header_offset, member.get("before", {})])
            for number in range(member.get("again", 0)):  # the same bytes under other names
                twin = copy.copy(target.filelist[-1])
                twin.filename = f"{member['name']}.{number}"
                target.filelist.append(twin)
        for number in range(spec.get("many", 0)):
            target.writestr(info_of({"name": f"memories/{number}.md"}), b"")
        if spec.get("claims"):  # fewer bytes than there are
            for info in target.filelist:
                if info.filename not in spec["claims"]:
                    continue
                info.file_size = spec["claims"][info.filename]
                if info.compress_type == zipfile.ZIP_STORED:
                    info.compress_size = info.file_size
                others.append([info.header_offset, {"size": info.file_size, "packed": info.compress_size}])
        target.comment = spec.get("comment", "").encode()
        zipfile.ZIP64_LIMIT = 0 if spec.get("made") == "zip64" else LIMIT  # for the table of contents
    zipfile.ZIP64_LIMIT = LIMIT
    put_before_content(path, others)
    if "tail" in spec:
        with open(path, "ab") as target:
            target.write(spec["tail"].encode())
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
