"""The app of the WeChat door."""

from django.apps import AppConfig


class WechatConfig(AppConfig):
    """Followers, their talks, and what is owed to them."""

    name = "gongzhi.doors.wechat"

    def ready(self) -> None:
        """Register what is fetched and what is sent back."""
        from gongzhi.doors.wechat import pictures, sending  # noqa: F401
