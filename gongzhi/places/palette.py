"""The colours and widths of the drawn map, by day and for dark screens."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Colours by what is drawn; a missing kind falls back to the empty key."""

    ground: str
    green: dict[str, str]
    block: dict[str, str]
    building: dict[str, str]
    edge: dict[str, str]  # the rim of a building
    shade: str  # beneath buildings
    water: str
    shore: str
    road: dict[str, str]
    casing: dict[str, str]
    text: dict[str, str]
    halo: str


LIGHT = Palette(
    ground="#f1f3f6",
    green={"": "#cfe9cb", "garden": "#d3ead0", "bank": "#d2ecce", "plaza": "#dcefd6",
           "track": "#e0b6a0", "pitch": "#a5d6a0"},
    block={"": "#e6eaf0", "home": "#e5eaf1", "shop": "#f4ecdf", "work": "#e9e6f4",
           "civic": "#efe8ee", "school": "#edf1df", "health": "#f7e8ea", "plant": "#e7e7e3",
           "sport": "#e0f0da"},
    building={"": "#cbd5e2", "home": "#cdd7e4", "shop": "#e2d0b1", "work": "#c7c1e2",
              "civic": "#d9c3d0", "school": "#d3d9b6", "health": "#e8c3c8", "plant": "#d0d0ca"},
    edge={"": "#b4c0d0", "shop": "#ccb58e", "work": "#aca4d0", "civic": "#c2a6b7",
          "health": "#d3a3aa", "plant": "#b9b9b2"},
    shade="#8fa0b6",
    water="#a6d3f3",
    shore="#8ec2e8",
    road={"express": "#ffd591", "trunk": "#ffe9b8", "path": "#f6f7ec", "": "#ffffff"},
    casing={"express": "#e8a94a", "trunk": "#eac988", "path": "#c3dcba", "": "#d3dbe5"},
    text={"": "#4a586b", "road": "#66758a", "water": "#3a7fb4", "estate": "#4a5a73",
          "park": "#3b7d4a", "school": "#7a6a1c", "hospital": "#b3364a", "shop": "#96601a",
          "market": "#96601a", "service": "#0f4bb3", "office": "#0f4bb3", "police": "#0f4bb3",
          "fire": "#b3361f", "civic": "#7b4e91", "sport": "#3b7d4a", "number": "#6b7a90"},
    halo="#ffffff",
)  # fmt: skip

DARK = Palette(
    ground="#071426",
    green={"": "#0e2f35", "track": "#3a2f33", "pitch": "#14453c"},
    block={"": "#0d2138", "shop": "#14243a", "work": "#131f42", "school": "#10283a"},
    building={"": "#17375f", "shop": "#1f3d5c", "work": "#243a78", "plant": "#1a3350"},
    edge={"": "#24507f", "work": "#3a55a0"},
    shade="#020a16",
    water="#0b3558",
    shore="#12507f",
    road={"express": "#3c5f8f", "trunk": "#2f5079", "path": "#1b4a4a", "": "#1b3556"},
    casing={"express": "#0a1c33", "trunk": "#0a1c33", "": "#0a1c33"},
    text={"": "#9db4d3", "road": "#7f9abd", "water": "#4cc9f0", "park": "#3ddc97",
          "hospital": "#ff8a80", "fire": "#ff8a80", "number": "#6f8bb0"},
    halo="#071426",
)  # fmt: skip

THEMES = {"light": LIGHT, "dark": DARK}

# Streets from below to above, with the least width in pixels and the lowest zoom that shows them.
STREETS = {
    "path": (1.0, 16),
    "lane": (1.0, 15),
    "minor": (1.6, 14),
    "major": (1.8, 11),
    "trunk": (2.4, 10),
    "express": (2.4, 9),
}


def colour(of: dict[str, str], kind: str) -> str:
    """The colour of a kind, or the common one."""
    return of.get(kind, of[""])
