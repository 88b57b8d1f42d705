"""How long it takes until a photograph is uploaded and its styles can be read, with one client and with eight.

Each client does what a browser and its application do: posts the signed form with a JPEG of 12 megapixels, makes the
attachment (`Prefer: wait=30`, so that nobody polls), and reads both default styles. The time is that from the first byte of
the form to the last of the styles. With eight clients the pictures queue for the cores: look at the pictures a second too.
"""

import argparse
import concurrent.futures
import os
import statistics
import sys
import time

import requests

import harness
import styles
from attachments import authorize, claim, post


def once(server, data):
    """Seconds from the form to the styles."""
    authorization = authorize(server, "image/jpeg")
    began = time.monotonic()
    answer = post(authorization, data, "photograph.jpg")
    if answer.status_code != 201:
        raise harness.Failure(f"an upload was answered {answer.status_code}: {answer.text}")
    attachment = claim(server, authorization["key_prefix"] + "photograph.jpg", wait=30)
    if attachment.status_code != 200 or attachment.json()["state"] != "done":
        raise harness.Failure(f"an attachment is not done: {attachment.text}")
    for url in attachment.json()["style_url"].values():
        if requests.get(url, timeout=30).status_code != 200:
            raise harness.Failure(f"a style cannot be read: {url}")
    return time.monotonic() - began


def measure(server, data, clients, count):
    """The times of all, and how long all took together."""
    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        began = time.monotonic()
        times = list(pool.map(lambda _: once(server, data), range(count)))
        return sorted(times), time.monotonic() - began


def share(times, part):
    """The time that this part of all did not exceed."""
    return times[min(len(times) - 1, int(len(times) * part))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200, help="attachments for each number of clients")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--directory", default=harness.WORK)
    options = parser.parse_args()
    data = styles.saved(styles.photograph(), "JPEG", quality=90)
    print(
        f"{styles.SIZE[0]} x {styles.SIZE[1]} JPEG of {len(data) / 1e6:.1f} MB, thumb and medium, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}"
    )
    with harness.place_on_disk(options.directory) as (place, kind), harness.running(
        harness.new_directory(place)
    ) as server:
        measure(server, data, 2, 4)
        print(f"{'clients':>7} {'attachments':>11} {'p50 ms':>7} {'p99 ms':>7} {'mean ms':>7} {'a second':>8}   on {kind}")
        for clients in options.clients:
            times, whole = measure(server, data, clients, options.count)
            figures = (share(times, 0.5), share(times, 0.99), statistics.mean(times))
            print(
                f"{clients:7} {len(times):11}"
                + "".join(f" {figure * 1000:7.0f}" for figure in figures)
                + f" {len(times) / whole:8.1f}"
            )


if __name__ == "__main__":
    try:
        sys.exit(main())
    except harness.Failure as failure:
        sys.exit(f"error: {failure}")
