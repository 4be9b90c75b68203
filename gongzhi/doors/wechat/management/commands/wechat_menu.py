"""`gongzhi wechat_menu`: put the menu of config/doors/wechat.yaml into the account."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from gongzhi.doors.outward import Refused, Unreachable
from gongzhi.doors.wechat.agreed import account, terms
from gongzhi.doors.wechat.api import ask, client


class Command(BaseCommand):
    """Run once after the menu was changed."""

    help = "Put the menu of config/doors/wechat.yaml into the official account."

    def handle(self, *args: Any, **options: Any) -> None:
        """Links in the menu lead through the sign-in of this installation."""
        mine = account()
        if mine is None:
            raise CommandError("没有配置公众号：请设置 GONGZHI_WECHAT_APP_ID 等环境变量。")
        if not settings.PUBLIC_URL:
            raise CommandError("请设置 GONGZHI_PUBLIC_URL，菜单要用它做网址。")
        buttons = [_button(dict(one)) for one in terms().menu]
        try:
            ask(lambda: client(mine).menu.create({"button": buttons}))
        except (Refused, Unreachable) as error:
            raise CommandError(f"微信没有接受菜单：{error}") from error
        self.stdout.write(f"菜单已更新：{'、'.join(str(b['name']) for b in buttons)}")


def _button(said: dict[str, Any]) -> dict[str, Any]:
    if "more" in said:
        return {"name": said["name"], "sub_button": [_button(dict(one)) for one in said["more"]]}
    if "to" in said:
        url = f"{settings.PUBLIC_URL}/wechat/go/{said['to']}/"
        return {"type": "view", "name": said["name"], "url": url}
    return {"type": "click", "name": said["name"], "key": said["key"]}
