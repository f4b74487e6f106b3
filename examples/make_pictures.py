"""Draws the pictures of the example articles: pictures/*.jpg and brand/*.png. Needs Pillow and nothing else.

    python examples/make_pictures.py            all of them
    python examples/make_pictures.py privacy    those whose name begins so

Every picture is a function of this file: no chance, no clock, no fonts. Each drawing's first line says what can
be seen, which is where the articles' alternative texts come from.
"""

# ruff: noqa: E731 - a short lambda says what a stroke covers, next to the stroke
from __future__ import annotations

import math
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from canvas import SIZE, Canvas, Point, around, blend, paint, spread, wave
from PIL import Image, ImageChops, ImageDraw

HERE = Path(__file__).resolve().parent
MOST_BYTES = 60_000
"""Of one picture; a busy one is compressed more."""

Drawing = Callable[[Canvas], None]

PICTURES: dict[str, tuple[str, str, Drawing]] = {}
"""Name: ground at the top, ground at the bottom, what is drawn on it."""


def picture(name: str, top: str, bottom: str) -> Callable[[Drawing], Drawing]:
    """Registers a drawing under its file name."""

    def register(drawing: Drawing) -> Drawing:
        PICTURES[name] = (top, bottom, drawing)
        return drawing

    return register


# ------------------------------------------------------------------------------------------------ Applications


@picture("applications-1", "#f6ecdf", "#f0dfca")
def bubbles(c: Canvas) -> None:
    """Three large speech bubbles overlap, coral, teal and mustard, with lines of text as bars."""

    def bubble(x: float, y: float, wide: float, high: float, tail: int) -> Drawing:
        def draw(into: Canvas) -> None:
            into.box(x, y, wide, high, "#ffffff", round_by=high / 2.6)
            foot = x + wide * 0.24 if tail < 0 else x + wide * 0.76
            into.shape(
                [(foot - 60, y + high - 40), (foot + 60, y + high - 40), (foot + tail * 70, y + high + 90)], "#ffffff"
            )

        return draw

    for draw, colours in (
        (bubble(560, 90, 860, 380, 1), ("#f8c35c", "#eea32e")),
        (bubble(170, 250, 820, 400, -1), ("#f4805f", "#e4553f")),
        (bubble(740, 480, 520, 240, 1), ("#2a8288", "#155761")),
    ):
        c.shadow(draw, "#5b2f14", 0.28)
        c.graded(draw, *colours, angle=30)
    for x, y, wide in ((270, 350, 560), (270, 420, 470), (270, 490, 300)):
        c.box(x, y, wide, 30, "#fff3e6", round_by=15)
    for index in range(3):
        c.disc(890 + index * 110, 600, 30, "#dff2ee" if index < 2 else "#f8c35c")


@picture("applications-2", "#12343b", "#0c2229")
def voice(c: Canvas) -> None:
    """A voice as a row of rounded bars, swelling to the middle, half in coral and half in cream."""
    c.shadow(lambda m: m.disc(800, 450, 330, "#ffffff"), "#2d8a8d", 0.5, 110, (0, 0))
    for index in range(41):
        x = 100 + index * 35
        swell = math.exp(-(((index - 20) / 9.5) ** 2))
        high = 26 + 560 * swell * (0.45 + 0.55 * abs(math.sin(index * 1.7) * math.cos(index * 0.6)))
        colour = (
            blend("#f4805f", "#f8c35c", index / 20) if index <= 20 else blend("#f8ead8", "#7fc4bf", (index - 20) / 20)
        )
        c.box(x - 10, 450 - high / 2, 20, high, colour, round_by=10)


@picture("applications-3", "#f8c35c", "#f0a63c")
def tiles(c: Canvas) -> None:
    """A grid of rounded tiles, like a telephone's screen, each with a quarter disc or a ring."""
    colours = ("#14424b", "#e4553f", "#fff1dd", "#2a8288", "#f6d58f")
    for row in range(4):
        for column in range(7):
            x, y = 62 + column * 214, 40 + row * 210
            pick = (row * 3 + column * 2 + (row * column) % 3) % 5
            c.box(x, y, 192, 192, colours[pick], round_by=46)
            other = colours[(pick + 2 + (column % 2)) % 5]
            kind = (row * 5 + column * 3) % 4

            def inside(m: Canvas, x: float = x, y: float = y) -> None:
                m.box(x, y, 192, 192, "#ffffff", round_by=46)

            def mark(m: Canvas, x: float = x, y: float = y, other: str = other, kind: int = kind) -> None:
                if kind == 0:
                    m.disc(x, y + 192, 150, other)
                elif kind == 1:
                    m.ring(x + 96, y + 96, 62, 24, other)
                elif kind == 2:
                    m.pie(x + 192, y, 150, 90, 180, other)
                else:
                    m.disc(x + 96, y + 96, 40, other)

            c.clipped(inside, mark)


# --------------------------------------------------------------------------------------------------- Companies


@picture("companies-1", "#14213d", "#24386b")
def merger(c: Canvas) -> None:
    """Two large discs, gold and ivory, slide into each other; where they meet, a field of dots."""
    left = lambda m: m.disc(610, 450, 310, "#ffffff")
    right = lambda m: m.disc(990, 450, 310, "#ffffff")
    c.shadow(left, "#000000", 0.4, 40)
    c.graded(left, "#ffc45c", "#f08a1d", 20)
    c.shadow(right, "#000000", 0.35, 40)
    c.graded(right, "#f7f1e6", "#cfd3dc", 20)

    def both(m: Canvas) -> None:
        m.image = ImageChops.multiply(m.mask(left).convert("RGB"), m.mask(right).convert("RGB"))

    c.graded(both, "#d9502f", "#a8301f", 20)
    c.clipped(both, lambda m: m.halftone(680, 140, 260, 620, 26, "#14213d", lambda u, v: 2 + 10 * v))


@picture("companies-2", "#f3d9a8", "#f0b46a")
def towers(c: Canvas) -> None:
    """Towers of different height stand as a bar chart before a low red sun."""
    c.graded(lambda m: m.disc(1080, 470, 300, "#ffffff"), "#e9573f", "#f08a3c")
    heights = (230, 330, 290, 430, 380, 540, 470, 640, 590, 740)
    for index, high in enumerate(heights):
        x = 90 + index * 145
        c.graded(lambda m, x=x, high=high: m.box(x, 900 - high, 122, high, "#ffffff"), "#2b4170", "#101c36")
        c.box(x + 98, 900 - high, 24, high, "#0c1630", 0.5)
        for row in range(int(high / 46) - 1):
            for column in range(3):
                if (index * 7 + row * 5 + column * 3) % 4 < 2:
                    c.box(x + 14 + column * 28, 900 - high + 26 + row * 46, 15, 22, "#ffcf7a", 0.9)


