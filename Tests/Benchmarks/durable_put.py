"""How near durable PUTs come to what the disk and the kernel allow.

Each round runs Larder under load over HTTP and, beside it, durable_put.c, which makes the system calls of a durable write
file by file without a server. Both write to new directories of one file system, and take turns in being first, so that
other work on the machine meets both alike. The figure is the ratio of the medians.

Ext4 without a journal, which some images of virtual machines have, is another matter: a sync costs next to nothing there,
so that the figure is the processor's, and a power cut leaves work for fsck. So there an ext4 with a journal is made in a
file, and measured; `--file-system here` measures the other one. That one also passes over inodes that were freed in the last
five minutes, one by one: figures that come soon after much was removed spread widely, the C program's too.
"""

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path

import harness
import journaled
from harness import Failure

BUCKET = "bench"
PRELUDE = 256
"""Requests before those that count: they make the directories, and a server's first ones find everything cold."""


def place(number, directories):
    return f"d{number % directories:02d}"


def prepared(server, options, bodies, count, name):
    """PUTs of new keys, spread over the directories as durable_put.c spreads its files."""
    signer = harness.Signer(server.authority)
    for number in range(count):
        body, digest = bodies[number]
        path = f"/{BUCKET}/{place(number, options.directories)}/{name}-{number:08d}"
        yield signer.request("PUT", path, body, digest, "application/octet-stream")


def reads(server, options, count):
    signer = harness.Signer(server.authority)
    for number in range(count):
        yield signer.request("GET", f"/{BUCKET}/{place(number, options.directories)}/object-{number:08d}")


def check_files(directory, wanted):
    """Nothing is measured that does not end as a file."""
    found = sum(len(files) for _, _, files in os.walk(directory))
    if found != wanted:
        raise Failure(f"{found} files are in {directory} where {wanted} were put")


def per_operation(before, after, count):
    return [round((new - old) / count, 1) for old, new in zip(before, after)]


def client_time(result):
    return round((result["user_us"] + result["system_us"]) / result["operations"], 1)


def run_larder(parent, options, bodies, count):
    root = harness.new_directory(parent)
    with harness.running(root, LARDER_BUCKETS=BUCKET, LARDER_DURABILITY=options.durability) as server:
        pid = server.process.pid
        harness.replay(server, prepared(server, options, bodies, PRELUDE, "prelude"), options.connections)
        requests = list(prepared(server, options, bodies, count, "object"))
        harness.settle()
        before, busy_before = harness.process_time(pid), harness.machine_time()
        result = harness.replay(server, requests, options.connections)
        after, busy = harness.process_time(pid), harness.machine_time() - busy_before
        user, system = per_operation(before, after, count)
        own = sum(after) - sum(before) + result["user_us"] + result["system_us"]
        result.update(server_user_us=user, server_system_us=system, client_us=client_time(result))
        result.update(others=others(busy - own, result))
        folder = root / "buckets" / BUCKET
        check_files(folder, PRELUDE + count)
        record = os.getxattr(folder / place(0, options.directories) / "object-00000000", "user.larder")
        result.update(record=len(record))
        if options.gets:
            before = harness.process_time(pid)
            got = harness.replay(server, reads(server, options, count), options.connections, body=options.size)
            user, system = per_operation(before, harness.process_time(pid), count)
            got.update(server_user_us=user, server_system_us=system, client_us=client_time(got))
            result.update(gets=got)
    return result


def run_program(parent, options, count, record):
    root = harness.new_directory(parent)
    arguments = ["--directory", root, "--count", count, "--threads", options.connections, "--size", options.size]
    arguments += ["--directories", options.directories, "--record", record, "--log", options.log]
    if options.durability == "relaxed":
        arguments.append("--relaxed")
    harness.settle()
    busy_before = harness.machine_time()
    result = harness.measure(harness.build("durable_put"), *arguments)
    busy = harness.machine_time() - busy_before
    result.update(client_us=client_time(result), others=others(busy - result["user_us"] - result["system_us"], result))
    check_files(root / "bucket", count)
    return result


def others(busy, result):
    """Processors that others kept busy meanwhile, the file system's own threads among them."""
    return round(max(busy, 0) / 1e6 / result["seconds"], 2)


def run_round(parent, options, bodies, number, record):
    """One run of each; returns them as (program, larder)."""
    runs = [
        lambda: run_program(parent, options, options.count, record),
        lambda: run_larder(parent, options, bodies, options.count),
    ]
    results = [None, None]
    for index in (0, 1) if number % 2 else (1, 0):
        results[index] = runs[index]()
    return results


def summary(rounds, options):
    def figures(values):
        return {"median": statistics.median(values), "min": min(values), "max": max(values)}

    programs, larders = [one for one, _ in rounds], [other for _, other in rounds]
    result = {
        "program_per_second": figures([run["per_second"] for run in programs]),
        "larder_per_second": figures([run["per_second"] for run in larders]),
        "ratio_of_rounds": figures([round(b["per_second"] / a["per_second"], 3) for a, b in rounds]),
        "program_us_per_put": figures([run["client_us"] for run in programs]),
        "server_user_us_per_put": figures([run["server_user_us"] for run in larders]),
        "server_system_us_per_put": figures([run["server_system_us"] for run in larders]),
        "client_us_per_put": figures([run["client_us"] for run in larders]),
        "program_p50_us": figures([run["p50_us"] for run in programs]),
        "program_p99_us": figures([run["p99_us"] for run in programs]),
        "larder_p50_us": figures([run["p50_us"] for run in larders]),
        "larder_p99_us": figures([run["p99_us"] for run in larders]),
    }
    result["ratio"] = round(result["larder_per_second"]["median"] / result["program_per_second"]["median"], 3)
    # Tells more than the ratio when others keep the processors busy: it does not depend on who got how much of them.
    spent = ("server_user_us_per_put", "server_system_us_per_put", "client_us_per_put")
    result["ratio_of_cpu_time"] = round(
        result["program_us_per_put"]["median"] / max(sum(result[name]["median"] for name in spent), 1), 3
    )
    if options.gets:
        gets = [run["gets"] for run in larders]
        result["gets_per_second"] = figures([run["per_second"] for run in gets])
        result["server_us_per_get"] = figures([run["server_user_us"] + run["server_system_us"] for run in gets])
    return result


