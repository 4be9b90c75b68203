"""One row of everything that has an address, so that asking for it tells who may see it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import yaml
from django.conf import settings
from django.db import models

from conftest import NOON
from gongzhi.access.models import Person, Unit
from gongzhi.care import actions as care
from gongzhi.care.models import Absence, Elder, ShadowRun
from gongzhi.care.words import Ground, Tie
from gongzhi.cases.models import Appeal, Attachment, Case, FollowUp, Macro, Reply, SavedSearch
from gongzhi.disputes import actions as disputes
from gongzhi.doors import actions as doors
from gongzhi.doors.conftest import KEY
from gongzhi.doors.hotline.models import Drop, Order
from gongzhi.doors.models import Answer, Entry
from gongzhi.doors.phone.models import Call, Provider, ServiceOrder
from gongzhi.doors.qr.models import Code
from gongzhi.doors.words import Door
from gongzhi.flows import actions as flows
from gongzhi.journal.models import Errand
from gongzhi.places.models import Area, Collection, Dwelling
from gongzhi.residents.models import Organisation, Request, Resident
from gongzhi.sensing import actions as sensing
from gongzhi.sensing.models import Device, Gateway
from gongzhi.sheets.models import Incoming, Layout, Outgoing
from gongzhi.whistles import actions as whistles

DAY = timedelta(days=1)
STANDARD = yaml.safe_load((settings.CONFIG_DIR / "flows/standard.yaml").read_text(encoding="utf-8"))
# What a pattern calls its arguments, where it is not the number of a row.
WORDS = {
    "size": "full", "turn": "on", "zoom": "15", "x": "27000", "y": "13000", "step": "1",
    "kind": "residents.people", "suffix": "json", "code": "02001", "to": "report",
}  # fmt: skip


class Examples:
    """`values("staff:case")`: the arguments with which an address is asked for."""

    def __init__(self, case: Case, people: dict[str, Person | None]) -> None:
        self.case, self.people = case, people
        self.known: dict[type[models.Model], models.Model] = {
            Case: case, Area: case.area, Person: people["dispatcher"],
            Unit: people["unit_staff"].posts.get().unit,
        }  # fmt: skip
        self.rows: dict[str, int] = {}
        self.tokens: dict[str, str] = {}
        self._cases()
        self._together()
        self._elders()
        self._register()
        self._doors()

    def values(self, name: str) -> dict[str, str]:
        """The most exact entry of `rows` and `tokens` counts: a whole name, else its namespace."""
        space = name.split(":")[0]
        pk = self.rows.get(name, self.rows.get(space, 1))
        token = self.tokens.get(name, "a" * 43)
        return {**WORDS, "pk": str(pk), "case_id": str(pk), "number": self.case.number,
                "token": token}  # fmt: skip

    def _cases(self) -> None:
        self.tokens["files:show"] = self.make(Attachment, token="b" * 43, kind="photo").token
        for space in ("staff", "patrol", "wall", "pocket", "rehearsal"):
            self.rows[space] = self.case.pk
        self.rows |= {
            "staff:followup": self.make(FollowUp).pk,
            "staff:appeal": self.make(Appeal, desk=self.case.area.parent).pk,
            "staff:retire_reply": self.make(Reply).pk,
            "staff:drop_macro": self.make(Macro).pk,
            "staff:drop_search": self.make(SavedSearch).pk,
            "desk:activate_flow": flows.load(by=None, content=STANDARD, at=NOON).pk,
            "desk:retry_errand": Errand.objects.first().pk,
        }  # fmt: skip

    def _together(self) -> None:
        meeting = whistles.Meeting(starts_at=NOON, place="望湖花园北门")
        units = [self.known[Unit]]
        whistle = whistles.blow(
            by=self.people["community_worker"], case=self.case, units=units, meeting=meeting,
            reason="需要一起看现场。", at=NOON,
        )  # fmt: skip
        sides = ("applicant", "respondent")
        dispute = disputes.open_dispute(
            by=self.people["dispatcher"], at=NOON, story="楼上漏水泡坏天花板，说了三次不肯修。",
            area=self.case.area, address="望湖花园3栋502",
            parties=[disputes.NewParty(side, f"某{side}", "13900001111", "3栋") for side in sides],
        )  # fmt: skip
        self.rows |= {"whistles": whistle.pk, "whistles_patrol": whistle.pk}
        self.rows |= {"whistles:blow": self.case.pk, "disputes:from_case": self.case.pk}
        self.rows |= {"disputes": dispute.pk, "disputes_patrol": dispute.pk}

    def _elders(self) -> None:
        worker = self.people["grid_worker"]
        home = sensing.register_home(
            by=None, code="H001", area=self.case.area, address="望湖花园3栋2单元501", at=NOON
        )
        elder = care.enrol(
            by=worker, home=home, consented_by="self", consent_ref="2026-017", at=NOON,
            name="王秀英", phone="10000000001", shares_with_family=True,
        )  # fmt: skip
        care.add_contact(
            by=worker, elder=elder, name="亲属", phone="10000000100", tie=Tie.CHILD, at=NOON
        )
        contact = elder.contacts.get()
        link, secret = care.make_link(by=self.people["community_worker"], contact=contact, at=NOON)
        alert = care.raise_alert(by=None, elder=elder, ground=Ground.SILENCE, at=NOON)
        gateway, _secret = sensing.register_gateway(by=None, code="G001", at=NOON)
        self.known |= {Elder: elder, Gateway: gateway}
        self.tokens["family:link"] = secret
        self.rows |= {
            "family": elder.pk, "elders": elder.pk, "patrol_elders": alert.pk,
            "elders:alert": alert.pk, "elders:close": alert.pk, "elders:answer": alert.pk,
            "elders:remove_contact": contact.pk, "elders:call_first": contact.pk,
            "elders:make_link": contact.pk, "elders:revoke_link": link.pk,
            "elders:end_absence": self.make(Absence, ends_at=NOON + DAY).pk,
            "elders:shadow_run": self.make(ShadowRun, area_path=self.case.area.path).pk,
            "devices:renew_secret": gateway.pk, "devices:shut_out": gateway.pk,
            "devices:keep_up": self.make(Device, home=home).pk,
        }  # fmt: skip

    def _register(self) -> None:
        collection = Collection.objects.create(source="housing", purpose="count", collected_at=NOON)
        self.known[Collection] = collection
        home = self.make(Dwelling, grid=self.case.area, address="望湖花园3栋501")
        person = self.make(Resident, home=home, grid=self.case.area, state="present")
        self.known[Resident] = person
        mine = {"person": self.known[Person], "kind": "residents.people", "expires_at": NOON}
        incoming = self.make(Incoming, stage="applied", progress="done", **mine)
        sheet = {"columns": [], "title": "名册"}
        outgoing = self.make(Outgoing, progress="done", sheet=sheet, **mine)
        self.rows |= {
            "register": person.pk, "register:home": home.pk,
            "register:answer": self.make(Request).pk,
            "register:organisation": self.make(Organisation, grid=self.case.area).pk,
            "tables": incoming.pk, "tables:outgoing": outgoing.pk, "tables:fetch": outgoing.pk,
            "tables:remove_layout": self.make(Layout, kind="residents.people").pk,
        }  # fmt: skip

    def _doors(self) -> None:
        partner = doors.admit(
            by=None, name="市12345热线", code="hotline", key=KEY, door=Door.HOTLINE, at=NOON
        )
        self.known[type(partner)] = partner
        self.known[Entry] = self.make(Entry, door=Door.HOTLINE)
        call = self.make(Call, agent=None)
        self.known |= {Call: call, Provider: self.make(Provider)}
        code = self.make(Code, token="c" * 10, estate=None)
        self.tokens["qr:scan"] = code.token
        self.rows |= {
            "doors:partner": partner.pk, "doors:resend": self.make(Answer).pk,
            "qr_desk:revoke": code.pk, "hotline_desk": self.make(Order).pk,
            "hotline_desk:take_file": self.make(Drop, rows="[]").pk, "phone_desk": call.pk,
            "phone_desk:move_order": self.make(ServiceOrder).pk,
            "phone_desk:stop_provider": self.known[Provider].pk,
        }  # fmt: skip

    def make(self, model: type[models.Model], **given: Any) -> Any:
        """A row with what is given, and with something plain wherever a column must be filled."""
        for field in model._meta.concrete_fields:
            wanted = not (
                field.primary_key or field.null or field.has_default() or field.has_db_default()
            )
            if wanted and field.name not in given:
                given[field.name] = self._plain(field)
        return model._default_manager.create(**given)

    def _plain(self, field: "models.Field[Any, Any]") -> Any:
        if isinstance(field, models.ForeignKey):
            if field.related_model not in self.known:
                self.known[field.related_model] = self.make(field.related_model)
            return self.known[field.related_model]
        if field.choices:
            return field.choices[0][0]
        if isinstance(field, models.UUIDField):
            return uuid4()
        plain: list[tuple[type, Any]] = [
            (models.DateTimeField, NOON), (models.DateField, NOON.date()),
            (models.BooleanField, False), (models.JSONField, {}), (models.IntegerField, 1),
            (models.FloatField, 1.0), (models.GeneratedField, None),
        ]  # fmt: skip
        return next((value for kind, value in plain if isinstance(field, kind)), "示例")