@picture("companies-3", "#1c2f57", "#101d3a")
def stairs(c: Canvas) -> None:
    """Pale steps climb to the right; one gold ball waits on each, and the last one rolls off."""
    for index in range(7):
        x, y = 80 + index * 210, 760 - index * 92
        c.graded(lambda m, x=x, y=y: m.box(x, y, 210, 940 - y, "#ffffff"), blend("#fbf3e4", "#8ea2cf", index / 7),
                 blend("#8fa1c7", "#2c447c", index / 7))  # fmt: skip
        c.box(x, y, 210, 12, "#ffffff", 0.65)
        ball = lambda m, x=x, y=y: m.disc(x + 105, y - 46, 44, "#ffffff")
        c.shadow(ball, "#0b142b", 0.5, 12, (8, 14))
        c.graded(ball, "#ffd98a", "#ee8f22", 30)


# ------------------------------------------------------------------------------------ Deep & Reinforcement Learning


@picture("learning-1", "#2a1850", "#160c30")
def network(c: Canvas) -> None:
    """Five columns of glowing nodes, joined by fine threads, one path lit from left to right."""
    layers = [(200, 4), (500, 7), (800, 9), (1100, 7), (1400, 4)]
    places = [[(x, 450 + (i - (n - 1) / 2) * 92) for i in range(n)] for x, n in layers]
    for left, right in pairwise(places):
        for i, start in enumerate(left):
            for j, end in enumerate(right):
                c.line([start, end], 1.6 + ((i * 3 + j * 5) % 4) * 0.6, "#8f7fd0", 0.35)
    lit = [places[0][1], places[1][2], places[2][5], places[3][4], places[4][2]]
    c.shadow(lambda m: m.line(lit, 16, "#ffffff"), "#ff6f9f", 0.9, 18, (0, 0))
    c.line(lit, 8, "#ff9fb8")
    for column, nodes in enumerate(places):
        for x, y in nodes:
            bright = (x, y) in lit
            colour = "#ffd2b0" if bright else blend("#7fd6e6", "#c37be0", column / 4)
            c.disc(x, y, 30 if bright else 21, colour)
            c.disc(x, y, 13 if bright else 8, "#2a1850")


@picture("learning-2", "#f5c9b6", "#e59bab")
def maze(c: Canvas) -> None:
    """A round maze seen from above; a small bright ball has found half of the way to its middle."""
    c.shadow(lambda m: m.disc(800, 450, 400, "#ffffff"), "#6b1f4d", 0.4, 40)
    c.graded(lambda m: m.disc(800, 450, 400, "#ffffff"), "#4b2380", "#24124d", 20)
    for index in range(6):
        radius, gap = 372 - index * 58, (index * 137 + 40) % 360
        c.arc(800, 450, radius, gap + 24, gap + 336, 12, blend("#f7b2c4", "#fbe3c8", index / 5))
    for index in range(5):
        angle = index * 137 + 130
        c.line([around(800, 450, 366 - index * 58, angle), around(800, 450, 320 - index * 58, angle)], 12, "#f7c6c6")
    trail = [around(800, 450, 336, angle) for angle in range(150, 398, 4)]
    c.line(trail, 10, "#6fd3e3", 0.85)
    c.shadow(lambda m: m.disc(*trail[-1], 26, "#ffffff"), "#6fd3e3", 1, 20, (0, 0))
    c.disc(*trail[-1], 22, "#f2feff")
    c.disc(800, 450, 22, "#ffcf6b")


def bell(x: float, middle: float) -> float:
    """1 in the middle, falling to 0 on both sides."""
    return math.exp(-(((x - middle) / 190) ** 2))


@picture("learning-3", "#311d5e", "#7a2d6f")
def landscape(c: Canvas) -> None:
    """Ranges of hills in violet and rose; a white ball rolls down to the lowest valley."""
    for index in range(9):
        share = index / 8
        base = 300 + index * 66
        high, long, peak = 70 - 34 * share, 170 + index * 22, 420 + index * 60
        ridge = [
            (x, base + high * math.sin(x / long + index * 1.9) - 120 * bell(x, peak)) for x in range(-20, 1640, 12)
        ]
        c.graded(lambda m, ridge=ridge: m.shape([*ridge, (1640, 920), (-20, 920)], "#ffffff"),
                 blend("#ffb38a", "#371a66", share), blend("#d64a8b", "#1b0d3b", share))  # fmt: skip
    path = [(520 + t * 9.2, 300 + 250 * (t / 60) ** 1.5 + 26 * math.sin(t / 6)) for t in range(61)]
    for x, y in path[::4]:
        c.disc(x, y, 7, "#fff4e8", 0.75)
    c.shadow(lambda m: m.disc(*path[-1], 34, "#ffffff"), "#ffe6c7", 0.9, 26, (0, 0))
    c.disc(*path[-1], 32, "#fffaf3")


# -------------------------------------------------------------------------------------------------- Enterprise


def cube(c: Canvas, x: float, y: float, size: float, high: float, colour: str) -> None:
    """An isometric block with three shades; (x, y) is the front foot."""
    dx, dy = size * 0.866, size * 0.5
    c.shape([(x, y), (x - dx, y - dy), (x - dx, y - dy - high), (x, y - high)], blend(colour, "#0f1a22", 0.32))
    c.shape([(x, y), (x + dx, y - dy), (x + dx, y - dy - high), (x, y - high)], blend(colour, "#0f1a22", 0.56))
    c.shape([(x, y - high), (x - dx, y - dy - high), (x, y - 2 * dy - high), (x + dx, y - dy - high)], colour)


@picture("enterprise-1", "#efe3cf", "#dfcdb0")
def blocks(c: Canvas) -> None:
    """A city of isometric blocks in slate and sky blue; a few orange ones stand out."""
    for depth in range(-12, 30):
        for side in range(-9, 10):
            if (depth + side) % 2:
                continue
            x, y = 800 + side * 112, 100 + depth * 65
            value = (depth * 5 + side * 8 + depth * side) % 13
            colour = "#e4743b" if value == 6 else ("#7fb7d9", "#5a8dac", "#3b6480", "#2f5168")[value % 4]
            cube(c, x, y, 129, 20 + value * 15, colour)


@picture("enterprise-2", "#20313f", "#14212c")
def papers(c: Canvas) -> None:
    """Sheets of paper fan out, each with lines and a box; the last carries an orange mark."""

    def sheet(turn: float) -> list[Point]:
        corners = [(-190, -270), (190, -270), (190, 270), (-190, 270)]
        cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        return [(px * cos - py * sin, px * sin + py * cos) for px, py in corners]

    for index in range(6):
        turn, cx, cy = -32 + index * 12, 420 + index * 152, 510 - 60 * math.sin(index / 5 * math.pi)
        corners = [(cx + px, cy + py) for px, py in sheet(turn)]
        c.shadow(lambda m, corners=corners: m.shape(corners, "#ffffff"), "#05090d", 0.5, 22)
        c.graded(lambda m, corners=corners: m.shape(corners, "#ffffff"), blend("#bcd6e6", "#fdf6ea", index / 5),
                 blend("#7fa9c4", "#e9dcc4", index / 5), -turn)  # fmt: skip
        cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        for line in range(7):
            wide = (300, 250, 280, 210, 290, 240, 150)[line]
            y = -190 + line * 52
            start, end = (
                (-150 * cos - y * sin, -150 * sin + y * cos),
                ((wide - 150) * cos - y * sin, (wide - 150) * sin + y * cos),
            )
            c.line(
                [(cx + start[0], cy + start[1]), (cx + end[0], cy + end[1])],
                12,
                "#e4743b" if index == 5 and line == 3 else "#50748b",
            )
        if index == 5:
            c.ring(cx + 100 * cos - 190 * sin, cy + 100 * sin + 190 * cos, 52, 14, "#e4743b")


