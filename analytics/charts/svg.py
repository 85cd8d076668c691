"""SVG as a tree of elements: no text is ever pasted into markup, so no name can break out of it."""

from collections.abc import Iterable
from xml.etree import ElementTree  # nosec B405 # it only writes: nothing is parsed

Value = str | float | int | None
Node = ElementTree.Element


class Svg(str):
    """A finished drawing as markup. Only the functions below make one, from a tree, so templates write it as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


def node(tag: str, children: Iterable[Node] = (), *, text: Value = "", **attributes: Value) -> Node:
    """An element. `class_` is written `class`, `stroke_width` is written `stroke-width`; None leaves one out."""
    given = {name.rstrip("_").replace("_", "-"): written(value) for name, value in attributes.items()}
    element = ElementTree.Element(tag, {name: value for name, value in given.items() if value is not None})
    element.text = written(text) or None
    element.extend(children)
    return element


def drawing(children: Iterable[Node], *, label: str, **attributes: Value) -> Svg:
    """An `<svg>` that a screen reader calls `label`. A group: nothing inside an `img` can be reached."""
    return _finished(node("svg", children, role="group", aria_label=label, **attributes))


def decoration(children: Iterable[Node], **attributes: Value) -> Svg:
    """An `<svg>` beside a text that says the same: screen readers pass over it."""
    return _finished(node("svg", children, aria_hidden="true", focusable="false", **attributes))


def percent(value: float) -> str:
    """A length in percent of the drawing, so that it fits a phone and a desk alike."""
    return f"{_short(value)}%"


def written(value: Value) -> str | None:
    """A value as an attribute has it; numbers to a hundredth."""
    return value if value is None or isinstance(value, str) else _short(value)


def _finished(root: Node) -> Svg:
    return Svg(ElementTree.tostring(root, encoding="unicode"))


def _short(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