def print_head(options, kind, record):
    print(
        f"{options.durability} PUTs of {options.size} bytes, {options.connections} connections or threads, "
        f"{options.count} a run into {options.directories} directories on {kind}, records of {record} bytes"
    )
    print("round  first    C op/s  p50 ms  p99 ms   us/op  others   Larder op/s  p50 ms  p99 ms", end="")
    print("  server us: user  system  client  others   ratio", flush=True)


def print_round(number, pair):
    program, larder = pair
    ratio = larder["per_second"] / program["per_second"]
    print(
        f"{number or 'warm':>5}  {'C' if number % 2 else 'Larder':6} {program['per_second']:8.0f}"
        f"{program['p50_us'] / 1000:8.2f}{program['p99_us'] / 1000:8.2f}{program['client_us']:8.0f}"
        f"{program['others']:8.2f}   {larder['per_second']:11.0f}{larder['p50_us'] / 1000:8.2f}"
        f"{larder['p99_us'] / 1000:8.2f}{larder['server_user_us']:17.0f}{larder['server_system_us']:8.0f}"
        f"{larder['client_us']:8.0f}{larder['others']:8.2f}{ratio:8.3f}",
        flush=True,
    )


def print_summary(result):
    print(f"\n{'':30}{'median':>10}{'min':>10}{'max':>10}")
    for name, value in result.items():
        if isinstance(value, dict):
            digits = 3 if name.startswith("ratio") else 0
            line = "".join(f"{value[key]:10.{digits}f}" for key in ("median", "min", "max"))
            print(f"{name.replace('_', ' '):30}{line}")
    print(f"\nratio of medians: {result['ratio']:.3f}; of the processor time: {result['ratio_of_cpu_time']:.3f}")


def whole(lowest, highest):
    def read(text):
        value = int(text)
        if not lowest <= value <= highest:
            raise argparse.ArgumentTypeError(f"from {lowest} to {highest}")
        return value

    return read


def read_options():
    parser = argparse.ArgumentParser(
        prog="scripts/bench durable-put", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--durability", choices=["strict", "relaxed"], default="strict")
    parser.add_argument("--connections", type=whole(1, 1000), default=16, help="and threads of the C program; 16")
    parser.add_argument("--size", type=whole(0, 1 << 24), default=4096, help="bytes of an object; 4096")
    parser.add_argument("--count", type=whole(1, 200_000), default=10_000, help="PUTs of a run; 10000")
    parser.add_argument("--rounds", type=whole(1, 1000), default=7, help="beside one to warm up; 7")
    parser.add_argument("--directories", type=whole(1, 100), default=16, help="that the keys are spread over; 16")
    parser.add_argument(
        "--log",
        choices=["thread", "leader"],
        default="thread",
        help="who syncs the C program's log: a thread of its own (default; faster), or whoever waits first",
    )
    parser.add_argument("--gets", action="store_true", help="also read all objects back, and time that")
    parser.add_argument("--directory", default=harness.WORK, help="where to write; a disk, by default .build/bench")
    parser.add_argument(
        "--file-system",
        choices=journaled.CHOICES,
        default="journaled",
        help="the directory's own unless that is ext4 without a journal (default), that one whatever it is, or a new one in a "
        "file there, which needs root",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of tables")
    parser.add_argument("--require", type=float, metavar="RATIO", help="exit with 1 if the ratio is below")
    return parser.parse_args()


def benchmark(options):
    bodies = harness.Bodies(options.size)
    rounds = []
    files = 2 * (options.rounds + 1) * (options.count + PRELUDE)
    place = journaled.place_on_disk(options.directory, options.file_system, files, options.size)
    with place as (parent, kind):
        # Tells how long Larder's records are, so that the C program's are as long.
        record = run_larder(parent, options, bodies, 1)["record"]
        if not options.json:
            print_head(options, kind, record)
        for number in range(options.rounds + 1):
            pair = run_round(parent, options, bodies, number, record)
            if number > 0:
                rounds.append(pair)
            if not options.json:
                print_round(number, pair)
    result = summary(rounds, options)
    if options.json:
        settings = {k: str(v) if isinstance(v, Path) else v for k, v in vars(options).items()}
        document = {"settings": settings, "file_system": kind, "date": time.strftime("%FT%TZ", time.gmtime())}
        document.update(result, rounds=[{"program": one, "larder": other} for one, other in rounds])
        print(json.dumps(document, indent=2))
    else:
        print_summary(result)
    return result["ratio"]


def main():
    options = read_options()
    try:
        ratio = benchmark(options)
    except Failure as failure:
        sys.exit(f"error: {failure}")
    if options.require is not None and ratio < options.require:
        sys.exit(f"the ratio {ratio:.3f} is below the required {options.require:.2f}")


if __name__ == "__main__":
    main()
