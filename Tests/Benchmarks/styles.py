"""What styles cost in CPU: a 12-megapixel JPEG to one style of 300 pixels, held against the vipsthumbnail command.

The server's figure is all that its image workers use, the process of each job included. Rounds take turns, so that other
work on the machine falls on both. Also measured: both default styles against the larger of them alone, since one decode
serves both, and what two workers finish against one. Other kinds of source: `scripts/bench styles-table`.
"""

import argparse
import io
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests
from PIL import Image

import harness
import larder
from attachments import claim, finished, upload

SIZE = (4000, 3000)
ONE = [{"name": "one", "width": 300, "height": 300}]
MEDIUM = [{"name": "medium", "width": 600, "height": 600}]


def photograph(size=SIZE):
    """Clouds and grain: a JPEG of 12 megapixels and about 4 MB, as cameras make."""
    clouds = Image.effect_mandelbrot((400, 300), (-2, -1.2, 0.8, 1.2), 80).resize(size, Image.BICUBIC)
    bands = [Image.blend(clouds, Image.effect_noise(size, 60), share) for share in (0.175, 0.21, 0.14)]
    return Image.merge("RGB", bands)


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


# CPU time


def worker_time(server):
    """Seconds of CPU of the image workers and all their jobs so far."""
    total = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            name = (entry / "comm").read_text().strip()
        except OSError:
            continue
        if int(fields[1]) == server.process.pid and name.startswith("larder-imaged"):
            # User and system time of its own, and of the children that it waited for.
            total += sum(map(int, fields[11:15]))
    return total * harness.TICK / 1_000_000