@picture("enterprise-3", "#7fb7d9", "#4f8fb8")
def pipes(c: Canvas) -> None:
    """Thick lines run in parallel, bend and branch like an underground map, with stations on them."""
    routes = (
        ("#14212c", [(-40, 180), (420, 180), (640, 400), (1100, 400), (1320, 180), (1660, 180)]),
        ("#fdf6ea", [(-40, 300), (330, 300), (640, 610), (980, 610), (1230, 360), (1660, 360)]),
        ("#e4743b", [(-40, 740), (300, 740), (520, 520), (760, 520), (960, 720), (1660, 720)]),
        ("#2f5168", [(-40, 560), (220, 560), (450, 790), (1180, 790), (1420, 550), (1660, 550)]),
    )
    for colour, route in routes:
        c.shadow(lambda m, route=route: m.line(route, 44, "#ffffff"), "#0d2433", 0.3, 10, (0, 10))
        c.line(route, 44, colour)
        for x, y in route[1:-1]:
            c.disc(x, y, 22, colour)
    for x, y in (
        (420, 180),
        (640, 400),
        (870, 400),
        (330, 300),
        (800, 610),
        (520, 520),
        (960, 720),
        (1230, 360),
        (1180, 790),
        (740, 790),
    ):
        c.disc(x, y, 34, "#14212c")
        c.disc(x, y, 23, "#ffffff")


# --------------------------------------------------------------------------------------------- Ethics & Society


@picture("society-1", "#f7ede2", "#efd9cc")
def balance(c: Canvas) -> None:
    """A long beam rests on a triangle; a great plum disc and many small ones keep it level."""
    c.graded(lambda m: m.shape([(800, 560), (680, 790), (920, 790)], "#ffffff"), "#d9932f", "#a8641a")
    c.box(0, 790, 1600, 120, "#4a1f3d")
    c.line([(190, 548), (1410, 548)], 22, "#4a1f3d")
    big = lambda m: m.disc(410, 352, 184, "#ffffff")
    c.shadow(big, "#4a1f3d", 0.3, 26)
    c.graded(big, "#8b3a68", "#4a1f3d", 25)
    spots = (
        (1030, 500, 36), (1112, 490, 46), (1208, 498, 38), (1294, 488, 48), (1160, 412, 40),
        (1074, 420, 34), (1250, 408, 38), (1212, 340, 34), (1128, 344, 30), (1172, 282, 26),
    )  # fmt: skip
    colours = (("#e88d86", "#cf5f63"), ("#f0b766", "#d9932f"), ("#3f8f8a", "#1f5f63"))
    for index, (x, y, radius) in enumerate(spots):
        c.graded(lambda m, x=x, y=y, radius=radius: m.disc(x, y, radius, "#ffffff"), *colours[index % 3], 25)


@picture("society-2", "#4a1f3d", "#2c1026")
def crowd(c: Canvas) -> None:
    """A crowd of round heads and shoulders, row behind row, in warm colours; one is lit from above."""
    colours = ("#e7a6a1", "#d9932f", "#c85f63", "#8b4a78", "#f3c98b", "#5d8f8e")
    for row in range(5):
        for index in range(-1, 10):
            x = index * 186 + (row % 2) * 93 + 40
            y = 260 + row * 150
            pick = (row * 4 + index * 3 + (row * index) % 2) % 6
            lit = row == 2 and index == 4
            colour = "#fff4dc" if lit else blend(colours[pick], "#2c1026", 0.62 - row * 0.14)
            if lit:
                c.shape([(x - 40, -20), (x + 40, -20), (x + 230, 720), (x - 230, 720)], "#fff4dc", 0.16)
            c.pie(x, y + 196, 112, 180, 360, colour)
            c.disc(x, y + 26, 56, colour)


@picture("society-3", "#e7a6a1", "#d98b7c")
def halves(c: Canvas) -> None:
    """Half discs in plum, cream and ochre are set against each other like a quilt of faces."""
    colours = ("#4a1f3d", "#f7ede2", "#d9932f", "#1f5f63", "#b8455a")
    for row in range(3):
        for column in range(5):
            x, y = 160 + column * 320, 150 + row * 300
            first = colours[(row * 2 + column) % 5]
            second = colours[(row + column * 2 + 2) % 5]
            if first == second:
                second = colours[(row + column * 2 + 3) % 5]
            turn = ((row + column) % 2) * 90
            shift = 14 if (row * 5 + column) % 3 == 0 else 0
            dx, dy = (-shift, 0) if turn else (0, shift)
            c.pie(x + dx, y + dy, 128, turn, turn + 180, first)
            c.pie(x - dx, y - dy, 128, turn + 180, turn + 360, second)
            if (row + 2 * column) % 4 == 1:
                c.disc(x, y, 34, "#e7a6a1")


# -------------------------------------------------------------------------------------------------- Industries


@picture("industries-1", "#f5dfae", "#f2b873")
def field(c: Canvas) -> None:
    """Rows of a field run towards a low sun between rounded hills."""
    c.graded(lambda m: m.disc(1030, 400, 170, "#ffffff"), "#e8622f", "#f39b45")
    hill = [(x, 420 + 44 * math.sin(x / 230 + 0.6) - 50 * math.sin(x / 610)) for x in range(-10, 1620, 10)]
    c.graded(lambda m: m.shape([*hill, (1620, 910), (-10, 910)], "#ffffff"), "#4d8177", "#21414a")
    near = [(x, 520 + 20 * math.sin(x / 390 + 2)) for x in range(-10, 1620, 10)]
    ground = lambda m: m.shape([*near, (1620, 910), (-10, 910)], "#ffffff")
    c.graded(ground, "#ebc777", "#c98b3a")

    def rows(m: Canvas) -> None:
        for index in range(-13, 14):
            foot, top = 800 + index * 210, 900 + index * 34
            m.shape([(foot - 62, 920), (foot + 62, 920), (top + 5, 490), (top - 5, 490)], "#2f6157", 0.9)
            m.shape([(foot + 20, 920), (foot + 62, 920), (top + 5, 490), (top + 1, 490)], "#1d463f", 0.75)

    c.clipped(ground, rows)


@picture("industries-2", "#cfe3e6", "#8fbac4")
def turbines(c: Canvas) -> None:
    """White wind turbines of different size turn over a dark sea of fine waves."""
    for x, foot, size in ((250, 640, 0.62), (1390, 650, 0.7), (980, 640, 0.5), (620, 690, 1.15)):
        top = foot - 400 * size
        c.shape(
            [(x - 11 * size, foot + 60), (x + 11 * size, foot + 60), (x + 5 * size, top), (x - 5 * size, top)],
            "#f7f9f6",
        )
        for blade in range(3):
            angle = blade * 120 + x * 0.3
            tip = around(x, top, 215 * size, angle)
            left, right = around(x, top, 58 * size, angle + 16), around(x, top, 40 * size, angle - 14)
            c.shape([(x, top), left, tip, right], "#ffffff")
        c.disc(x, top, 17 * size, "#c65d2e")
    for index in range(9):
        y = 655 + index * 32
        points = wave(-20, 1620, y, 9 + index, 5 - index * 0.35, index * 1.3)
        c.shape([*points, (1620, 920), (-20, 920)], blend("#4a8792", "#12303a", index / 8))


