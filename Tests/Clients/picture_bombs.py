"""Files that were made to hurt whoever decodes them. Small, valid enough to be taken, and all made here."""

import io
import os
import struct
import zlib

from PIL import Image

import gallery
import pngfile

MIB = 1 << 20


def flat(size, kind, **options):
    return gallery.saved(Image.new("RGB", size, "#336699"), kind, **options)


# PNG


def png_profile_of_zeros():
    """A colour profile that inflates to 256 MiB."""
    extra = [pngfile.chunk(b"iCCP", b"profile\0\0" + pngfile.deflated_zeros(256 * MIB))]
    return pngfile.zeros(300, 200, 8, pngfile.RGB, extra=extra)


def png_text_of_zeros():
    """A text that inflates to 256 MiB."""
    extra = [pngfile.chunk(b"zTXt", b"Comment\0\0" + pngfile.deflated_zeros(256 * MIB))]
    return pngfile.zeros(300, 200, 8, pngfile.RGB, extra=extra)


def png_many_texts():
    extra = [pngfile.chunk(b"tEXt", b"key%d\0value" % number) for number in range(100_000)]
    return pngfile.zeros(300, 200, 8, pngfile.RGB, extra=extra)


def png_broken_checksum():
    data = bytearray(gallery.saved(gallery.scene(), "PNG"))
    data[len(data) // 2] ^= 0xFF
    return bytes(data)


# GIF


def gif_of_frames(count, side):
    """One frame over and over."""
    whole = gallery.saved(Image.new("P", (side, side), 1), "GIF")
    start = whole.index(b"\x2c\0\0\0\0")
    frame = b"\x21\xf9\x04\0\x01\0\0\0" + whole[start:-1]
    return whole[:start] + frame * count + b";"


def gif_of_a_header():
    return b"GIF89a" + struct.pack("<HH", 65535, 8191) + b"\x80\0\0" + bytes(6) + b"\x2c" + bytes(9) + b"\x02\0;"


# JPEG


def segment(marker, body):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg_scans(side=7000):
    """883 scans over 49 million grey pixels: each costs a pass over all blocks and takes 400 bytes."""
    blocks = (-(-side // 8)) ** 2
    runs = bytes((blocks // 16384 + 1) * 15 // 8 + 1)
    parts = [
        b"\xff\xd8",
        segment(0xDB, b"\0" + b"\x01" * 64),
        segment(0xC2, struct.pack(">BHHBBBB", 8, side, side, 1, 1, 0x11, 0)),
        segment(0xC4, b"\0\x01" + bytes(15) + b"\0"),
        segment(0xC4, b"\x10\x01" + bytes(15) + b"\xe0"),
        segment(0xDA, bytes([1, 1, 0, 0, 0, 0])) + bytes(blocks // 8 + 1),
    ]
    for frequency in range(1, 64):
        for step in range(14):
            high = 14 - step if step else 0
            parts.append(segment(0xDA, bytes([1, 1, 0, frequency, frequency, high << 4 | 13 - step])) + runs)
    return b"".join(parts) + b"\xff\xd9"


def jpeg_that_says(width, height, **options):
    """A small picture whose header says something else."""
    data = bytearray(flat((64, 64), "JPEG", **options))
    start = data.index(b"\xff\xc2" if options.get("progressive") else b"\xff\xc0")
    data[start + 5 : start + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def jpeg_cut(share):
    data = gallery.saved(gallery.scene((1600, 1200)), "JPEG", quality=92)
    return data[: int(len(data) * share)]


def jpeg_junk_profile():
    """A colour profile of 16 MB of noise, in all the 255 segments that one may have."""
    data = gallery.saved(gallery.scene(), "JPEG", quality=92)
    noise = os.urandom(65_519)
    segments = b"".join(segment(0xE2, b"ICC_PROFILE\0" + bytes([n, 255]) + noise) for n in range(1, 256))
    return data[:2] + segments + data[2:]


def jpeg_exif_in_a_circle():
    """EXIF whose directories point to themselves."""
    tiff = b"MM\0*" + struct.pack(">I", 8) + struct.pack(">H", 2)
    tiff += struct.pack(">HHII", 0x8769, 4, 1, 8) + struct.pack(">HHII", 0x8825, 4, 1, 8) + struct.pack(">I", 8)
    data = gallery.saved(gallery.scene(), "JPEG", quality=92)
    return data[:2] + segment(0xE1, b"Exif\0\0" + tiff) + data[2:]


# TIFF, WebP and the like


def tiff_of_zeros(side):
    """One strip of zeros, a thousandth of the size."""
    data = pngfile.deflated_zeros(side * side)
    fields = [
        (256, 4, side),
        (257, 4, side),
        (258, 3, 8),
        (259, 3, 8),
        (262, 3, 1),
        (273, 4, 8),
        (277, 3, 1),
        (278, 4, side),
        (279, 4, len(data)),
    ]
    directory = struct.pack("<H", len(fields))
    for tag, kind, value in fields:
        directory += struct.pack("<HHI", tag, kind, 1) + (
            struct.pack("<HH", value, 0) if kind == 3 else struct.pack("<I", value)
        )
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + directory + bytes(4)


def tiff_with_a_second_page_of(side):
    """A small page, then one that says it is large."""
    pages = [gallery.scene(), gallery.scene((64, 64))]
    data = bytearray(gallery.saved(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    (start,) = struct.unpack("<I", data[4:8])
    after = start + 2 + 12 * struct.unpack("<H", data[start : start + 2])[0]
    (second,) = struct.unpack("<I", data[after : after + 4])
    for place in range(second + 2, second + 2 + 12 * struct.unpack("<H", data[second : second + 2])[0], 12):
        if struct.unpack("<H", data[place : place + 2])[0] in (256, 257):
            data[place + 2 : place + 12] = struct.pack("<HII", 4, 1, side)
    return bytes(data)


def tiff_pages_in_a_circle():
    data = bytearray(gallery.saved(gallery.scene(), "TIFF"))
    start = struct.unpack("<I", data[4:8])[0]
    entries = struct.unpack("<H", data[start : start + 2])[0]
    after = start + 2 + 12 * entries
    data[after : after + 4] = struct.pack("<I", start)
    return bytes(data)


def webp_that_says(width, height):
    """A small lossy picture whose frame header says something else."""
    data = bytearray(flat((64, 64), "WEBP"))
    start = data.index(b"\x9d\x01\x2a") + 3
    data[start : start + 4] = struct.pack("<HH", width, height)
    return bytes(data)


def webp_cut():
    return gallery.saved(gallery.scene(), "WEBP", lossless=True)[:-5000]


def avif_cut():
    return gallery.saved(gallery.scene(), "AVIF")[:-2000]


# Drawings


def svg(body, attributes="", width=200, height=200):
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width}" height="{height}" {attributes}>{body}</svg>'
    ).encode()


def svg_laughs():
    """A billion copies of a word by entities."""
    entities = '<!ENTITY l0 "lol">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f"<?xml version='1.0'?><!DOCTYPE svg [{entities}]>".encode() + svg("<text>&l9;</text>")


def svg_copies():
    """A hundred million copies of a square by reference."""
    groups = '<g id="g0"><rect width="9" height="9"/></g>'
    for n in range(1, 9):
        groups += f'<g id="g{n}">' + f'<use xlink:href="#g{n - 1}"/>' * 10 + "</g>"
    return svg(f'<defs>{groups}</defs><use xlink:href="#g8"/>')


def svg_blurs():
    filters = "".join('<feGaussianBlur stdDeviation="500"/>' for _ in range(50))
    return svg(f'<filter id="f">{filters}</filter><rect width="2000" height="2000" filter="url(#f)"/>', "", 2000, 2000)


def svg_external(reference):
    return svg(
        f'<rect width="200" height="200" fill="#00ff00"/><image width="200" height="200" xlink:href="{reference}"/>'
    )


def svg_entity(path):
    return f"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY x SYSTEM 'file://{path}'>]>".encode() + svg(
        "<text>&x;</text>"
    )


def pdf(media_box, content):
    """One page."""
    stream = zlib.compress(content)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R >>" % media_box,
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(stream) + stream + b"\nendstream",
    ]
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")
    table = out.tell()
    out.write(b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % table)
    return out.getvalue()


def pdf_paths():
    """Two million curves that fill to nothing."""
    return pdf((600, 800), b"0 0 m 600 800 300 0 0 800 c f\n" * 400_000)
