"""PNG files of kinds that Pillow does not write: 16 bits a channel, interlaced, and with lies in them."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6

# First column and row, and steps, of the seven passes of Adam7.
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(name, body=b""):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def header(width, height, depth, kind, interlaced=False):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced)))


def file(width, height, depth, kind, data, interlaced=False, extra=()):
    """A file of these scan lines, each with its filter byte; `extra` are chunks before the pixels."""
    return b"".join(
        [SIGNATURE, header(width, height, depth, kind, interlaced), *extra, chunk(b"IDAT", data), chunk(b"IEND")]
    )


def sixteen_bits(image):
    """A Pillow picture with each 8-bit value as the 16-bit one that is the same."""
    bands = len(image.getbands())
    kind = {1: GREY, 2: GREY_ALPHA, 3: RGB, 4: RGBA}[bands]
    lines = []
    data = image.tobytes()
    stride = image.width * bands
    for row in range(image.height):
        line = data[row * stride : (row + 1) * stride]
        lines.append(b"\0" + bytes(value for byte in line for value in (byte, byte)))
    return file(image.width, image.height, 16, kind, zlib.compress(b"".join(lines)))


def interlaced(image):
    """An RGB picture in the seven passes of Adam7."""
    pixels = image.convert("RGB").load()
    lines = []
    for left, top, across, down in PASSES:
        for row in range(top, image.height, down):
            line = b"".join(bytes(pixels[column, row]) for column in range(left, image.width, across))
            if line:
                lines.append(b"\0" + line)
    return file(image.width, image.height, 8, RGB, zlib.compress(b"".join(lines)), interlaced=True)


def zeros(width, height, depth, kind, adam7=False, extra=()):
    """A black picture, compressed a thousandfold; its pixels are never in memory here."""
    bits = depth * {GREY: 1, RGB: 3, GREY_ALPHA: 2, RGBA: 4}[kind]
    passes = PASSES if adam7 else [(0, 0, 1, 1)]
    total = 0
    for left, top, across, down in passes:
        columns, rows = len(range(left, width, across)), len(range(top, height, down))
        total += rows * (1 + (columns * bits + 7) // 8) if columns else 0
    return file(width, height, depth, kind, deflated_zeros(total), adam7, extra)


def deflated_zeros(total):
    """A zlib stream of zeros, put together of blocks of a mebibyte that were compressed once."""
    blocks, rest = divmod(total, 1 << 20)
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.compress(bytes(rest)) + packer.flush()
    # The Adler-32 of zeros is their number and one.
    return b"\x78\xda" + block * blocks + end + struct.pack(">HH", total % 65521, 1)
