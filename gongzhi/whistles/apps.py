"""Makes reactions, messages and the wording of steps known when the product starts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WhistlesConfig(AppConfig):
    """Units called together."""

    name = "gongzhi.whistles"

    def ready(self) -> None:
        """Register what follows from events and how it is told."""
        from gongzhi.cases.actions import evidence
        from gongzhi.cases.reads import details, told, tracking
        from gongzhi.sheets.kinds import writes_out
        from gongzhi.whistles import reactions, reads, telling
        from gongzhi.whistles.tables import WHISTLE_LIST

        nobody = _("系统")
        tracking.ELSEWHERE.update(
            {
                "whistles.blown": (_("吹哨召集单位"), nobody),
                "whistles.acknowledged": (_("单位响应召集"), nobody),
                "whistles.signed_in": (_("单位到场签到"), nobody),
                "whistles.minuted": (_("记会商纪要"), nobody),
                "whistles.task_given": (_("会商派任务"), nobody),
                "whistles.ended": (_("现场会商结束"), nobody),
                "whistles.called_off": (_("取消召集"), nobody),
            }
        )
        details.ELSEWHERE.append(telling.told)
        writes_out(WHISTLE_LIST)
        evidence.ON_FILE.append(reads.shown_for)
        for template in ("blown", "called_off", "absent"):
            told.ELSEWHERE[f"whistles/{template}"] = reactions.worded
