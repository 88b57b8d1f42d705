"""CPU and memory of one style of 300 pixels for each kind of source: Larder, vipsthumbnail, Pillow and thumbor.

All in one run, turn by turn, so that other work on the machine falls on all. Larder's figures are those of its image workers
with the process of each job. vipsthumbnail's are those of its process. Pillow is charged without what it costs to start
Python and import it, and thumbor is a running server, charged what it uses for each request. Each cell is the
median of the CPU milliseconds / the most MiB that were resident. A style has the format JPEG, quality 80, but of animations
the whole film as WebP.
"""

import argparse
import contextlib
import os
import platform
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import requests
from PIL import Image

import harness
import larder
import styles
from attachments import claim, finished, upload

THUMBOR = Path(os.environ.get("THUMBOR_PYTHON", harness.REPOSITORY / ".venv-thumbor/bin/python"))


class Source:
    """One kind of source, made on demand."""

    def __init__(self, name, extension, content_type, make, is_film=False):
        self.name = name
        self.extension = extension
        self.content_type = content_type
        self.make = make
        self.is_film = is_film


def flat(size):
    """Areas of one colour with transparent corners, as screenshots and logos have them."""
    image = Image.new("RGBA", size, "#dddddd")
    rng = random.Random(3)
    for _ in range(300):
        x, y = rng.randrange(size[0]), rng.randrange(size[1])
        image.paste(tuple(rng.randbytes(3)) + (255,), (x, y, x + 400, y + 300))
    image.paste((0, 0, 0, 0), (0, 0, 500, 500))
    return image


def gif():
    base = styles.photograph((960, 540)).resize((480, 270))
    frames = [base.rotate(angle).quantize(128) for angle in range(0, 60)]
    return styles.saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=40, loop=0)


def heic(image):
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.png"), Path(folder, "out.heic")
        image.save(source, compress_level=1)
        command = ["vips", "heifsave", source, target, "--Q", "50", "--compression", "hevc", "--effort", "0"]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        return target.read_bytes()


def sources():
    photo, large = styles.photograph(), styles.photograph((6000, 4000))
    saved = styles.saved
    return [
        Source("JPEG 12 MP", "jpg", "image/jpeg", lambda: saved(photo, "JPEG", quality=90)),
        Source("JPEG 12 MP, progressive", "jpg", "image/jpeg", lambda: saved(photo, "JPEG", quality=90, progressive=True)),
        Source("JPEG 24 MP", "jpg", "image/jpeg", lambda: saved(large, "JPEG", quality=90)),
        Source("PNG 12 MP, photograph", "png", "image/png", lambda: saved(photo, "PNG", compress_level=1)),
        Source("PNG 12 MP, flat, alpha", "png", "image/png", lambda: saved(flat((4000, 3000)), "PNG")),
        Source("WebP 12 MP", "webp", "image/webp", lambda: saved(photo, "WEBP", quality=80, method=0)),
        Source("HEIC 12 MP", "heic", "image/heic", lambda: heic(photo)),
        Source("AVIF 12 MP", "avif", "image/avif", lambda: saved(photo, "AVIF", quality=50, speed=10)),
        Source("TIFF 12 MP, LZW", "tiff", "image/tiff", lambda: saved(photo, "TIFF", compression="tiff_lzw")),
        Source("GIF 480 x 270, 60 frames", "gif", "image/gif", gif, is_film=True),
    ]


# The four


class Larder:
    name = "Larder"

    def __init__(self, server, source, data):
        self.server, self.source, self.data = server, source, data

    def run(self):
        before = len(self.server.log_text())
        key = upload(self.server, self.data, f"picture.{self.source.extension}", self.source.content_type)
        began = styles.worker_time(self.server)
        attachment = finished(self.server, claim(self.server, key).json()["id"], timeout=300)
        if attachment["state"] != "done":
            raise harness.Failure(f"{self.source.name} failed: {attachment['failure']}")
        cpu = styles.worker_time(self.server) - began
        (memory,) = re.findall(r"peak_mib=(\d+)", self.server.log_text()[before:])
        return cpu, int(memory)


class Vipsthumbnail:
    name = "vipsthumbnail"

    def __init__(self, file, source):
        end = ".webp[Q=80,effort=2,strip]" if source.is_film else ".jpg[Q=80,strip]"
        self.command = ["vipsthumbnail", f"{file}[n=-1]" if source.is_film else str(file), "--size", "300x300"]
        self.command += ["--output", f"{file}.vips{end}"]

    def run(self):
        return styles.of_command(self.command)


PILLOW = """
import sys
from PIL import Image, ImageOps, ImageSequence
if sys.argv[2] == "film":
    film = Image.open(sys.argv[1])
    frames = []
    for frame in ImageSequence.Iterator(film):
        frame = frame.convert("RGB")
        frame.thumbnail((300, 300), Image.LANCZOS)
        frames.append(frame)
    frames[0].save(sys.argv[1] + ".pillow.webp", save_all=True, append_images=frames[1:], quality=80, method=2)
elif sys.argv[2] == "still":
    image = Image.open(sys.argv[1])
    image.thumbnail((300, 300), Image.LANCZOS)
    ImageOps.exif_transpose(image).convert("RGB").save(sys.argv[1] + ".pillow.jpg", quality=80)
else:
    from PIL import JpegImagePlugin, PngImagePlugin, WebPImagePlugin
"""


class Pillow:
    name = "Pillow"

    def __init__(self, file, source):
        # What a Python that imports it costs is taken off.
        command = [sys.executable, "-c", PILLOW, str(file)]
        self.idle = statistics.median(styles.of_command([*command, "nothing"])[0] for _ in range(3))
        self.command = [*command, "film" if source.is_film else "still"]

    def run(self):
        cpu, memory = styles.of_command(self.command)
        return max(0.0, cpu - self.idle), memory


