"""Disks of other S3 servers, made from the description of their formats."""

import hashlib
import json
import os
import struct

MASK = (1 << 64) - 1


# What MinIO hashes with


def xxhash64(data):
    """xxHash64 with seed 0."""
    primes = (11400714785074694791, 14029467366897019727, 1609587929392839161, 9650029242287828579, 2870177450012600261)
    one, two, three, four, five = primes

    def rotate(value, bits):
        return ((value << bits) | (value >> (64 - bits))) & MASK

    def mix(lane, value):
        return rotate((lane + value * two) & MASK, 31) * one & MASK

    place = 0
    if len(data) >= 32:
        lanes = [(one + two) & MASK, two, 0, -one & MASK]
        while place + 32 <= len(data):
            values = struct.unpack_from("<4Q", data, place)
            lanes = [mix(lane, value) for lane, value in zip(lanes, values)]
            place += 32
        total = sum(rotate(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18))) & MASK
        for lane in lanes:
            total = ((total ^ mix(0, lane)) * one + four) & MASK
    else:
        total = five
    total = (total + len(data)) & MASK
    while place + 8 <= len(data):
        total ^= mix(0, struct.unpack_from("<Q", data, place)[0])
        total = (rotate(total, 27) * one + four) & MASK
        place += 8
    if place + 4 <= len(data):
        total ^= struct.unpack_from("<I", data, place)[0] * one & MASK
        total = (rotate(total, 23) * two + three) & MASK
        place += 4
    for byte in data[place:]:
        total = rotate(total ^ (byte * five & MASK), 11) * one & MASK
    total = (total ^ (total >> 33)) * two & MASK
    total = (total ^ (total >> 29)) * three & MASK
    return total ^ (total >> 32)


