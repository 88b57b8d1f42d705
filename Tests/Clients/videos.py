"""Videos that are made here by ffmpeg, sound and hostile."""

import functools
import random
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

from scenes import scene

KINDS = {"mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm", "mkv": "video/x-matroska"}

FFMPEG = shutil.which("ffmpeg")
MISSING = "ffmpeg makes videos and takes frames out of them, and is not installed"


def ffmpeg(*arguments, timeout=120):
    command = [FFMPEG, "-hide_banner", "-loglevel", "error", "-y", *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)
    assert result.returncode == 0, result.stderr


# Studio range and the matrix of standard definition, as players take what says nothing.
ENCODERS = {
    "mp4": ["-c:v", "libx264", "-crf", "10", "-preset", "veryfast"],
    "mov": ["-c:v", "mpeg4", "-q:v", "2"],
    "webm": ["-c:v", "libvpx", "-crf", "4", "-b:v", "4M", "-deadline", "realtime", "-cpu-used", "8"],
    "mkv": ["-c:v", "libx264", "-crf", "10", "-preset", "veryfast"],
}


def of_pictures(extension, *images, seconds=1, options=(), encoder=None):
    """A video that shows each of these pictures for a while."""
    with tempfile.TemporaryDirectory() as folder:
        for index, image in enumerate(images):
            image.save(Path(folder, f"{index}.png"))
        target = Path(folder, f"out.{extension}")
        ffmpeg(
            "-framerate", f"1/{seconds}", "-i", f"{folder}/%d.png", "-r", "10", "-g", "5", "-pix_fmt", "yuv420p",
            *(encoder or ENCODERS[extension]), *options, target,
        )  # fmt: skip
        return target.read_bytes()


@functools.cache
def clip(extension, encoder=None):
    """The scene, for two seconds."""
    return of_pictures(extension, scene(), seconds=2, encoder=encoder)


def turned():
    """The scene as a phone stores it that was held upright: lying on its left side, and how to turn it.

    The matrix of the track (ISO/IEC 14496-12, 8.3.2) takes x to -y + height and y to x: a quarter clockwise.
    """
    lying = scene().transpose(Image.Transpose.ROTATE_90)
    matrix = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, lying.height << 16, 0, 1 << 30)
    data = bytearray(of_pictures("mp4", lying))
    start = data.index(b"tkhd") + 44
    data[start : start + len(matrix)] = matrix
    return bytes(data)


def sound():
    """A film with nothing to see."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "out.mp4")
        ffmpeg("-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", target)
        return target.read_bytes()


# Boxes of ISO/IEC 14496-12


def box(name, *content):
    body = b"".join(content)
    return struct.pack(">I", len(body) + 8) + name + body


MJPEG = ("-c:v", "mjpeg", "-q:v", "2")


def says_size(width, height):
    """A small film whose frames say that they are large."""
    data = bytearray(clip("mov", encoder=MJPEG))
    start = data.find(b"\xff\xc0")
    while start >= 0:
        data[start + 5 : start + 9] = struct.pack(">HH", height, width)
        start = data.find(b"\xff\xc0", start + 1)
    return bytes(data)


def elsewhere(path):
    """A film whose frames lie in another file, which its data reference names (ISO/IEC 14496-12, 8.7.2)."""
    data = clip("mov", encoder=MJPEG)
    start = data.index(b"dref") - 4 + 16
    (length,) = struct.unpack(">I", data[start : start + 4])
    return grown(data, data[start : start + length], box(b"url ", bytes(4), b"file://" + path.encode() + b"\0"))


def grown(data, old, new):
    """Replaces a box and corrects the lengths of those that hold it; only for files whose index is behind the content."""
    place = data.index(old)
    out = bytearray(data[:place] + new + data[place + len(old) :])
    more = len(new) - len(old)

    def correct(start, end):
        while start + 8 <= end:
            (length,) = struct.unpack(">I", out[start : start + 4])
            name = bytes(out[start + 4 : start + 8])
            if length < 8:
                return
            if start < place < start + length and name in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
                out[start : start + 4] = struct.pack(">I", length + more)
                return correct(start + 8 + (8 if name == b"dref" else 0), start + length + more)
            start += length

    correct(0, len(out))
    return bytes(out)


def playlist(path):
    return f"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10,\nfile://{path}\n#EXT-X-ENDLIST\n".encode()


def concatenation(path):
    return f"ffconcat version 1.0\nfile '{path}'\n".encode()


def shredded(data, seed=5, share=0.02):
    """The same with some of its bytes, behind the first kilobyte, turned into others."""
    rng = random.Random(seed)
    data = bytearray(data)
    for _ in range(int(len(data) * share)):
        data[rng.randrange(1024, len(data))] = rng.randrange(256)
    return bytes(data)
