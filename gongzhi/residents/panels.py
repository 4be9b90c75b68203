"""What other parts of the product say about a person or a component: each adds its panel.

The register knows neither cases nor visits nor services; packages above it register a function that
gives a panel, or None where the person who looks may see nothing of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gongzhi.access.models import Person
from gongzhi.places.models import Component
from gongzhi.residents.models import Resident


@dataclass(frozen=True)
class PanelLine:
    """One matter: what it is, where it leads, when it was, and how it stands."""

    text: str
    url: str = ""
    at: datetime | None = None
    status: str = ""
    css: str = ""  # of the status chip: new, todo, doing, check, done, off


@dataclass(frozen=True)
class Panel:
    """What one package says; `more` leads to the whole of it, `empty` is said without lines."""

    key: str
    title: str
    icon: str
    lines: Sequence[PanelLine]
    empty: str = ""
    more: str = ""


Say = Callable[[Person, Resident, datetime], Panel | None]
PANELS: dict[str, Say] = {}
SayOfComponent = Callable[[Person, Component, datetime], Panel | None]
COMPONENT_PANELS: dict[str, SayOfComponent] = {}


def adds_panel(key: str) -> Callable[[Say], Say]:
    """Let the function say what its package knows of a person."""

    def register(say: Say) -> Say:
        if key in PANELS:
            raise RuntimeError(f"two panels are called {key}")
        PANELS[key] = say
        return say

    return register


def panels_of(viewer: Person, resident: Resident, *, at: datetime) -> list[Panel]:
    """What every package says of the person, to whoever looks."""
    said = (say(viewer, resident, at) for say in PANELS.values())
    return [panel for panel in said if panel is not None]


def adds_component_panel(key: str) -> Callable[[SayOfComponent], SayOfComponent]:
    """Let the function say what its package knows of a city component."""

    def register(say: SayOfComponent) -> SayOfComponent:
        if key in COMPONENT_PANELS:
            raise RuntimeError(f"two panels are called {key}")
        COMPONENT_PANELS[key] = say
        return say

    return register


def panels_of_component(viewer: Person, component: Component, *, at: datetime) -> list[Panel]:
    """What every package says of the component, to whoever looks."""
    said = (say(viewer, component, at) for say in COMPONENT_PANELS.values())
    return [panel for panel in said if panel is not None]