class Thumbor:
    name = "thumbor"

    def __init__(self, service, file, source):
        self.service = service
        more = "/filters:format(webp):quality(80)" if source.is_film else "/filters:format(jpeg):quality(80)"
        self.path = f"/unsafe/fit-in/300x300{more}/{file.name}"

    def run(self):
        return self.service.request(self.path)


class ThumborService:
    """A thumbor that reads files of a folder; one process, which is how it counts."""

    def __init__(self, folder):
        configuration = folder / "thumbor.conf"
        configuration.write_text(
            "LOADER = 'thumbor.loaders.file_loader'\n"
            f"FILE_LOADER_ROOT_PATH = {str(folder)!r}\n"
            "STORAGE = 'thumbor.storages.no_storage'\n"
            "RESULT_STORAGE = None\nALLOW_UNSAFE_URL = True\nQUALITY = 80\nRESPECT_ORIENTATION = True\n"
            "ALLOW_ANIMATED_GIFS = True\nMAX_ID_LENGTH = 200\nSECURITY_KEY = 'benchmark'\n"
        )
        # It cannot be handed a socket that listens already, so a free port is looked for, and waited for.
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        command = [THUMBOR, "-m", "thumbor.server", "--ip", "127.0.0.1", "--port", str(self.port)]
        self.log = open(folder / "thumbor.log", "wb")
        self.process = subprocess.Popen(
            [*command, "--conf", configuration], stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL
        )
        larder.eventually(self.is_up, timeout=30)

    def is_up(self):
        if self.process.poll() is not None:
            raise harness.Failure(f"thumbor did not start: {Path(self.log.name).read_text()[-1000:]}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def request(self, path):
        # Forgets the most that was resident, so that it is that of this request.
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")
        before = sum(harness.process_time(self.process.pid))
        answer = requests.get(f"http://127.0.0.1:{self.port}{path}", timeout=60)
        if answer.status_code != 200:
            return None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        memory = int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) // 1024
        return (sum(harness.process_time(self.process.pid)) - before) / 1e6, memory

    def close(self):
        # It takes long to finish what nobody waits for.
        self.process.kill()
        self.process.wait()
        self.log.close()


@contextlib.contextmanager
def thumbor(folder):
    """The service, None where it is not installed."""
    if not THUMBOR.exists():
        yield None
        return
    service = ThumborService(folder)
    try:
        yield service
    finally:
        service.close()


# The table


def row(server, service, place, source, count):
    """For each of the four: the median of the CPU and the most memory; None where it cannot."""
    data = source.make()
    file = place / f"source.{source.extension}"
    file.write_bytes(data)
    runners = [Larder(server, source, data), Vipsthumbnail(file, source), Pillow(file, source)]
    if service is not None:
        runners.append(Thumbor(service, file, source))
    figures = {runner.name: [] for runner in runners}
    for number in range(count + 1):
        for runner in runners:
            try:
                figure = runner.run()
            except harness.Failure:
                if runner.name == "Larder":
                    raise
                figure = None
            # The first of each warms caches.
            if number > 0:
                figures[runner.name].append(figure)
    return {name: summary(all_) for name, all_ in figures.items()}


def summary(figures):
    if None in figures:
        return None
    return statistics.median(cpu for cpu, _ in figures), max(memory for _, memory in figures)


def cell(figure):
    return "fails" if figure is None else f"{figure[0] * 1000:.0f} / {figure[1]}"


def versions(service):
    """What is compared, by name and version, and the machine."""
    vips = subprocess.run(["vipsthumbnail", "--vips-version"], capture_output=True, text=True).stdout.strip()
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    other = ""
    if service is not None:
        code = "import thumbor, PIL; print('thumbor', thumbor.__version__, 'on Pillow', PIL.__version__)"
        other = ", " + subprocess.run([THUMBOR, "-c", code], capture_output=True, text=True).stdout.strip()
    return (
        f"{model.group(1) if model else platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}; "
        f"{vips}, Pillow {Image.__version__}{other}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=7, help="pictures of each kind")
    parser.add_argument("--only", help="only kinds with this in their name")
    parser.add_argument("--directory", default=harness.WORK)
    options = parser.parse_args()
    if shutil.which("vipsthumbnail") is None:
        raise harness.Failure("vipsthumbnail is not there; install libvips-tools")
    style = {"name": "one", "width": 300, "height": 300, "format": "jpeg"}
    film = {"name": "one", "width": 300, "height": 300, "format": "webp", "animated": True}
    with contextlib.ExitStack() as stack:
        place, _ = stack.enter_context(harness.place_on_disk(options.directory))
        still = stack.enter_context(styles.start(place, [style]))
        moving = stack.enter_context(styles.start(place, [film], workers=1, name="film"))
        service = stack.enter_context(thumbor(place))
        print(versions(service) + f"; load {os.getloadavg()[0]:.1f}\n")
        names = ["Larder", "vipsthumbnail", "Pillow"] + (["thumbor"] if service else [])
        print(f"| CPU ms / MiB | {' | '.join(names)} |\n|---|{'---:|' * len(names)}")
        for source in sources():
            if options.only and options.only.lower() not in source.name.lower():
                continue
            figures = row(moving if source.is_film else still, service, place, source, options.count)
            print(f"| {source.name} | {' | '.join(cell(figures[name]) for name in names)} |", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except harness.Failure as failure:
        sys.exit(f"error: {failure}")
