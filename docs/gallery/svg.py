"""Terminal output as an SVG picture: svg.py COMMAND LINES < output

Knows the SGR sequences that oomscan prints (bold, dim, the eight colours) and nothing else of a terminal.
"""

import re
import sys
import unicodedata
from xml.sax.saxutils import escape

CELL, LINE, PAD, COLUMNS = 8.0, 18, 16, 112
BACK, TEXT, DIM, PROMPT = "#16191d", "#dfe3e8", "#8b949e", "#7db4ff"
COLORS = {31: "#ff7b70", 32: "#6fcf84", 33: "#e0a93b", 34: "#7db4ff", 35: "#c79bf2", 36: "#63c5d6", 37: TEXT, 90: DIM}


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def runs(line, style):
    """Pieces of equal style; `style` is changed in place, because it lasts over lines."""
    for part in re.split(r"(\x1b\[[0-9;]*m|\x1b\]8;;.*?\x1b\\)", line):
        found = re.fullmatch(r"\x1b\[([0-9;]*)m", part)
        if not found:
            if part and not part.startswith("\x1b]"):
                yield dict(style), part
            continue
        for code in map(int, (found[1] or "0").split(";")):
            if code == 0:
                style.clear()
            elif code == 1:
                style["bold"] = True
            elif code == 2:
                style["dim"] = True
            elif code in COLORS:
                style["color"] = COLORS[code]


def text(x, y, content, fill, bold=False):
    weight = ' font-weight="bold"' if bold else ""
    length = width(content) * CELL
    # Viewers fold blanks in a row, whatever xml:space says.
    content = escape(content.replace(" ", "\u00a0"))
    return f'<text x="{x:g}" y="{y}" fill="{fill}"{weight} textLength="{length:g}">{content}</text>'


def main():
    command, limit = sys.argv[1], int(sys.argv[2])
    lines = sys.stdin.read().rstrip("\n").split("\n")
    cut = len(lines) > limit
    drawn, y = [], PAD + 14
    drawn.append(text(PAD, y, "$ ", DIM) + text(PAD + 2 * CELL, y, command.replace(" --color always", ""), PROMPT, True))
    style = {}
    for line in lines[:limit]:
        y += LINE
        x = PAD
        for how, part in runs(line, style):
            room = COLUMNS - round((x - PAD) / CELL)
            if room <= 0:
                break
            if width(part) > room:
                part = part[: room - 1] + "…"
            if part.strip():
                fill = how.get("color", DIM if how.get("dim") else TEXT)
                # Blanks at the start of a text element are dropped by some viewers.
                lead = len(part) - len(part.lstrip())
                drawn.append(text(x + lead * CELL, y, part[lead:].rstrip(), fill, how.get("bold", False)))
            x += width(part) * CELL
    if cut:
        y += LINE
        drawn.append(text(PAD, y, f"... {len(lines) - limit} more lines", DIM))
    w, h = 2 * PAD + COLUMNS * CELL, y + PAD
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{w:g}" height="{h}" viewBox="0 0 {w:g} {h}">')
    print(f'<title>{escape(command)}</title><rect width="100%" height="100%" rx="8" fill="{BACK}"/>')
    fonts = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
    print(f'<g font-family="{fonts}" font-size="13.3">')
    print("\n".join(drawn))
    print("</g></svg>")


main()