@picture("industries-3", "#21414a", "#132a31")
def containers(c: Canvas) -> None:
    """A wall of shipping containers in rust, wheat and grey-green, one hanging from a crane's ropes."""
    colours = ("#c65d2e", "#ebc777", "#5f9188", "#e8e4d6", "#8c3b22", "#39707a")

    def container(x: float, y: float, colour: str) -> None:
        c.graded(lambda m: m.box(x, y, 252, 122, "#ffffff", round_by=5), colour, blend(colour, "#0d1c21", 0.22))
        for rib in range(11):
            c.box(x + 14 + rib * 21, y + 12, 8, 98, blend(colour, "#0d1c21", 0.25), 0.6)

    for row in range(5):
        for column in range(6):
            if (row, column) in ((0, 1), (0, 2), (0, 4), (1, 2)):
                continue
            container(30 + column * 262, 258 + row * 130, colours[(row * 4 + column * 5 + row * column) % 6])
    c.line([(560, -20), (600, 130)], 6, "#e8e4d6")
    c.line([(760, -20), (800, 130)], 6, "#e8e4d6")
    c.shadow(lambda m: m.box(574, 130, 252, 122, "#ffffff"), "#04090b", 0.5, 22, (0, 26))
    container(574, 130, "#f0a63c")


# ------------------------------------------------------------------------------------- Legislation & Government


@picture("legislation-1", "#e8e2d6", "#d3c8b4")
def columns(c: Canvas) -> None:
    """Tall fluted columns in deep blue and stone carry a beam; long shadows fall to the right."""
    c.box(0, 0, 1600, 120, "#1c2e5a")
    c.box(0, 120, 1600, 26, "#c9a24b")
    c.box(0, 800, 1600, 100, "#1c2e5a")
    c.box(0, 780, 1600, 22, "#b4513b")
    for index in range(5):
        x = 110 + index * 320
        c.shape([(x + 150, 146), (x + 150, 780), (x + 330, 780)], "#8d7f64", 0.38)
        c.box(x - 30, 146, 210, 34, "#1c2e5a")
        c.box(x - 30, 742, 210, 38, "#1c2e5a")
        for flute in range(6):
            shade = blend("#fbf7ee", "#4a5d8f", abs(flute - 1.5) / 4.5)
            c.box(x + flute * 25, 180, 25, 562, shade)
            c.box(x + flute * 25 + 19, 196, 6, 530, "#1c2e5a", 0.35)


@picture("legislation-2", "#1c2e5a", "#111d3d")
def hemicycle(c: Canvas) -> None:
    """The seats of a parliament as dots in half circles, in blue, brick, brass and white."""
    for row in range(9):
        radius = 250 + row * 62
        seats = 13 + row * 3
        for seat in range(seats):
            share = seat / (seats - 1)
            angle = 188 + 164 * share
            colour = (
                "#b4513b" if share < 0.31 else "#e8e2d6" if share < 0.42 else "#c9a24b" if share < 0.66 else "#6f8ccb"
            )
            absent = (row * 7 + seat * 5) % 17 == 0
            x, y = around(800, 850, radius, angle)
            if absent:
                c.ring(x, y, 22, 4, colour)
            else:
                c.disc(x, y, 22, colour)
    c.graded(lambda m: m.pie(800, 850, 150, 180, 360, "#ffffff"), "#e8c877", "#b98d2f")
    c.box(0, 850, 1600, 50, "#0b1430")


@picture("legislation-3", "#b4513b", "#8f3a28")
def paragraph(c: Canvas) -> None:
    """A tall page of text lines with one passage marked in brass and a round seal at its foot."""
    page = lambda m: m.box(420, 70, 760, 900, "#ffffff", round_by=8)
    c.shadow(page, "#2a0d06", 0.5, 40)
    c.graded(page, "#fbf6ea", "#e6dcc6")
    c.box(510, 150, 330, 30, "#1c2e5a")
    for index in range(13):
        wide = (580, 560, 575, 300, 570, 580, 540, 420, 565, 580, 380, 300, 260)[index]
        if index in (4, 5, 6):
            c.box(496, 232 + index * 42, wide + 28, 34, "#e4bd5c")
        c.box(510, 240 + index * 42, wide, 16, "#5a678c")
    seal = lambda m: [m.pie(1010, 770, 118, a * 20, a * 20 + 13, "#ffffff") for a in range(18)] and None
    c.graded(seal, "#c9a24b", "#97702a")
    c.disc(1010, 770, 96, "#1c2e5a")
    c.ring(1010, 770, 78, 6, "#e4bd5c")
    for index in range(5):
        c.shape(
            [
                around(1010, 770, 46, index * 72 - 90),
                around(1010, 770, 18, index * 72 - 54),
                around(1010, 770, 18, index * 72 - 126),
            ],
            "#e4bd5c",
        )
    c.disc(1010, 770, 18, "#e4bd5c")


@picture("legislation-4", "#22366a", "#152449")
def drawers(c: Canvas) -> None:
    """A cabinet of card-index drawers, three of them open, with cards in brass and brick red."""
    for row in range(5):
        for column in range(6):
            x, y = 62 + column * 248, 34 + row * 168
            opened = (row, column) in ((1, 1), (2, 4), (3, 2))
            low = y + (26 if opened else 0)
            front = lambda m, x=x, low=low: m.box(x, low, 230, 150, "#ffffff", round_by=10)
            if opened:
                for card in range(6):
                    colour = ("#c9a24b", "#fbf6ea", "#b4513b")[card % 3]
                    c.box(x + 14 + card % 2 * 4, y - 34 + card * 9, 198, 120, colour, round_by=8)
                    c.box(x + 30 + card * 26, y - 44 + card * 9, 44, 20, colour, round_by=6)
            c.shadow(front, "#060d22", 0.55 if opened else 0.3, 16 if opened else 8)
            c.graded(front, "#f1e9d8" if opened else "#e3dac6", "#d6c9ae" if opened else "#c4b798")
            c.box(x + 60, low + 34, 110, 44, "#fdfaf2", round_by=6)
            c.box(x + 74, low + 50, 60 + (row * 5 + column * 3) % 4 * 8, 10, "#5a678c", round_by=5)
            c.arc(x + 115, low + 92, 30, 20, 160, 10, "#8a6a22")


# -------------------------------------------------------------------------------------------- Machine Learning


