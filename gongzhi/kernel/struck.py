"""Texts for machines and their keepers without what is personal or secret.

What looks like a phone number, an identity number, a token or a key is struck out, also out of what
a database says of a row it refused, and the query of every address.
"""

import os
import re

from django.conf import settings

STRUCK = "[…]"
SHORTEST_KEY = 6  # a shorter one would strike out ordinary words
_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"1[3-9]\d(?:[ -]?\d{4}){2}"  # mobile number
    r"|0\d{2,3}-?\d{7,8}"  # landline
    r"|\d{17}[\dXx]"  # identity number
    r")(?![0-9A-Za-z])"
)
# Device tokens, names of files, session keys, fingerprints, sealed text.
_TOKEN = re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{32,}={0,2}(?![\w-])", re.ASCII)
_QUERY = re.compile(r"(/[^\s\"'?]*)\?[^\s\"']+")
# What PostgreSQL adds to a refusal: the values of the row.
_DETAIL = re.compile(r"(DETAIL:|CONTEXT:|STATEMENT:|PARAMETERS:).*?(?=\\n|\n|$)", re.DOTALL)


def struck(text: str) -> str:
    """The text without what is personal or secret."""
    for key in _keys():
        text = text.replace(key, STRUCK)
    text = _DETAIL.sub(rf"\1 {STRUCK}", text)
    text = _QUERY.sub(rf"\1?{STRUCK}", text)
    return _TOKEN.sub(STRUCK, _PERSONAL.sub(STRUCK, text))


def _keys() -> list[str]:
    """Every secret that the operator has set; the longest first, for one may hold another."""
    keys = [settings.SECRET_KEY, settings.INDEX_KEY, settings.METRICS_TOKEN, *settings.SEAL_KEYS]
    keys += [settings.BACKUP_KEY, settings.SMS_KEY, *settings.MAIL_PASSWORDS.values()]
    keys += [settings.WECHAT[part] for part in ("secret", "token", "aes_key")]
    keys.append(str(settings.DATABASES["default"].get("PASSWORD", "")))
    keys.append(os.environ.get("GONGZHI_MQTT_PASSWORD", ""))
    return sorted({key for key in keys if len(key) >= SHORTEST_KEY}, key=len, reverse=True)
