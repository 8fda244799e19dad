"""Rectangles on a page. Integers: pixels, origin top left, right and bottom excluded."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """A rectangle of page pixels, [left, right) by [top, bottom). Refuses one with no area."""

    left: int
    top: int
    right: int
    bottom: int

    def __post_init__(self) -> None:
        if self.right <= self.left or self.bottom <= self.top:
            raise ValueError(f"empty box {self.left},{self.top},{self.right},{self.bottom}")

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top

    def overlaps(self, other: "Box") -> bool:
        """True when the two share at least one pixel."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def contains_centre_of(self, other: "Box") -> bool:
        """True when the middle of `other` lies inside this box."""
        x, y = (other.left + other.right) / 2, (other.top + other.bottom) / 2
        return self.left <= x < self.right and self.top <= y < self.bottom

    def grown(self, x_px: int, y_px: int, *, within: tuple[int, int]) -> "Box":
        """The box enlarged by x_px left and right, y_px above and below, kept on a (width, height) page."""
        width, height = within
        return Box(
            max(0, self.left - x_px),
            max(0, self.top - y_px),
            min(width, self.right + x_px),
            min(height, self.bottom + y_px),
        )


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds all of `boxes` (at least one)."""
    held = list(boxes)
    return Box(
        min(b.left for b in held),
        min(b.top for b in held),
        max(b.right for b in held),
        max(b.bottom for b in held),
    )


def rescale(box: Box, *, old: tuple[int, int], new: tuple[int, int]) -> Box:
    """The same rectangle on the same page at another size (width, height), rounded outward.

    A mask may grow by less than a pixel on each side; it may never shrink,
    for a shrunken mask shows a line of what it was drawn to hide.
    """

    def down(value: int, axis: int) -> int:
        return value * new[axis] // old[axis]

    def up(value: int, axis: int) -> int:
        return -(-value * new[axis] // old[axis])

    return Box(down(box.left, 0), down(box.top, 1), up(box.right, 0), up(box.bottom, 1))