@picture("models-1", "#f3f2e4", "#dfe7d2")
def boundary(c: Canvas) -> None:
    """Dots of two kinds, coral rings and green discs, on both sides of a curved border."""
    edge = lambda x: 470 + 190 * math.sin(x / 260 - 0.5) - 0.12 * (x - 800)
    border = [(x, edge(x)) for x in range(-20, 1640, 10)]
    c.graded(lambda m: m.shape([*border, (1640, 920), (-20, 920)], "#ffffff"), "#15595a", "#0c3334")
    for offset in (60, 120):
        c.line([(x, y + offset) for x, y in border], 3, "#a6dcc0", 0.4)
        c.line([(x, y - offset) for x, y in border], 3, "#0f3d3e", 0.3)
    c.line(border, 12, "#d5e05b")
    for u, v in spread(150):
        x, y = 30 + u * 1540, 30 + v * 840
        gap = y - edge(x)
        if gap > 46:
            c.disc(x, y, 17, "#a6dcc0" if gap < 200 else "#5fb092")
        elif gap < -46:
            c.ring(x, y, 19, 8, "#ee6c4d" if gap > -220 else "#f3a58f")


@picture("models-2", "#0f3d3e", "#092727")
def heat(c: Canvas) -> None:
    """A matrix of rounded squares glows along its diagonal, from dark green to lime."""
    for row in range(14):
        for column in range(25):
            u, v = column / 24, row / 13
            near = math.exp(-(((u - v) * 3.1) ** 2)) * 0.85 + 0.4 * math.exp(-(((u - 0.82) ** 2 + (v - 0.2) ** 2) * 26))
            value = min(1.0, near * (0.7 + 0.3 * math.sin(row * 1.9 + column * 2.7)))
            colour = (
                blend("#13494a", "#49ad8c", min(1, value * 1.9))
                if value < 0.53
                else blend("#49ad8c", "#e8ee6a", (value - 0.53) / 0.47)
            )
            c.box(37 + column * 61.5, 28 + row * 61.5, 50, 50, colour, round_by=11)


@picture("models-3", "#d9ecdd", "#b7dcc6")
def ribbons(c: Canvas) -> None:
    """Broad ribbons in greens, lime and coral flow from left to right, crossing and narrowing."""

    def ribbon(y0: float, y1: float, thick0: float, thick1: float) -> list[Point]:
        ease = [(i / 80, (1 - math.cos(math.pi * i / 80)) / 2) for i in range(81)]
        upper = [(t * 1600, y0 + (y1 - y0) * e - (thick0 + (thick1 - thick0) * e) / 2) for t, e in ease]
        lower = [(t * 1600, y0 + (y1 - y0) * e + (thick0 + (thick1 - thick0) * e) / 2) for t, e in ease]
        return upper + lower[::-1]

    bands = (
        (120, 620, 150, 60, "#0f3d3e", "#15595a"), (300, 130, 150, 170, "#49ad8c", "#2d8f78"),
        (470, 780, 130, 110, "#d5e05b", "#a9bd2c"), (620, 330, 110, 150, "#ee6c4d", "#d04a35"),
        (780, 500, 140, 90, "#7cc7a6", "#15595a"),
    )  # fmt: skip
    for y0, y1, thick0, thick1, first, second in bands:
        points = ribbon(y0, y1, thick0, thick1)
        c.shadow(lambda m, points=points: m.shape(points, "#ffffff"), "#0b3030", 0.25, 14, (0, 10))
        c.graded(lambda m, points=points: m.shape(points, "#ffffff"), first, second, 90, 0.94)


# ------------------------------------------------------------------------------------------------------ Privacy


@picture("privacy-1", "#171a2e", "#2a2450")
def keyhole(c: Canvas) -> None:
    """A keyhole of light in the middle of many rings, from midnight blue to lilac."""
    for index in range(11):
        radius = 640 - index * 48
        c.disc(800, 450, radius, blend("#1d2040", "#8f7cd6", (index / 10) ** 1.4))
    hole = lambda m: (
        m.disc(800, 404, 74, "#ffffff"),
        m.shape([(770, 430), (830, 430), (866, 590), (734, 590)], "#ffffff"),
    )
    c.shadow(hole, "#f7f3ff", 0.9, 40, (0, 0))
    c.graded(hole, "#ffffff", "#ffd7e0")
    c.shape([(734, 590), (866, 590), (1060, 920), (540, 920)], "#ffe9ee", 0.3)


@picture("privacy-2", "#e4eaf7", "#c9d2ee")
def blinds(c: Canvas) -> None:
    """A figure, head pink and shoulders lilac, is seen only in stripes, through half-closed blinds."""
    c.graded(lambda m: m.disc(800, 340, 220, "#ffffff"), "#f7809a", "#d2548f", 30)
    c.graded(lambda m: m.pie(800, 960, 400, 180, 360, "#ffffff"), "#8d6fe0", "#5a3fb4", 30)
    for index in range(11):
        y = index * 86 - 20
        high = 64 - 3.4 * index
        c.shadow(lambda m, y=y, high=high: m.box(-20, y, 1640, high, "#ffffff"), "#2a2450", 0.28, 9, (0, 10))
        c.graded(lambda m, y=y, high=high: m.box(-20, y, 1640, high, "#ffffff"), "#f7f9ff", "#b9c3e6")


@picture("privacy-3", "#2b2356", "#171a2e")
def mosaic(c: Canvas) -> None:
    """A round portrait dissolves into coarse squares, pink and lilac, from left to right."""
    size = 50
    for row in range(18):
        for column in range(32):
            x, y = column * size + 25, row * size + 25
            far = math.hypot(x - 800, y - 450)
            shoulders = y > 640 and abs(x - 800) < 420 * math.sqrt(max(0.0, (y - 610) / 300))
            if not (far < 255 or shoulders):
                continue
            noise = ((row * 37 + column * 53 + row * column * 7) % 11) / 10
            loss = max(0.0, (x - 560) / 640)
            if noise < loss * 0.75:
                continue
            light = 0.5 + 0.5 * math.cos(far / 150 + noise * loss * 2)
            colour = blend(blend("#f05d7b", "#8d6fe0", row / 17), "#e4eaf7", light * 0.55)
            inset = 1 + 20 * noise * loss
            c.box(x - 25 + inset, y - 25 + inset, size - 2 * inset, size - 2 * inset, colour)


# ----------------------------------------------------------------------------------------------------- Research


@picture("research-1", "#0c1b2a", "#16344b")
def orbits(c: Canvas) -> None:
    """Tilted orbits around a yellow star, with planets of different colour on each."""
    for u, v in spread(120):
        c.disc(u * 1600, v * 900, 1.2 + 2.4 * ((u * 7 + v * 3) % 1), "#bfe0ee", 0.7)
    c.shadow(lambda m: m.disc(800, 450, 110, "#ffffff"), "#f5d547", 0.85, 70, (0, 0))
    colours = ("#58b4d1", "#f08a5d", "#e9eef2", "#f5d547", "#7f9cf5")
    for index in range(5):
        wide, high = 230 + index * 128, 80 + index * 62
        turn = math.radians(-18)
        points = []
        for step in range(181):
            a = math.radians(step * 2)
            px, py = wide * math.cos(a), high * math.sin(a)
            points.append(
                (800 + px * math.cos(turn) - py * math.sin(turn), 450 + px * math.sin(turn) + py * math.cos(turn))
            )
        c.line(points, 4, "#a9d4e5", 0.65)
        x, y = points[(index * 47 + 20) % 180]
        c.graded(
            lambda m, x=x, y=y, index=index: m.disc(x, y, 24 + index * 7, "#ffffff"),
            colours[index],
            blend(colours[index], "#0c1b2a", 0.55),
            35,
        )
    c.graded(lambda m: m.disc(800, 450, 96, "#ffffff"), "#fff3b0", "#f2b632", 25)


