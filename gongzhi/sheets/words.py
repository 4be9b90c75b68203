"""Stored words of tables: how far a job is, and the shapes in which a list leaves the house."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Progress(TextChoices):
    """How far the reading or writing of a table is."""

    WAITING = "waiting", _("排队中")
    RUNNING = "running", _("正在进行")
    DONE = "done", _("已完成")
    FAILED = "failed", _("没有完成")


class Stage(TextChoices):
    """Where a file that came in stands: nothing is in the register before `applied`."""

    MAPPING = "mapping", _("核对列名")
    CHECKING = "checking", _("正在检查")
    CHECKED = "checked", _("检查完毕")
    APPLYING = "applying", _("正在写入")
    APPLIED = "applied", _("已写入")
    DROPPED = "dropped", _("已放弃")


class Shape(TextChoices):
    """What a list is written as."""

    XLSX = "xlsx", _("Excel 表格")
    CSV = "csv", _("CSV 文本")
    PDF = "pdf", _("PDF 文件")
    PRINT = "print", _("打印页面")


class Sort(TextChoices):
    """What a column holds, for reading it and for its width."""

    TEXT = "text", _("文字")
    DATE = "date", _("日期")
    NUMBER = "number", _("数字")
    LONG = "long", _("长文字")
