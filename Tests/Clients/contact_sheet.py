"""Writes a page that shows every picture of the gallery beside its styles, to be looked at."""

import html
import sys
import tempfile
from pathlib import Path

import requests

import gallery
import test_styles_pictures as golden
from attachments import attach
from conftest import _module_server

HEAD = """<!DOCTYPE html><meta charset="utf-8"><title>Styles of Larder</title>
<style>
body { font: 14px sans-serif; margin: 2em; background: #eee }
td, th { padding: 6px; text-align: left; vertical-align: top; border-bottom: 1px solid #bbb }
img { max-width: 300px; max-height: 300px; background: repeating-conic-gradient(#ccc 0 25%, #fff 0 50%) 0/16px 16px }
small { display: block; color: #555 }
</style>
<h1>Styles of Larder</h1>
<p>The first column is the original as Pillow shows it, upright and in sRGB; inks without a profile are shown as those of a
usual press. Whatever differs in shape or colour is wrong.</p>
"""


def cell(folder, name, data, note):
    (folder / name).write_bytes(data)
    return f'<td><img src="{html.escape(name)}" loading="lazy"><small>{html.escape(note)}</small></td>'


def row(folder, server, source):
    """One line of the page: the original, and each style."""
    data = source.make()
    attachment = attach(server, data, source.filename, source.content_type)
    shown = gallery.fit(source.shows(), (600, 600))
    facts = f"{attachment['width']} x {attachment['height']}, {attachment['dominant_color']}, {len(data):,} bytes"
    cells = [cell(folder, f"{source.name}.original.png", gallery.saved(shown, "PNG"), facts)]
    for style in golden.STYLES:
        url = attachment["style_url"].get(style["name"])
        if url is None:
            cells.append(f"<td>{html.escape(str(attachment.get('failure')))}</td>")
            continue
        answer = requests.get(url, timeout=30)
        kind = answer.headers["Content-Type"].partition("/")[2]
        cells.append(
            cell(
                folder,
                f"{source.name}.{style['name']}.{kind}",
                answer.content,
                f"{len(answer.content):,} bytes of {kind}",
            )
        )
    return f"<tr><th>{html.escape(source.name)}</th>{''.join(cells)}</tr>"


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="contact-sheet-"))
    folder.mkdir(parents=True, exist_ok=True)
    inputs = [one for one in gallery.INPUTS if one.missing is None]
    columns = "".join(
        f"<th>{html.escape(' '.join(f'{k}={v}' for k, v in style.items()))}</th>" for style in golden.STYLES
    )
    rows = []
    for server in _module_server(golden.CONFIGURATION):
        rows = [row(folder, server, source) for source in inputs]
    page = folder / "index.html"
    page.write_text(f"{HEAD}<table><tr><th></th><th>original</th>{columns}</tr>{''.join(rows)}</table>\n")
    print(page)


if __name__ == "__main__":
    main()
