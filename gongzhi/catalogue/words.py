"""The words the catalogue is spoken in: how grave, and whose tier."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Grade(TextChoices):
    """How grave a matter is; decided before its class."""

    URGENT = "urgent", _("紧急")
    SERIOUS = "serious", _("较急")
    ORDINARY = "ordinary", _("一般")


class Tier(TextChoices):
    """The level that should handle a matter."""

    GRID = "grid", _("网格")
    COMMUNITY = "community", _("社区")
    TOWNSHIP = "township", _("街道")
    DISTRICT = "district", _("区级")


class Evidence(TextChoices):
    """What must be on file before a case is closed."""

    PHOTO_BEFORE = "photo_before", _("处置前照片")
    PHOTO_AFTER = "photo_after", _("处置后照片")
    TEXT = "text", _("文字说明")
    AGREEMENT = "agreement", _("调解协议")
    NOTICE = "notice", _("整改通知书")
    RECEIPT = "receipt", _("办理凭证")
    VISIT_RECORD = "visit_record", _("走访记录")
    TEST_REPORT = "test_report", _("检测或鉴定报告")
    MINUTES = "minutes", _("会议记录")
    POSTING = "posting", _("公示照片")