@picture("research-2", "#f4f1e6", "#e6e4d4")
def curves(c: Canvas) -> None:
    """A plot on squared paper: measured dots scatter around two rising curves with their bands of doubt."""
    for x in range(0, 1601, 80):
        c.line([(x, 0), (x, 900)], 2, "#9db8c4", 0.35)
    for y in range(10, 901, 80):
        c.line([(0, y), (1600, y)], 2, "#9db8c4", 0.35)
    for top, colour, phase in ((170, "#0f6f8f", 0.0), (420, "#e0642f", 0.5)):
        f = lambda x, top=top, phase=phase: (
            top + (800 - top) / (1 + math.exp((x - 640 - 280 * phase) / 190)) - 8 * math.sin(x / 70)
        )
        xs = range(120, 1500, 10)
        band = lambda x: 22 + 46 * abs(x - 700) / 700
        c.shape([*[(x, f(x) - band(x)) for x in xs], *[(x, f(x) + band(x)) for x in reversed(xs)]], colour, 0.2)
        c.line([(x, f(x)) for x in xs], 10, colour)
        for index, (u, v) in enumerate(spread(26)):
            x = 130 + (index + u * 0.8) * 52
            c.disc(x, f(x) + (v - 0.5) * 110, 14, colour)
            c.disc(x, f(x) + (v - 0.5) * 110, 7, "#f4f1e6")
    c.line([(120, 60), (120, 830), (1520, 830)], 10, "#0c1b2a")


@picture("research-3", "#16344b", "#0c1b2a")
def lattice(c: Canvas) -> None:
    """A honeycomb of bonds and atoms, lit from the upper left, with one yellow atom out of place."""
    side = 118
    for row in range(-1, 7):
        for column in range(-1, 9):
            x = column * side * 1.732 + (row % 2) * side * 0.866 + 10
            y = row * side * 1.5 + 20
            light = max(0.12, 1 - math.hypot(x - 480, y - 220) / 1150)
            corners = [around(x, y, side, 60 * k - 30) for k in range(6)]
            c.line([*corners, corners[0]], 12, blend("#16344b", "#7cc4dd", light))
            for k, (px, py) in enumerate(corners[:2]):
                c.disc(px, py, 27 if k else 22, blend("#1c3f58", "#e9f4f8" if k else "#58b4d1", light))
    c.shadow(lambda m: m.disc(905, 428, 58, "#ffffff"), "#f5d547", 0.9, 40, (0, 0))
    c.graded(lambda m: m.disc(905, 428, 52, "#ffffff"), "#fff0a8", "#eaa52b", 30)


# ----------------------------------------------------------------------------------------------------- Robotics


def joint(c: Canvas, x: float, y: float, radius: float, colour: str, core: str) -> None:
    """A round joint with a shadow and a hub."""
    c.shadow(lambda m: m.disc(x, y, radius, "#ffffff"), "#2b0f04", 0.35, 14, (0, 10))
    c.disc(x, y, radius, colour)
    c.disc(x, y, radius * 0.42, core)


@picture("robotics-1", "#f4713a", "#e2481e")
def arm(c: Canvas) -> None:
    """A robot arm of three thick limbs and round joints bends over a small teal ball."""
    c.disc(980, 470, 380, "#f9a26c", 0.45)
    c.box(0, 800, 1600, 110, "#26262b")
    points = [(420, 790), (520, 380), (900, 240), (1130, 520)]
    c.shape([(280, 800), (560, 800), (510, 700), (330, 700)], "#3a3a42")
    for (start, end), width in zip(pairwise(points), (96, 78, 60), strict=True):
        c.shadow(
            lambda m, start=start, end=end, width=width: m.line([start, end], width, "#ffffff"), "#5a1604", 0.4, 18
        )
        c.line([start, end], width, "#fff1e0")
        c.line([start, end], width * 0.16, "#f0b48c")
    for (x, y), radius in zip(points, (92, 82, 70, 54), strict=True):
        joint(c, x, y, radius, "#26262b", "#f4713a")
    c.arc(1130, 620, 104, 200, 268, 26, "#26262b")
    c.arc(1130, 620, 104, 272, 340, 26, "#26262b")
    c.arc(1130, 640, 104, 150, 200, 22, "#26262b")
    c.arc(1130, 640, 104, -20, 30, 22, "#26262b")
    c.graded(lambda m: m.disc(1130, 726, 72, "#ffffff"), "#3fb3ab", "#10686a", 30)


@picture("robotics-2", "#fff1e0", "#f7d9b8")
def gait(c: Canvas) -> None:
    """The stride of a four-legged robot, as in a photograph with many flashes, fades from charcoal to orange."""
    c.box(0, 760, 1600, 150, "#26262b")
    for step in range(7):
        share = step / 6
        x = 250 + step * 178
        colour = blend("#f6b48a", "#e2481e" if step < 6 else "#26262b", share)
        alpha = 0.28 + 0.12 * step if step < 6 else 1
        bob = 14 * math.sin(step * 1.7)
        for side, hip in ((0, x - 120), (1, x + 120)):
            for phase in (0, math.pi):
                swing = math.sin(step * 1.15 + side * 1.6 + phase)
                knee = (hip - 34 + 52 * swing, 560 + bob)
                foot = (hip + 12 + 96 * swing, 752 - max(0.0, math.cos(step * 1.15 + side * 1.6 + phase)) * 56)
                c.line([(hip, 440 + bob), knee, foot], 30, colour, alpha)
                c.disc(*foot, 17, colour, alpha)
        c.box(x - 190, 370 + bob, 380, 118, colour, alpha, round_by=58)
        if step == 6:
            c.box(x + 60, 400 + bob, 96, 30, "#3fb3ab", round_by=15)
            for hip in (x - 120, x + 120):
                c.disc(hip, 446 + bob, 34, "#f4713a")


@picture("robotics-3", "#155e5b", "#0b3a3b")
def swarm(c: Canvas) -> None:
    """Small drones, each four rotors on a cross, fly in formation over curved contour lines."""
    for index in range(12):
        points = [
            (
                x,
                130
                + index * 74
                + (60 - index) * math.sin(x / 250 + index * 0.35)
                - 90 * math.exp(-(((x - 1050) / 240) ** 2)),
            )
            for x in range(-20, 1640, 14)
        ]
        c.line(points, 4, "#7fcfc4", 0.4)
    for index, (x, y, size) in enumerate(
        ((330, 270, 1.0), (690, 170, 0.75), (820, 520, 1.35), (1160, 270, 0.9), (1320, 650, 1.05), (420, 690, 0.85))
    ):
        turn = 45 + index * 17
        rotors = [around(x, y, 92 * size, turn + 90 * k) for k in range(4)]
        c.shadow(
            lambda m, rotors=rotors, size=size: [m.disc(px, py, 52 * size, "#ffffff") for px, py in rotors] and None,
            "#021414",
            0.5,
            18,
            (40, 70),
        )
        for px, py in rotors:
            c.line([(x, y), (px, py)], 16 * size, "#26262b")
        for px, py in rotors:
            c.disc(px, py, 56 * size, "#ffe2c6", 0.82)
            c.ring(px, py, 56 * size, 6 * size, "#fff1e0")
            c.disc(px, py, 12 * size, "#26262b")
        c.disc(x, y, 40 * size, "#f4713a")
        c.disc(x, y, 17 * size, "#26262b")


