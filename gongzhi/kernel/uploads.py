"""Bodies and files beyond their bound are thrown away as they arrive, and answered in words."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

from gongzhi.kernel.refusals import NotUnderstood, TooLarge

MEGABYTE = 1024**2


def read_form(request: HttpRequest) -> None:
    """Take in the form of a request now. TooLarge or NotUnderstood, where Django would say 400."""
    try:
        len(request.POST)
    except RequestDataTooBig as error:
        raise TooLarge(_("提交的文字太长了，请删减后再提交。")) from error
    except TooManyFilesSent as error:
        raise NotUnderstood(
            _("照片最多%(most)s张，请去掉几张再提交。") % {"most": settings.PHOTOS_MOST},
            field="photos",
        ) from error
    except (TooManyFieldsSent, MultiPartParserError) as error:
        raise NotUnderstood(_("提交的内容没有传完整，请刷新页面再试一次。")) from error
    except UnreadablePostError:
        return  # the sender has gone; nobody is left to read an answer


class BoundedUploadHandler(FileUploadHandler):
    """Stands before the handlers that keep files and lets through only what may pass.

    A body that says it is longer than settings.BODY_MOST_BYTES is refused unread. Of a file longer
    than settings.FILE_MOST_BYTES the rest is read and dropped, never stored, and TooLarge raised at
    the end: a browser that is cut off while it sends shows its own error instead of our sentence.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        """Nothing was seen yet."""
        super().__init__(request)
        self.too_large = False

    def handle_raw_input(self, input_data: Any, *args: Any, **kwargs: Any) -> None:
        """Refuse by the announced length of the body."""
        length = int(self.request.META.get("CONTENT_LENGTH") or 0) if self.request else 0
        if length > settings.BODY_MOST_BYTES:
            raise TooLarge(
                _("一次提交的内容太大了，加起来最多%(most)sMB。请少选几张照片，或把照片缩小。")
                % {"most": settings.BODY_MOST_BYTES // MEGABYTE},
                field="photos",
            )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Hand on the piece while the file is within its bound."""
        if start + len(raw_data) <= settings.FILE_MOST_BYTES:
            return raw_data
        self.too_large = True
        return None

    def file_complete(self, file_size: int) -> None:
        """The handlers behind keep the file."""
        return

    def upload_complete(self) -> None:
        """Everything has been read: now an answer will reach the sender."""
        if self.too_large and self.field_name == "table":
            raise TooLarge(
                _(
                    "文件太大了，最多%(most)sMB。请分成几个文件，或另存为 .xlsx 再上传，"
                    "它通常比 CSV 小得多。"
                )
                % {"most": settings.FILE_MOST_BYTES // MEGABYTE},
                field="table",
            )
        if self.too_large:
            raise TooLarge(
                _("照片太大了，每张最多%(most)sMB。请把照片缩小，或发送截图。")
                % {"most": settings.FILE_MOST_BYTES // MEGABYTE},
                field="photos",
            )