class HighwayHash:
    """HighwayHash-256 with MinIO's key; slow, for small contents."""

    KEY = struct.unpack("<4Q", bytes.fromhex("4be734fa8e238acd263e83e6bb968552040f935da39f441497e09d1322de36a0"))
    FIRST = (0xDBE6D5D5FE4CCE2F, 0xA4093822299F31D0, 0x13198A2E03707344, 0x243F6A8885A308D3)
    SECOND = (0x3BD39E10CB0EF593, 0xC0ACF169B5F18A8C, 0xBE5466CF34E90C6C, 0x452821E638D01377)

    def __init__(self):
        swapped = [(key >> 32) | (key << 32) & MASK for key in self.KEY]
        self.mul0, self.mul1 = list(self.FIRST), list(self.SECOND)
        self.v0 = [mul ^ key for mul, key in zip(self.FIRST, self.KEY)]
        self.v1 = [mul ^ key for mul, key in zip(self.SECOND, swapped)]

    def _zipper(self, v1, v0):
        low = (
            (((v0 & 0xFF000000) | (v1 & 0xFF00000000)) >> 24)
            | (((v0 & 0xFF0000000000) | (v1 & 0xFF000000000000)) >> 16)
            | (v0 & 0xFF0000)
            | ((v0 & 0xFF00) << 32)
            | ((v1 & 0xFF00000000000000) >> 8)
            | (v0 << 56)
        )
        high = (
            (((v1 & 0xFF000000) | (v0 & 0xFF00000000)) >> 24)
            | (v1 & 0xFF0000)
            | ((v1 & 0xFF0000000000) >> 16)
            | ((v1 & 0xFF00) << 24)
            | ((v0 & 0xFF000000000000) >> 8)
            | ((v1 & 0xFF) << 48)
            | (v0 & 0xFF00000000000000)
        )
        return low & MASK, high & MASK

    def _update(self, lanes):
        for i in range(4):
            self.v1[i] = (self.v1[i] + self.mul0[i] + lanes[i]) & MASK
            self.mul0[i] ^= (self.v1[i] & 0xFFFFFFFF) * (self.v0[i] >> 32)
            self.v0[i] = (self.v0[i] + self.mul1[i]) & MASK
            self.mul1[i] ^= (self.v0[i] & 0xFFFFFFFF) * (self.v1[i] >> 32)
        for source, target in ((self.v1, self.v0), (self.v0, self.v1)):
            for i in (0, 2):
                low, high = self._zipper(source[i + 1], source[i])
                target[i] = (target[i] + low) & MASK
                target[i + 1] = (target[i + 1] + high) & MASK

    def _remainder(self, data):
        size = len(data)
        self.v0 = [(value + (size << 32) + size) & MASK for value in self.v0]
        for i, value in enumerate(self.v1):
            low, high = value & 0xFFFFFFFF, value >> 32
            turned = [((half << size) | (half >> (32 - size))) & 0xFFFFFFFF for half in (low, high)]
            self.v1[i] = turned[0] | turned[1] << 32
        packet = bytearray(32)
        whole, rest = size & ~3, size & 3
        packet[:whole] = data[:whole]
        if size & 16:
            packet[28:32] = data[size - 4 :]
        elif rest:
            packet[16] = data[whole]
            packet[17] = data[whole + (rest >> 1)]
            packet[18] = data[size - 1]
        self._update(struct.unpack("<4Q", packet))

    def digest(self, data):
        for place in range(0, len(data) - 31, 32):
            self._update(struct.unpack_from("<4Q", data, place))
        if len(data) % 32:
            self._remainder(data[len(data) // 32 * 32 :])
        for _ in range(10):
            turned = [self.v0[2], self.v0[3], self.v0[0], self.v0[1]]
            self._update([(value >> 32) | (value << 32) & MASK for value in turned])
        words = []
        for i in (0, 2):
            a3 = (self.v1[i + 1] + self.mul1[i + 1]) & 0x3FFFFFFFFFFFFFFF
            a2 = (self.v1[i] + self.mul1[i]) & MASK
            a1 = (self.v0[i + 1] + self.mul0[i + 1]) & MASK
            a0 = (self.v0[i] + self.mul0[i]) & MASK
            words.append(a0 ^ (a2 << 1) & MASK ^ (a2 << 2) & MASK)
            words.append(a1 ^ ((a3 << 1) | (a2 >> 63)) & MASK ^ ((a3 << 2) | (a2 >> 62)) & MASK)
        return struct.pack("<4Q", *words)


def framed(content, block=1 << 20):
    """The bytes with a hash in front of each block."""
    blocks = [content[place : place + block] for place in range(0, len(content), block)]
    return b"".join(HighwayHash().digest(one) + one for one in blocks)


# MessagePack


def pack(value):
    """A value as MessagePack, in encodings that MinIO understands."""
    if value is None:
        return b"\xc0"
    if isinstance(value, int):
        return bytes([value]) if 0 <= value < 128 else b"\xd3" + struct.pack(">q", value)
    if isinstance(value, str):
        data = value.encode()
        return b"\xda" + struct.pack(">H", len(data)) + data
    if isinstance(value, bytes):
        return b"\xc6" + struct.pack(">I", len(value)) + value
    if isinstance(value, list):
        return b"\xdc" + struct.pack(">H", len(value)) + b"".join(map(pack, value))
    items = [pack(name) + pack(one) for name, one in value.items()]
    return b"\xde" + struct.pack(">H", len(items)) + b"".join(items)


# MinIO


class MinIO:
    """A drive of a server that has no other."""

    NULL = "null"

    def __init__(self, path):
        self.path = path
        drive = "5e1c0d1e-0000-4000-8000-000000000002"
        self._write(
            ".minio.sys/format.json",
            json.dumps(
                {
                    "version": "1",
                    "format": "xl-single",
                    "id": "5e1c0d1e-0000-4000-8000-000000000001",
                    "xl": {"version": "3", "this": drive, "sets": [[drive]], "distributionAlgo": "SIPMOD+PARITY"},
                }
            ).encode(),
        )

    def _write(self, name, data):
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)

    def bucket(self, name, **documents):
        """A bucket with settings, such as VersioningConfigXML."""
        (self.path / name).mkdir(parents=True, exist_ok=True)
        if documents:
            fields = {"Name": name, **{key: text.encode() for key, text in documents.items()}}
            content = struct.pack("<HH", 1, 1) + pack(fields)
            self.key(f".minio.sys/buckets/{name}", ".metadata.bin", [self.version(content, modified=1)])

    @staticmethod
    def version(content, id=NULL, modified=1_600_000_000_000_000_000, headers=None, parts=None):
        """A version; without content it is a delete marker. `parts` are the sizes of the parts it was uploaded in."""
        return {"content": content, "id": id, "modified": modified, "headers": headers or {}, "parts": parts}

    def key(self, bucket, key, versions):
        """Writes a key with its versions, oldest first."""
        folder = f"{bucket}/{key[:-1]}__XLDIR__" if key.endswith("/") else f"{bucket}/{key}"
        records, inline = [], {}
        for number, version in enumerate(reversed(versions)):
            data = f"00000000-0000-4000-8000-{number:012x}"
            records.append(self._record(version, data))
            if version["content"] is None:
                continue
            if version["parts"]:
                place = 0
                for part, size in enumerate(version["parts"], 1):
                    self._write(f"{folder}/{data}/part.{part}", framed(version["content"][place : place + size]))
                    place += size
            else:
                inline[version["id"]] = framed(version["content"])
        payload = pack(3) + pack(3) + pack(len(records)) + b"".join(pack(h) + pack(b) for h, b in records)
        checksum = b"\xce" + struct.pack(">I", xxhash64(payload) & 0xFFFFFFFF)
        section = b"\x01" + pack(inline) if inline else b""
        head = b"XL2 " + struct.pack("<HH", 1, 3)
        self._write(f"{folder}/xl.meta", head + pack(payload) + checksum + section)

    def _record(self, version, data):
        """Header and body."""
        id = bytes(16) if version["id"] == self.NULL else bytes.fromhex(version["id"].replace("-", ""))
        content, modified = version["content"], version["modified"]
        if content is None:
            body = {"Type": 2, "DelObj": {"ID": id, "MTime": modified}, "v": 1_740_000_000}
            return pack([id, modified, b"\x01\x02\x03\x04", 2, 0, 0, 0]), pack(body)
        sizes = version["parts"] or [len(content)]
        headers = {"etag": etag(content, version["parts"]), "content-type": "text/plain", **version["headers"]}
        numbers = list(range(1, len(sizes) + 1))
        fields = {
            "ID": id,
            "DDir": bytes.fromhex(data.replace("-", "")),
            "EcAlgo": 1,
            "EcM": 1,
            "EcN": 0,
            "EcBSize": 1 << 20,
            "EcIndex": 1,
            "EcDist": [1],
            "CSumAlgo": 1,
            "PartNums": numbers,
            "PartETags": None,
            "PartSizes": sizes,
            "PartASizes": sizes,
            "Size": len(content),
            "MTime": modified,
            "MetaSys": {} if version["parts"] else {"x-minio-internal-inline-data": b"true"},
            "MetaUsr": headers,
        }
        flags = 2 if version["parts"] else 6
        body = {"Type": 1, "V2Obj": fields, "v": 1_740_000_000}
        return pack([id, modified, b"\x01\x02\x03\x04", 1, flags, 0, 1]), pack(body)


def etag(content, parts=None):
    """The ETag of content that came in parts of these sizes, or at once."""
    if not parts:
        return hashlib.md5(content).hexdigest()
    digests, place = b"", 0
    for size in parts:
        digests += hashlib.md5(content[place : place + size]).digest()
        place += size
    return f"{hashlib.md5(digests).hexdigest()}-{len(parts)}"


# versitygw


class VersityGW:
    """The folder of the posix backend, and one for older versions."""

    def __init__(self, path):
        self.root, self.versions = path / "root", path / "versions"
        self.root.mkdir(parents=True)
        self.versions.mkdir()

    def bucket(self, name, **attributes):
        (self.root / name).mkdir(exist_ok=True)
        self._set(self.root / name, attributes)

    def key(self, bucket, key, content, modified=1_600_000_000, **attributes):
        """The current version of a key."""
        self._file(self.root / bucket / key, content, modified, attributes)

    def older(self, bucket, key, version, content, modified=1_500_000_000, **attributes):
        """A version before the current one."""
        name = hashlib.sha256(key.encode()).hexdigest()
        folder = self.versions / bucket / name[:2] / name[2:4] / name[4:6] / name
        if version != "null":
            attributes["version_id"] = version
        self._file(folder / version, content, modified, attributes)

    def _file(self, path, content, modified, attributes):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self._set(path, {"etag": f'"{etag(content)}"', **attributes})
        os.utime(path, (modified, modified))

    @staticmethod
    def _set(path, attributes):
        """Extended attributes; `_` in a name stands for `-`, what is no bytes and no text for JSON."""
        for name, value in attributes.items():
            if not isinstance(value, bytes):
                value = (value if isinstance(value, str) else json.dumps(value)).encode()
            os.setxattr(path, "user." + name.replace("_", "-"), value)
