"""Who may try a password: not one who tries many accounts, and not many who try one account.

Five wrong passwords close one account at one address for a quarter of an hour (axes). That stops
neither one password tried at many accounts nor many addresses at one account. So wrong tries are
also counted by address and by account. A browser in which the account has signed in before counts
for neither: nobody can lock an owner out of the browser they use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from gongzhi.kernel.refusals import TooMany
from gongzhi.kernel.tries import count_try, digest, take_back

QUARTER, HOUR = 15 * 60, 60 * 60
PER_ACCOUNT = 50  # wrong ones within the hour, from wherever
KNOWN_MOST = 5  # accounts a browser remembers
COOKIE = "known"
COOKIE_AGE = 180 * 24 * 3600


@dataclass(frozen=True)
class Attempt:
    """One try: for which account, from where, and what the browser remembers (see `remembered`)."""

    username: str
    address: str
    known: Sequence[str] = ()

    @property
    def at_home(self) -> bool:
        """Whether the account has signed in with this browser before."""
        return digest(self.username) in self.known

    def begin(self, *, at: datetime) -> None:
        """Count the try before the password is looked at; TooMany when there were too many."""
        if self.at_home:
            return
        most = settings.SIGN_INS_PER_ADDRESS
        try:
            count_try("sign-in-from", self.address, most=most, seconds=QUARTER, at=at)
        except TooMany:
            raise TooMany(
                _("这个网络里输错密码的次数太多了，请15分钟后再试。登录过的手机和电脑不受影响。")
            ) from None
        try:
            count_try("sign-in-to", self.username, most=PER_ACCOUNT, seconds=HOUR, at=at)
        except TooMany:
            raise TooMany(
                _("这个账号正被人反复试密码，请用以前登录过的手机或电脑登录，或一小时后再试。")
            ) from None

    def succeed(self, *, at: datetime) -> None:
        """Only wrong tries are to count."""
        if not self.at_home:
            take_back("sign-in-from", self.address, seconds=QUARTER, at=at)
            take_back("sign-in-to", self.username, seconds=HOUR, at=at)

    @property
    def remembered(self) -> list[str]:
        """What the browser is to remember after a good try: no name can be read out of it."""
        mine = digest(self.username)
        return [mine, *(one for one in self.known if one != mine)][:KNOWN_MOST]
