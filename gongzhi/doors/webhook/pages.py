"""What other platforms call: one address, signed, in the fields that were agreed with each."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.doors.readings import read_matter
from gongzhi.doors.sentences import notice_for
from gongzhi.doors.turned_away import code_of
from gongzhi.doors.webhook.actions import take_matter, take_sighting
from gongzhi.doors.webhook.agreed import agreed
from gongzhi.doors.webhook.rules import biometric_field
from gongzhi.doors.whereabouts import Gazetteer
from gongzhi.doors.wire import Call, takes_signed
from gongzhi.doors.words import Door
from gongzhi.kernel.refusals import NotUnderstood, Refusal


class Biometric(NotUnderstood):
    """The message says who somebody is."""


def answered(answer: dict[str, Any] | Refusal) -> dict[str, Any]:
    """What was taken, or an `error` with a code, a sentence and the field it is about."""
    if isinstance(answer, Refusal):
        said = {"code": code_of(answer), "sentence": answer.sentence, "field": answer.field}
        return {"error": said}
    return answer


@takes_signed(Door.WEBHOOK, form=answered)
def events(call: Call, at: datetime) -> dict[str, Any]:
    """Take in one matter or sighting; the same number again gives the same case."""
    if name := biometric_field(call.says):
        raise Biometric(
            _("不接收含人脸、指纹等生物识别或身份信息的数据（%(name)s），请去掉后再发。")
            % {"name": name[:40]},
            field=name[:40],
        )
    terms = agreed(call.partner)
    reading = read_matter(
        call.says,
        terms.layout,
        door=Door.WEBHOOK,
        source=terms.source,
        names=Gazetteer(),
        issuer=call.partner.code,
    )
    if terms.fold is None:
        taken = take_matter(by=None, reading=reading, partner=call.partner, at=at)
    else:
        taken = take_sighting(
            by=None, reading=reading, partner=call.partner, window=terms.fold, at=at
        )
    return {
        "external_id": reading.external_id,
        "case_no": taken.case.number,
        "created": taken.created,
        "folded": taken.folded,
        **notice_for(taken.case),
    }
