"""A canvas in drawing units with gradients, soft shadows and halftones, on top of Pillow. Draws no picture itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

WIDE, HIGH = 1600, 900
"""Units that the drawings use."""
SIZE = (1200, 675)
"""Pixels of a picture; drawn at twice that and scaled down, which smooths the edges."""
SCALE = 2 * SIZE[0] / WIDE

Point = tuple[float, float]
Colour = tuple[int, int, int]


def rgb(colour: str) -> Colour:
    """Red, green and blue of #rrggbb."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def blend(one: str, other: str, share: float) -> str:
    """A colour between two."""
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(rgb(one), rgb(other), strict=True))


def spread(count: int) -> Iterator[Point]:
    """Points in the unit square, evenly spread and never twice the same (the R2 sequence)."""
    for index in range(1, count + 1):
        yield (0.5 + index * 0.7548776662466927) % 1, (0.5 + index * 0.5698402909980532) % 1


def around(x: float, y: float, radius: float, degrees: float) -> Point:
    """The point at that angle of a circle; 0 is right, 90 is down."""
    return x + radius * math.cos(math.radians(degrees)), y + radius * math.sin(math.radians(degrees))


class Canvas:
    """A ground with a gradient, and strokes in drawing units. `alpha` is 0 to 1."""

    def __init__(self, top: str, bottom: str, angle: float = 0) -> None:
        self.size = (round(WIDE * SCALE), round(HIGH * SCALE))
        self.image = gradient(self.size, top, bottom, angle)
        self.pen = ImageDraw.Draw(self.image, "RGBA")

    def disc(self, x: float, y: float, radius: float, colour: str, alpha: float = 1) -> None:
        """A filled circle."""
        self.pen.ellipse(scaled((x - radius, y - radius), (x + radius, y + radius)), fill=paint(colour, alpha))

    def ring(self, x: float, y: float, radius: float, width: float, colour: str, alpha: float = 1) -> None:
        """A circle's line, `width` wide, inside the radius."""
        box = scaled((x - radius, y - radius), (x + radius, y + radius))
        self.pen.ellipse(box, outline=paint(colour, alpha), width=round(width * SCALE))

    def arc(self, x: float, y: float, radius: float, start: float, end: float, width: float, colour: str) -> None:
        """A part of a ring with round ends, from one angle to the other."""
        box = scaled((x - radius, y - radius), (x + radius, y + radius))
        self.pen.arc(box, start, end, fill=paint(colour), width=round(width * SCALE))
        for angle in (start, end):
            self.disc(*around(x, y, radius - width / 2, angle), width / 2, colour)

    def pie(self, x: float, y: float, radius: float, start: float, end: float, colour: str, alpha: float = 1) -> None:
        """A slice of a disc."""
        box = scaled((x - radius, y - radius), (x + radius, y + radius))
        self.pen.pieslice(box, start, end, fill=paint(colour, alpha))

    def box(
        self, x: float, y: float, wide: float, high: float, colour: str, alpha: float = 1, round_by: float = 0
    ) -> None:
        """A rectangle, with round corners if wished."""
        corners = scaled((x, y), (x + wide, y + high))
        self.pen.rounded_rectangle(corners, radius=round_by * SCALE, fill=paint(colour, alpha))

    def shape(self, points: Iterable[Point], colour: str, alpha: float = 1) -> None:
        """A polygon."""
        self.pen.polygon(scaled(*points), fill=paint(colour, alpha))

    def line(self, points: Iterable[Point], width: float, colour: str, alpha: float = 1) -> None:
        """A line with round joints and ends."""
        places = list(points)
        self.pen.line(scaled(*places), fill=paint(colour, alpha), width=round(width * SCALE), joint="curve")
        if alpha == 1:
            for x, y in (places[0], places[-1]):
                self.disc(x, y, width / 2, colour)

    def graded(
        self, draw: Callable[[Canvas], None], first: str, second: str, angle: float = 0, alpha: float = 1
    ) -> None:
        """What `draw` covers, filled with a gradient over the whole canvas's bounding box of it."""
        mask = self.mask(draw)
        bounds = mask.getbbox()
        if bounds is None:
            return
        fill = gradient((bounds[2] - bounds[0], bounds[3] - bounds[1]), first, second, angle)
        self.image.paste(fill, bounds[:2], mask.crop(bounds).point(lambda value: round(value * alpha)))

    def shadow(self, draw: Callable[[Canvas], None], colour: str = "#000000", alpha: float = 0.35, blur: float = 26,
               move: Point = (0, 18)) -> None:  # fmt: skip
        """A soft shadow (or a glow, in a bright colour) of what `draw` covers."""
        mask = ImageChops.offset(self.mask(draw), round(move[0] * SCALE), round(move[1] * SCALE))
        small = mask.resize((self.size[0] // 4, self.size[1] // 4), Image.Resampling.BILINEAR)
        soft = small.filter(ImageFilter.GaussianBlur(blur * SCALE / 4)).resize(self.size, Image.Resampling.BICUBIC)
        self.image.paste(rgb(colour), (0, 0), soft.point(lambda value: round(value * alpha)))

    def mask(self, draw: Callable[[Canvas], None]) -> Image.Image:
        """White where `draw` covers. It must draw in #ffffff."""
        stencil = Canvas("#000000", "#000000")
        draw(stencil)
        return stencil.image.convert("L")

    def clipped(self, within: Callable[[Canvas], None], draw: Callable[[Canvas], None]) -> None:
        """What `draw` adds, only inside of what `within` covers."""
        before, mask = self.image.copy(), self.mask(within)
        draw(self)
        self.image.paste(before, (0, 0), ImageChops.invert(mask))

    def halftone(self, x: float, y: float, wide: float, high: float, step: float, colour: str,
                 radius: Callable[[float, float], float], alpha: float = 1) -> None:  # fmt: skip
        """Dots on a staggered grid; `radius` gets the place as shares of width and height."""
        row = 0
        while row * step * 0.866 <= high:
            at_y = row * step * 0.866
            at_x = step / 2 if row % 2 else 0.0
            while at_x <= wide:
                size = radius(at_x / wide, at_y / high)
                if size > 0.4:
                    self.disc(x + at_x, y + at_y, size, colour, alpha)
                at_x += step
            row += 1


def gradient(size: tuple[int, int], first: str, second: str, angle: float) -> Image.Image:
    """From the first colour to the second, downwards, or turned by the angle."""
    ramp = Image.linear_gradient("L")
    if angle:
        ramp = ramp.resize((512, 512)).rotate(angle, Image.Resampling.BICUBIC).crop((75, 75, 437, 437))
    return ImageOps.colorize(
        ImageOps.autocontrast(ramp).resize(size, Image.Resampling.BICUBIC), rgb(first), rgb(second)
    )


def paint(colour: str, alpha: float = 1) -> tuple[int, int, int, int]:
    """A colour as Pillow takes it."""
    return *rgb(colour), round(alpha * 255)


def scaled(*points: Point) -> list[tuple[float, float]]:
    """Drawing units to pixels."""
    return [(x * SCALE, y * SCALE) for x, y in points]


def wave(
    x0: float, x1: float, y: float, height: float, turns: float, phase: float = 0, steps: int = 160
) -> list[Point]:
    """Points of a sine."""
    return [
        (x0 + (x1 - x0) * i / steps, y + height * math.sin(phase + turns * math.tau * i / steps))
        for i in range(steps + 1)
    ]
