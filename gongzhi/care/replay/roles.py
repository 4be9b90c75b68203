"""What a device is to the guard, told from the name that a file gives it."""

import re
from enum import IntEnum
from functools import lru_cache


class Role(IntEnum):
    """What the rows of a device mean."""

    INTERIOR = 0  # a person moved or touched something inside
    ENTRANCE = 1  # the door to the outside
    ALIVE = 2  # not a person, but a sign that the home's record goes on
    METER = 3  # electricity, kWh
    SOS = 4  # passed on at once: button, smoke, gas, water
    IGNORED = 5


_WORDS: list[tuple[Role, str]] = [  # the first that fits decides
    (
        Role.SOS,
        r"sos|panic|emergency|pendant|smoke|gas|leak|flood|co alarm|求助|紧急|烟感|燃气|水浸",
    ),
    (Role.METER, r"kwh|energy|electricity|meter|电表|用电|电量"),
    (Role.ALIVE, r"heartbeat|keepalive|alive|gateway|status|system ?mode|radio|心跳|网关"),
    (Role.INTERIOR, r"bed|chair|couch|sofa|mat|seat|床|椅"),
    (
        Role.ALIVE,
        r"temp|temperature|thermostat|humid|humidity|light|lights|lux|lumin\w*|illumin\w*|batt\w*"
        r"|bat|batp|batv|battery|signal|rssi|lqi|voltage|co2|noise|weather|pressure|power|watt|温度"
        r"|湿度|光照|照度|电池|信号",
    ),
    (Role.INTERIOR, r"motion|pir|presence|occupancy|movement|人体|红外|活动"),
    (
        Role.ENTRANCE,
        r"(front|back|main|outside|outer|entrance|entry|exterior|garage|patio) ?door",
    ),
    (Role.ENTRANCE, r"(entryway|entrance|outdoors?)( [a-z])? door"),
    (
        Role.INTERIOR,
        r"entryway|hallway|fridge|refrigerator|freezer|bath|bathroom|toilet|wc|shower|bedroom|closet|cabinet"
        r"|cupboard|wardrobe|drawer|kitchen|pantry|oven|microwave|dishwasher|washing\w*|medicine"
        r"|living|office|study|interior|inner|inside|hall|room|flush|冰箱|卫生间|厕所|厨房|卧室|客厅",
    ),
    (
        Role.ENTRANCE,
        r"entrance|entry|front|main|outside|outer|outdoor|exterior|back|garage|patio|street|door"
        r"|frontdoor|maindoor|outsidedoor|backdoor|入户|大门|进户|门口|门磁|门",
    ),
]
# Names that smart-home laboratories give: M003 a motion sensor, D001 a door, T002 a thermometer.
_MOTION_CODE = r"(m|ma)\d*"
_CODES: list[tuple[Role, str]] = [
    (Role.ALIVE, r"(t|l|ll|ls|p|f|bat[pv]?|e|sys\w*)\d+"),
    (Role.ENTRANCE, r"d\d+"),
    (Role.INTERIOR, _MOTION_CODE),
    (Role.INTERIOR, r"(i|ad\d*)\d*"),
]
# The kind of sensor that they write behind the value: Control4-Door, Control4-LightSensor …
TYPED = re.compile(r"control4-(\w+)", re.IGNORECASE)
_TYPES = {"motion": Role.INTERIOR, "motionarea": Role.INTERIOR, "button": Role.INTERIOR}
_MOTION = r"motion|pir|presence|occupancy|movement|area|人体|红外|活动"


def words_of(name: str) -> str:
    """A name in plain small words: `FrontDoor-1` and `front_door` both become `front door`.

    `BathroomADoor` is the door of bathroom A.
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[a-z][A-Z])(?=[A-Z][a-z])", " ", name)
    spaced = re.sub(r"[^0-9A-Za-z\u4e00-\u9fff]+", " ", spaced)
    return re.sub(r"(?<=[A-Za-z]{2}) ?\d+\b", "", spaced).strip().lower()


def is_code(name: str) -> bool:
    """Whether it is a laboratory's own name of a sensor: M003, D001, BATP012."""
    return any(re.fullmatch(pattern, name.strip().lower()) for _role, pattern in _CODES)


def role_of(name: str) -> Role:
    """The role of a device of that name or kind; INTERIOR when nothing is known of it.

    A door inside (fridge door, bathroom door) is interior; a door without a room is the entrance.
    """
    role = known_role(name)
    return Role.INTERIOR if role is None else role