@picture("robotics-4", "#155e5b", "#0e4446")
def soft_grip(c: Canvas) -> None:
    """Three soft cream-coloured fingers close around a peach from above."""
    c.disc(800, 520, 400, "#2a8a83", 0.4)
    c.box(0, 800, 1600, 110, "#0a2e30")
    peach = lambda m: m.disc(800, 610, 190, "#ffffff")
    c.shadow(peach, "#021414", 0.5, 30)
    c.graded(peach, "#ffc28a", "#ee6a45", 30)
    c.line([around(800, 610, 186, a) for a in range(-96, -84)], 8, "#b8442c")
    c.arc(905, 610, 178, 150, 208, 7, "#d9573a")
    c.box(690, -20, 220, 190, "#26262b", round_by=28)
    c.box(640, 130, 320, 70, "#f4713a", round_by=35)
    for side in (-1, 1):
        finger = [(800 + side * x, y) for x, y in ((110, 190), (215, 300), (262, 440), (258, 560), (214, 664))]
        c.shadow(lambda m, finger=finger: m.line(finger, 74, "#ffffff"), "#021414", 0.4, 16)
        c.line(finger, 74, "#fff1e0")
        for x, y in finger:
            c.disc(x, y, 37, "#fff1e0")
        for x, y in finger[1:]:
            c.disc(x, y, 15, "#f4a878")
    c.line([(800, 190), (800, 416)], 74, "#ffe3c4")
    for y in (260, 330, 400):
        c.disc(800, y, 15, "#f4a878")


# ----------------------------------------------------------------------------------------------------- Security


def shield(size: float) -> list[Point]:
    """The outline of a shield around the middle."""
    right = [(800 + size * x, 450 + size * y) for x, y in ((0, -1.06), (0.3, -0.9), (0.62, -0.82), (0.84, -0.8))]
    curve = [
        (800 + size * 0.84 * math.cos(a), 450 + size * (-0.1 + 1.15 * math.sin(a)))
        for a in (math.pi / 2 * i / 24 for i in range(25))
    ]
    half = right + curve
    return half + [(1600 - x, y) for x, y in reversed(half)]


@picture("security-1", "#10261f", "#081511")
def shields(c: Canvas) -> None:
    """Shields within shields, from dark green to bright mint, with a bright core."""
    for index in range(7):
        size = 380 - index * 50
        c.shadow(lambda m, size=size: m.shape(shield(size), "#ffffff"), "#000000", 0.4, 16, (0, 8))
        first = blend("#17402f", "#3ed598", (index / 6) ** 1.2)
        c.graded(lambda m, size=size: m.shape(shield(size), "#ffffff"), first, blend(first, "#05120d", 0.45), -20)
    c.graded(lambda m: m.shape(shield(46), "#ffffff"), "#f4fff8", "#f2c14e")


@picture("security-2", "#0e1f1a", "#163229")
def intruder(c: Canvas) -> None:
    """A calm grid of dark green cells in which one cell glows amber and disturbs its neighbours."""
    cx, cy = 1020, 380
    for row in range(12):
        for column in range(21):
            x, y = 40 + column * 76, 32 + row * 76
            far = math.hypot(x - cx, y - cy)
            push = 46 * math.exp(-((far / 190) ** 2)) if far > 1 else 0
            px, py = (x + (x - cx) / far * push, y + (y - cy) / far * push) if far > 1 else (x, y)
            size = 25 + 6 * math.sin(row + column * 0.7)
            colour = blend("#2c6a54", "#f2c14e", math.exp(-((far / 150) ** 2)) * 0.8)
            if far > 40:
                c.box(px - size, py - size, 2 * size, 2 * size, colour, 0.9, round_by=9)
    c.shadow(lambda m: m.box(cx - 52, cy - 52, 104, 104, "#ffffff", round_by=14), "#ffb03b", 0.95, 50, (0, 0))
    c.graded(lambda m: m.box(cx - 44, cy - 44, 88, 88, "#ffffff", round_by=14), "#ffe08a", "#f0781f", 20)


@picture("security-3", "#dfe9e2", "#bcd0c5")
def lock(c: Canvas) -> None:
    """A padlock built of rings and a rounded square, half of it in section, with tumblers of uneven height."""
    c.disc(800, 450, 400, "#ffffff", 0.35)
    c.arc(800, 380, 190, 180, 360, 64, "#17402f")
    c.line([(642, 380), (642, 500)], 64, "#17402f")
    c.line([(958, 380), (958, 500)], 64, "#17402f")
    body = lambda m: m.box(520, 430, 560, 380, "#ffffff", round_by=60)
    c.shadow(body, "#0b241b", 0.4, 30)
    c.graded(body, "#2fa878", "#12503a", 20)
    c.box(580, 500, 440, 240, "#0e1f1a", round_by=26)
    for index, high in enumerate((90, 150, 60, 180, 120, 40, 140)):
        x = 606 + index * 57
        c.box(x, 520, 40, 200, "#1c4034", round_by=20)
        c.box(x, 720 - high, 40, high, ("#f2c14e", "#3ed598", "#f4fff8")[index % 3], round_by=20)


@picture("security-4", "#e7efe9", "#cddcd2")
def diary(c: Canvas) -> None:
    """A month's calendar of pale leaves; one is dark green and lets a crack of amber light through."""
    for row in range(5):
        for column in range(7):
            x, y = 118 + column * 197, 62 + row * 160
            odd = (row, column) == (2, 4)
            leaf = lambda m, x=x, y=y: m.box(x, y, 176, 138, "#ffffff", round_by=20)
            c.shadow(leaf, "#0b241b", 0.6 if odd else 0.16, 24 if odd else 10)
            c.graded(leaf, *(("#17402f", "#0a2118") if odd else ("#ffffff", "#eef3ef")), angle=20)
            if odd:
                crack = [(x + 84, y), (x + 66, y + 48), (x + 104, y + 80), (x + 78, y + 138)]
                c.shadow(lambda m, crack=crack: m.line(crack, 16, "#ffffff"), "#ffb03b", 1, 16, (0, 0))
                c.line(crack, 8, "#ffe08a")
            else:
                c.disc(x + 28, y + 28, 9, "#2fa878" if (row * 3 + column) % 4 else "#f2c14e")
                for bar in range((row + column * 2) % 3 + 1):
                    c.box(
                        x + 22, y + 58 + bar * 24, 128 - ((row + bar * 3 + column) % 4) * 22, 11, "#b9cdc1", round_by=5
                    )


# ------------------------------------------------------------------------------------------------- Surveillance


