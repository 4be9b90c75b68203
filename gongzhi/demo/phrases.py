"""What the people of the demo say and write: residents' own words from config, and set phrases."""

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import yaml
from django.conf import settings

from gongzhi.cases.words import DeclineGround, ReturnGround, Source
from gongzhi.catalogue.models import Item

PATROL = [
    "巡查发现{place}存在{item}，已拍照，请安排处置。",
    "日常巡查：{place}{item}，现场能看到，影响居民通行。",
    "{place}有{item}的情况，上次巡查还没有，请尽快派人处理。",
    "入户走访时居民指认{place}{item}，已到现场核实属实。",
    "网格巡查，{place}，{item}，需要专业队伍处理。",
]
HOTLINE = [
    "来电人反映：{says}。希望尽快处理并回复。",
    "市民来电：{says}。要求三日内答复处理结果。",
    "【热线转办】{says}。来电人情绪平稳，要求电话回复。",
]
VISIT = ["居民到社区服务大厅反映：{says}。", "来访登记：{says}，已当面受理。"]
API = ["【城管采集】{place}{item}。", "【视频巡查】{place}疑似{item}，请核实。"]
SENSORS = [  # part of an item's name, what the device says
    ("井盖", "井盖倾角告警：{place}井盖位移超过阈值，请立即到场查看。"),
    ("积水", "水位告警：{place}积水深度12厘米，仍在上涨。"),
    ("燃气", "燃气告警：{place}可燃气体浓度连续三次超限。"),
    ("消防", "烟感告警：{place}烟雾浓度超过阈值，已电话联系物业。"),
    ("电梯", "电梯告警：{place}电梯困人信号，持续2分钟。"),
]
OPINIONS = [
    "请{unit}按时限办理，办结后上传照片。",
    "请先联系反映人，再到现场处置。",
    "同一地点近期有多次反映，请一次处理到位。",
    "请{unit}主办，社区配合。",
    "影响出行安全，请优先处理。",
]
CHECKS_GOOD = ["现场核查，问题已解决。", "照片与现场一致，同意。", "电话回访，反映人认可。"]
CHECKS_BAD = [
    "现场核查仍未清理干净，请继续处理。",
    "照片看不出处置结果，请补拍全景并说明。",
    "反映人说问题还在，请再到现场。",
]
RETURNS: dict[ReturnGround, list[str]] = {
    ReturnGround.NOT_OUR_DUTY: ["经现场核实，该处不属于我单位管养范围，建议改派。"],
    ReturnGround.NOT_OUR_AREA: ["位置在道路对面，不在本单位辖区，请改派。"],
    ReturnGround.PLACE_UNCLEAR: ["到现场未找到反映的问题，请补充具体位置或照片。"],
    ReturnGround.MATTER_UNCLEAR: ["反映内容不清楚，电话未接通，请补充情况后再派。"],
    ReturnGround.ANOTHER_LEADS: ["此事应由其他单位主办，我单位可以配合。"],
}
DECLINES: dict[DeclineGround, list[str]] = {
    DeclineGround.EMERGENCY: ["您反映的情况属于紧急警情，请立即拨打110，我们已同步告知派出所。"],
    DeclineGround.IN_PROCEEDINGS: ["此事已进入诉讼程序，请等待法院处理结果。"],
    DeclineGround.REPEATED: ["此事上周已答复您，没有新的情况，不再重复受理。"],
    DeclineGround.BEYOND_DUTY: ["此事属于市场主体之间的约定，建议与商家协商或拨打12315。"],
    DeclineGround.UNLAWFUL: ["您的诉求不符合现行规定，我们已电话向您解释，请理解。"],
}
PRAISE = {
    5: ["处理很快，点赞！", "没想到当天就解决了，谢谢。", "态度好，效率高。", "满意。", ""],
    4: ["解决了，就是等了两天。", "还可以。", "比以前快多了。", ""],
    3: ["处理了一半，边上还有一点没弄。", "一般吧。"],
    2: ["过了好几天才来人。", "没人提前联系我。"],
    1: ["没两天又成老样子了。", "根本没有解决问题。"],
}
SUPPLEMENTS = [
    "今天去看还是这样，而且更严重了。",
    "补充一下，位置在楼北边靠近自行车棚的地方。",
    "晚上七点以后最明显，麻烦那个时候来看。",
    "邻居们也都有意见，可以联系楼长。",
]


@dataclass(frozen=True)
class Phrases:
    """What is said about each item of the catalogue, by the item's code."""

    said: dict[str, dict[str, Any]]

    def report(self, item: Item, source: str, place: str, rng: Random) -> str:
        """The first words of a case."""
        says = self._filled(rng.choice(self.said[item.code]["says"]), place, rng)
        match source:
            case Source.PATROL:
                return rng.choice(PATROL).format(place=place, item=item.name)
            case Source.HOTLINE | Source.PHONE:
                return rng.choice(HOTLINE).format(says=says.rstrip("。！!？?，"))
            case Source.VISIT:
                return rng.choice(VISIT).format(says=says.rstrip("。！!？?，"))
            case Source.API:
                return rng.choice(API).format(place=place, item=item.name)
            case Source.SENSOR:
                return alarm_of(item).format(place=place)
            case _:
                return says

    def note(self, item: Item, place: str, rng: Random) -> str:
        """What the handler writes when it is done."""
        return self._filled(rng.choice(self.said[item.code]["notes"]), place, rng) + "。"

    def give_back(self, item: Item, ground: ReturnGround, rng: Random) -> str:
        """Why it comes back, in the handler's own words."""
        own = self.said[item.code].get("returns")
        if own and ground in {ReturnGround.NOT_OUR_DUTY, ReturnGround.ANOTHER_LEADS}:
            return f"{own}。"
        return rng.choice(RETURNS[ground])

    @staticmethod
    def _filled(words: str, place: str, rng: Random) -> str:
        return words.replace("{place}", place).replace("{days}", str(rng.randint(2, 9)))


def read_phrases() -> Phrases:
    """All of config/catalogue/phrases."""
    said: dict[str, dict[str, Any]] = {}
    for path in sorted((Path(settings.CONFIG_DIR) / "catalogue" / "phrases").glob("*.yaml")):
        said.update(yaml.safe_load(path.read_text(encoding="utf-8")))
    return Phrases(said)


def alarm_of(item: Item) -> str:
    """What a sensor says about such an item; empty when none watches for it."""
    return next((words for part, words in SENSORS if part in item.name), "")