def known_role(name: str) -> Role | None:
    """The role that a name says; None when it says nothing.

    What begins with a laboratory's own name and says more about it (`D003 BathroomDoor`) is judged
    by what it says, but a thermometer stays one wherever it hangs, and a motion sensor beside the
    entrance sees who is inside.
    """
    typed = TYPED.search(name)
    if typed is not None and typed[1].lower() != "door":
        return _TYPES.get(typed[1].lower(), Role.ALIVE)
    code, _space, _more = name.strip().lower().partition(" ")
    for role, pattern in _CODES:
        if re.fullmatch(pattern, code):
            judged = role != Role.ALIVE and not re.fullmatch(_MOTION_CODE, code)
            told = _by_words(name.strip()[len(code) :]) if judged else None
            return role if told is None else told
    return _by_words(name)


def sees_motion(name: str) -> bool:
    """Whether the name is a motion sensor's: that it sees nobody any more is nobody's doing."""
    first = name.strip().lower().split(" ")[0]
    typed = TYPED.search(name)
    if typed is not None:
        return typed[1].lower() in ("motion", "motionarea")
    if re.fullmatch(_MOTION_CODE, first):
        return True
    return re.search(rf"(?<![a-z])(?:{_MOTION})(?![a-z])", words_of(name)) is not None


@lru_cache(maxsize=10_000)
def ends_by_hand(name: str, role: Role, value: str) -> bool:
    """Whether the end of a state is somebody's doing: a door is closed, a movement only ends.

    `OFF` is what motion sensors say, also those that are named after what they look at; of a door
    it is its closing.
    """
    word = value.strip().strip('"').lower()
    if word in _CLOSED:
        return True
    if sees_motion(name):
        return False
    doors = role == Role.ENTRANCE or "door" in words_of(name).split()
    return doors or word not in _OVER


_ASKED = {  # what a word of `--only` stands for, beside itself
    "fridge": r"fridge|refrigerator|freezer|冰箱",
    "bathroom": r"bath|bathroom|toilet|wc|restroom|washroom|卫生间|厕所",
    "kitchen": r"kitchen|厨房",
    "bedroom": r"bedroom|卧室",
}


def asked_for(word: str, name: str, role: Role) -> bool:
    """Whether a word of `--only` means the device of that name.

    `entrance` is the door to the outside whatever it is called, `fridge` a refrigerator too. A
    word for a place means what is opened there; motion sensors are meant where they are named.
    """
    if word == name.lower():
        return True
    if word in ("entrance", "door", "interior"):
        wanted = Role.INTERIOR if word == "interior" else Role.ENTRANCE
        return role == wanted or word in words_of(name).split()
    means = _ASKED.get(word)
    if means is None:
        return word in name.lower()
    found = re.search(rf"(?<![a-z])(?:{means})(?![a-z])", words_of(name)) is not None
    return found and not sees_motion(name)


def _by_words(name: str) -> Role | None:
    words = words_of(name)
    for role, pattern in _WORDS:
        if re.search(rf"(?<![a-z])(?:{pattern})(?![a-z])", words):
            return role
    return None


_ON = frozenset(
    [
        "on",
        "open",
        "opened",
        "true",
        "active",
        "activated",
        "detected",
        "motion",
        "present",
        "yes",
        "pressed",
        "start",
        "started",
        "triggered",
        "alarm",
        "moved",
        "touched",
        "opening",
        "occupied",
        "used",
        "开",
        "打开",
        "开启",
        "有人",
        "触发",
    ]
)
_CLOSED = frozenset(["close", "closed", "closing", "released", "关", "关闭"])
_OVER = frozenset(  # of a movement, not of what somebody does with a door
    ["off", "inactive", "clear", "cleared", "absent", "idle", "vacant", "unoccupied", "无人"]
)
_OFF = _CLOSED | _OVER | {"false", "no", "none", "stop", "stopped", "end"}
_ALIVE = frozenset(
    ["heartbeat", "online", "alive", "ping", "ok", "keepalive", "test", "心跳", "在线"]
)
_NOTHING = frozenset(
    ["unavailable", "unknown", "nan", "null", "offline", "error", "n/a", "na", "离线"]
)


ON_OFF = _ON | _OFF


def meaning(value: str) -> str | None:
    """ "on", "off", "alive", or None for a value that says nothing; words or numbers.

    No value at all means that the row itself is the event.
    """
    word = value.strip().strip('"').lower()
    if not word or word in _ON:
        return "on"
    if word in _OFF:
        return "off"
    if word in _ALIVE:
        return "alive"
    if word in _NOTHING:
        return None
    try:
        return "off" if float(word) == 0 else "on"
    except ValueError:
        return "on"