@picture("surveillance-1", "#efe6dd", "#dccdbf")
def eye(c: Canvas) -> None:
    """A large eye drawn in thin arcs, its iris a wheel of red spokes."""
    for index in range(12):
        lift = 340 - index * 30
        upper = [(x, 450 - lift * math.cos((x - 800) / 700 * math.pi / 2) ** 1.15) for x in range(100, 1501, 10)]
        lower = [(x, 900 - y) for x, y in upper]
        c.line(upper, 5, "#2a1215", 0.9 - index * 0.06)
        c.line(lower, 5, "#2a1215", 0.9 - index * 0.06)
    c.shadow(lambda m: m.disc(800, 450, 250, "#ffffff"), "#3b0f0c", 0.4, 30)
    c.graded(lambda m: m.disc(800, 450, 250, "#ffffff"), "#f0574b", "#a81d1c", 20)
    for index in range(60):
        c.line(
            [around(800, 450, 122, index * 6), around(800, 450, 232 - 26 * (index % 3), index * 6)], 5, "#ffd9cd", 0.75
        )
    c.disc(800, 450, 112, "#1d0a0c")
    c.disc(842, 404, 30, "#fff4ee")


@picture("surveillance-2", "#2a1215", "#170709")
def cones(c: Canvas) -> None:
    """Seen from above, the red cones of four cameras cross on an empty square; one dot stands in the overlap."""
    for x in range(0, 1601, 100):
        c.line([(x, 0), (x, 900)], 2, "#6d3a36", 0.45)
    for y in range(50, 901, 100):
        c.line([(0, y), (1600, y)], 2, "#6d3a36", 0.45)
    for x, y, angle, colour in (
        (120, 90, 32, "#e03e36"),
        (1480, 90, 148, "#ef8a6b"),
        (140, 820, -32, "#ef8a6b"),
        (1470, 810, 213, "#e03e36"),
    ):
        for reach, alpha in ((1020, 0.2), (800, 0.22), (560, 0.25)):
            c.pie(x, y, reach, angle - 19, angle + 19, colour, alpha)
        c.disc(x, y, 42, "#efe6dd")
        c.disc(*around(x, y, 14, angle), 20, "#170709")
    c.shadow(lambda m: m.disc(800, 450, 40, "#ffffff"), "#ffffff", 0.8, 30, (0, 0))
    c.disc(800, 450, 30, "#ffffff")


@picture("surveillance-3", "#c9c2bb", "#a59c95")
def marked(c: Canvas) -> None:
    """Rows of identical bone-coloured dots; a red frame of four corners has picked one."""
    for row in range(7):
        for column in range(12):
            x, y = 92 + column * 129, 66 + row * 128
            picked = (row, column) == (3, 7)
            c.pie(x, y + 52, 46, 180, 360, "#e03e36" if picked else "#efe6dd" if (row + column) % 3 else "#4a3534")
            c.disc(x, y - 18, 24, "#e03e36" if picked else "#efe6dd" if (row + column) % 3 else "#4a3534")
    x, y, half, arm_length = 92 + 7 * 129, 66 + 3 * 128 + 8, 72, 40
    for sx in (-1, 1):
        for sy in (-1, 1):
            corner = (x + sx * half, y + sy * half)
            c.line(
                [(corner[0] - sx * arm_length, corner[1]), corner, (corner[0], corner[1] - sy * arm_length)],
                11,
                "#e03e36",
            )


@picture("surveillance-4", "#efe6dd", "#dccdbf")
def stride(c: Canvas) -> None:
    """A strip of film shows a walking figure step by step; the last frame is red."""
    c.box(-20, 190, 1640, 520, "#2a1215")
    for hole in range(27):
        for y in (208, 662):
            c.box(18 + hole * 60, y, 30, 30, "#efe6dd", round_by=8)
    for frame in range(6):
        x, last = 30 + frame * 262, frame == 5
        c.box(x, 256, 232, 388, "#e03e36" if last else "#f7f0e8", round_by=10)
        ink, phase = "#fff4ee" if last else "#4a3534", frame * 1.05
        cx, hip = x + 116, 452
        for leg in (0, math.pi):
            swing = math.sin(phase + leg)
            bend = max(0.0, math.cos(phase + leg))
            knee = (cx + 42 * swing + 12 * bend, hip + 76)
            foot = (cx + 74 * swing - 26 * bend, hip + 154 - 28 * bend)
            c.line([(cx, hip), knee, foot], 22, ink)
            c.disc(*knee, 11, ink)
            c.line([(cx, hip - 86), (cx - 40 * swing, hip - 36), (cx - 50 * swing + 14, hip + 18)], 16, ink)
        c.line([(cx, hip - 92), (cx, hip)], 34, ink)
        c.disc(cx + 3, hip - 142, 32, ink)


@picture("sponsor-calder", "#00354f", "#001f30")
def calm(c: Canvas) -> None:
    """A calm bright line crosses a grid of small alerts, most of them unlit."""
    for row in range(10):
        for column in range(19):
            bright = (row * 13 + column * 7) % 29 == 0
            c.disc(80 + column * 80, 90 + row * 80, 13 if bright else 7, "#ffb35c" if bright else "#2f7392")
    path = [(x, 450 + 120 * math.exp(-x / 420) * math.sin(x / 52)) for x in range(-20, 1640, 6)]
    c.shadow(lambda m: m.line(path, 22, "#ffffff"), "#5fd0f0", 0.8, 26, (0, 0))
    c.line(path, 14, "#e7fbff")


# -------------------------------------------------------------------------------------------------------- Brand


def mark(ink: str, accent: str) -> Image.Image:
    """The publication's mark: three lines of text that narrow to a point, as a digest does."""
    image = Image.new("RGBA", (1024, 1024), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((64, 64, 960, 960), radius=200, fill=paint(accent))
    for y, wide in ((270, 560), (440, 400), (610, 240)):
        pen.rounded_rectangle((512 - wide / 2, y, 512 + wide / 2, y + 90), radius=45, fill=paint(ink))
    pen.ellipse((457, 760, 567, 870), fill=paint(ink))
    return image.resize((128, 128), Image.Resampling.LANCZOS)


def save_picture(name: str, folder: Path) -> None:
    """Draws one picture and writes it as a JPEG without metadata."""
    top, bottom, drawing = PICTURES[name]
    canvas = Canvas(top, bottom)
    drawing(canvas)
    small = canvas.image.resize(SIZE, Image.Resampling.LANCZOS)
    for quality in range(82, 42, -4):
        small.save(folder / f"{name}.jpg", quality=quality, optimize=True, progressive=True)
        if (folder / f"{name}.jpg").stat().st_size < MOST_BYTES:
            break


def main(beginning: str = "") -> None:
    """Writes the pictures whose name begins so, and the brand."""
    for folder in ("pictures", "brand"):
        (HERE / folder).mkdir(exist_ok=True)
    for name in PICTURES:
        if name.startswith(beginning):
            save_picture(name, HERE / "pictures")
    if not beginning:
        mark("#fffaf5", "#b4371b").save(HERE / "brand" / "logo.png", optimize=True)
        mark("#121417", "#ff9b7d").save(HERE / "brand" / "logo-dark.png", optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:2])