def of_command(command):
    """Seconds of CPU and peak MiB of one process."""
    # By way of a small program: what we have in memory ourselves would count as the peak of a process that we start.
    with tempfile.NamedTemporaryFile("r") as peak:
        measured = ["/usr/bin/time", "--format", "%M", "--output", peak.name, *command]
        process = subprocess.Popen(measured, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise harness.Failure(f"{command[0]} ended with status {process.returncode}")
        return usage.ru_utime + usage.ru_stime, int(peak.read().split()[-1]) // 1024


# What is measured


def start(place, styles, workers=1, name="styles"):
    configuration = place / f"{name}-{len(styles)}-{styles[0]['name']}-{workers}.json"
    configuration.write_text(json.dumps({"attachments": {"styles": styles}, "imaging": {"workers": workers}}))
    return harness.running(harness.new_directory(place), "--config", str(configuration))


def attach_all(server, data, count, content_type="image/jpeg"):
    """Makes so many attachments; returns seconds of CPU for each, and of time for all."""
    keys = [upload(server, data, "picture", content_type) for _ in range(count)]
    cpu, began = worker_time(server), time.monotonic()
    identifiers = [claim(server, key).json()["id"] for key in keys]
    for identifier in identifiers:
        attachment = finished(server, identifier, timeout=300)
        if attachment["state"] != "done":
            raise harness.Failure(f"a picture failed: {attachment}")
    return (worker_time(server) - cpu) / count, time.monotonic() - began


def pictures_a_second(server, data, count):
    """How many styles a second were finished, from the first to the last, by the log; nobody asks meanwhile."""
    session = requests.Session()
    session.headers["Authorization"] = f"Token token={larder.API_TOKEN}"
    keys = [upload(server, data, "picture", "image/jpeg") for _ in range(count)]
    before = len(server.log_text())
    for key in keys:
        claimed = session.post(f"{server.endpoint}/api/v4/file_attachments", json={"file_attachment": {"key": key}})
        if claimed.status_code not in (200, 202):
            raise harness.Failure(f"an attachment was refused: {claimed.text}")
    return rate(server, before, count)


def rate(server, before, count):
    """Follows the log until so many are done: a look takes microseconds."""

    def done():
        return len(re.findall(r" info styles .*result=done", server.log_text()[before:]))

    first = larder.eventually(lambda: done() or None, timeout=60, interval=0.01)
    began = time.monotonic()
    larder.eventually(lambda: done() >= count, timeout=600, interval=0.01)
    return (count - first) / (time.monotonic() - began)


def mean_and_peak(figures):
    """Of pairs of CPU and memory: the mean of the one, the most of the other."""
    cpu, memory = zip(*figures)
    return statistics.mean(cpu), max(memory)


def vipsthumbnail(file, count):
    target = f"{file}.thumbnail.jpg[Q=80,strip]"
    command = ["vipsthumbnail", str(file), "--size", "300x300", "--output", target]
    return mean_and_peak([of_command(command) for _ in range(count)])


def against_command(place, data, rounds, count):
    """Ours and the command's milliseconds of CPU for one style, a pair for each round."""
    file = place / "picture.jpg"
    file.write_bytes(data)
    pairs = []
    with start(place, ONE) as server:
        attach_all(server, data, 2)
        for _ in range(rounds):
            pairs.append((attach_all(server, data, count)[0] * 1000, vipsthumbnail(file, count)[0] * 1000))
    return pairs


def one_and_both(place, data, rounds, count):
    """Milliseconds of CPU for the larger default style alone, and for both; a pair for each round."""
    both = [{"name": "thumb", "width": 150, "height": 150, "mode": "fill"}, *MEDIUM]
    pairs = []
    with start(place, MEDIUM) as single, start(place, both) as double:
        for server in (single, double):
            attach_all(server, data, 2)
        for _ in range(rounds):
            pairs.append((attach_all(single, data, count)[0] * 1000, attach_all(double, data, count)[0] * 1000))
    return pairs


def one_and_two_workers(place, data, rounds, count):
    """Pictures a second with one worker and with two; a pair for each round."""
    pairs = []
    with start(place, ONE) as single, start(place, ONE, workers=2) as double:
        for server in (single, double):
            attach_all(server, data, 4)
        for _ in range(rounds):
            pairs.append((pictures_a_second(single, data, count), pictures_a_second(double, data, count)))
    return pairs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=20, help="pictures in each round")
    parser.add_argument("--directory", default=harness.WORK)
    parser.add_argument("--require", action="store_true", help="exit status 1 unless 0.65, 1.3 and 1.8 are reached")
    options = parser.parse_args()
    if shutil.which("vipsthumbnail") is None:
        raise harness.Failure("vipsthumbnail is not there; install libvips-tools")
    image = photograph()
    data = saved(image, "JPEG", quality=90)
    print(
        f"{SIZE[0]} x {SIZE[1]} JPEG of {len(data) / 1e6:.1f} MB, {options.rounds} rounds of {options.count}, "
        f"load {os.getloadavg()[0]:.1f}"
    )
    with harness.place_on_disk(options.directory) as (place, _):
        reached = [
            report(
                "CPU ms for one style of 300 pixels: Larder, vipsthumbnail",
                against_command(place, data, options.rounds, options.count),
                0.65,
                lambda a, b: a / b,
                False,
            ),
            report(
                "CPU ms for the style medium alone, for thumb and medium",
                one_and_both(place, data, options.rounds, options.count),
                1.3,
                lambda a, b: b / a,
                False,
            ),
            report(
                "pictures a second with one worker, with two",
                one_and_two_workers(place, data, options.rounds, options.count),
                1.8,
                lambda a, b: b / a,
                True,
            ),
        ]
    return 1 if options.require and not all(reached) else 0


def report(title, pairs, wanted, ratio, at_least):
    """Prints the medians, and the median ratio with its spread; tells whether it is what is wanted."""
    ratios = sorted(ratio(*pair) for pair in pairs)
    middle = statistics.median(ratios)
    left, right = (statistics.median(side) for side in zip(*pairs))
    sign = ">=" if at_least else "<="
    print(
        f"{title}: {left:.1f}, {right:.1f}; ratio {middle:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}), wanted {sign} {wanted}"
    )
    return middle >= wanted if at_least else middle <= wanted


if __name__ == "__main__":
    try:
        sys.exit(main())
    except harness.Failure as failure:
        sys.exit(f"error: {failure}")
