"""The calls of GeoReport v2 as clients make them: by hand, with `georeport` and with `three`."""

import itertools
import json
import warnings
from xml.etree import ElementTree

import pytest
from georeport import GeoReport

from gongzhi.cases import actions as cases
from gongzhi.cases.models import Case
from gongzhi.doors import actions
from gongzhi.doors.models import Partner, digest_of
from gongzhi.doors.open311.tests.conftest import KEY, ROOT
from gongzhi.journal.models import Event

itertools.ifilter = filter  # `three` was last released for Python 2
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own old spelling is not ours to mend
    from three import Three

pytestmark = pytest.mark.django_db


def get(client, path, **ask):
    response = client.get(f"{ROOT}/{path}", ask)
    return response, json.loads(response.content)


def post(client, **said):
    response = client.post(f"{ROOT}/requests.json", said)
    return response, json.loads(response.content)


def test_discovery_names_two_endpoints_and_two_formats_without_charset(client):
    response, found = get(client, "discovery.json")
    assert response["Content-Type"] == "application/json"
    assert {e["type"] for e in found["endpoints"]} == {"production", "test"}
    assert all(len(e["formats"]) == 2 for e in found["endpoints"])
    assert client.get(f"{ROOT}/discovery.xml")["Content-Type"] == "text/xml"


def test_every_item_of_the_catalogue_is_a_service(client, world, edition):
    response, found = get(client, "services.json")
    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert {s["service_code"] for s in found} == {i.code for i in edition.items.all()}
    assert all(s["type"] == "realtime" and s["group"] for s in found)


def test_a_service_says_what_must_be_asked(client, world, edition):
    for item in edition.items.all():
        root = ElementTree.fromstring(client.get(f"{ROOT}/services/{item.code}.xml").content)
        assert root.tag == "service_definition"
        orders = [int(a.findtext("order")) for a in root.iter("attribute")]
        assert len(set(orders)) == len(orders)
        assert all(a.findtext("datatype_description") for a in root.iter("attribute"))


def test_a_report_becomes_a_case_with_the_chosen_item(client, world, partner, place, some_code):
    response, made = post(
        client,
        api_key=KEY,
        service_code=some_code,
        description="楼下路灯不亮，老人晚上不敢出门",
        first_name="秀英",
        last_name="王",
        phone="10012345678",
        account_id="app-7",
        **place,
    )
    assert response.status_code == 200, made
    case = Case.objects.get()
    assert made == [
        {
            "service_request_id": case.number,
            "service_notice": made[0]["service_notice"],
            "account_id": "app-7",
        }
    ]
    assert (case.item.code, case.source, case.area.level) == (some_code, "api", "grid")
    assert case.contact_phone == "10012345678"
    assert case.reporter_ref.startswith(f"o:{partner.pk}:")


def test_attributes_become_words_for_people(client, world, partner, place, edition):
    item = edition.items.filter(item_class__code="02").first()
    _response, made = post(
        client,
        api_key=KEY,
        service_code=item.code,
        description="灯坏了",
        **{"attribute[SINCE]": "weeks", "attribute[AFFECTED][]": ["elders", "children"]},
        **place,
    )
    assert "service_request_id" in made[0]
    text = Case.objects.get().text
    assert "一周以上" in text
    assert "老人、孩子" in text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"api_key": ""}, 403),
        ({"api_key": "guess"}, 403),
        ({"service_code": ""}, 400),
        ({"service_code": "99999"}, 400),
        ({"lat": ""}, 400),
        ({"lat": "", "long": ""}, 400),
        ({"lat": "nan"}, 400),
        ({"lat": "117.306", "long": "31.792"}, 400),
        ({"lat": "48.85", "long": "2.35"}, 400),
        ({"lat": "north"}, 400),
        ({"description": "长" * 4001}, 400),
    ],
)
def test_a_report_that_cannot_be_taken_is_refused_and_leaves_nothing(
    client, world, partner, place, some_code, change, status
):
    said = {"api_key": KEY, "service_code": some_code, "description": "灯坏了", **place}
    response, errors = post(client, **{**said, **change})
    assert response.status_code == status
    assert errors[0]["code"] == str(status)
    assert errors[0]["description"]
    assert not Case.objects.exists()


def test_a_partner_shut_out_may_not_write(client, world, partner, place, some_code, NOON):
    actions.shut_out(by=None, partner=partner, at=NOON)
    response, _ = post(client, api_key=KEY, service_code=some_code, description="灯坏了", **place)
    assert response.status_code == 403


def test_reads_tell_nothing_personal(client, world, partner, place, some_code):
    post(
        client,
        api_key=KEY,
        service_code=some_code,
        description="我是王秀英，电话10012345678，隔壁老张家漏水",
        last_name="王秀英",
        phone="10012345678",
        address_string="3栋2单元501",
        **place,
    )
    case = Case.objects.get()
    everything = b"".join(
        client.get(f"{ROOT}/{path}").content
        for path in (
            "requests.json",
            "requests.xml",
            f"requests/{case.number}.json",
            "servicerequestupdates.json",
        )
    ).decode()
    assert case.number in everything
    for secret in ("王秀英", "10012345678", "501", "老张", case.secret):
        assert secret not in everything


def test_requests_are_found_by_id_item_state_and_span(client, world, partner, place, some_code):
    for _ in range(3):
        post(client, api_key=KEY, service_code=some_code, description="灯坏了", **place)
    numbers = [case.number for case in Case.objects.order_by("pk")]
    assert len(get(client, "requests.json")[1]) == 3
    asked = ",".join([numbers[0], numbers[2], "GZ000000999999", "nonsense"])
    found = get(client, "requests.json", service_request_id=asked, status="closed")[1]
    assert {r["service_request_id"] for r in found} == {numbers[0], numbers[2]}
    assert get(client, "requests.json", status="closed")[1] == []
    assert len(get(client, "requests.json", status="open,closed", service_code=some_code)[1]) == 3
    assert get(client, "requests.json", service_code="00000")[1] == []
    assert len(get(client, "requests.json", page="2", page_size="2")[1]) == 1
    one = get(client, f"requests/{numbers[1]}.json")[1]
    assert one[0]["service_request_id"] == numbers[1]
    assert isinstance(one[0]["lat"], float)
    assert one[0]["address"]
    assert get(client, f"tokens/{numbers[1]}.json")[1][0]["service_request_id"] == numbers[1]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("requests/GZ261122999999.json", 404),
        ("services/nothing.json", 404),
        ("tokens/nothing.json", 404),
        ("nothing.json", 404),
        ("requests.json?status=lost", 400),
        ("requests.json?start_date=yesterday", 400),
        ("requests.json?page=0", 400),
        ("requests.json?start_date=2026-01-01T00:00:00Z&end_date=2026-12-01T00:00:00Z", 400),
    ],
)
def test_errors_come_in_the_form_of_the_interface(client, world, path, status):
    response = client.get(f"{ROOT}/{path}")
    assert response.status_code == status
    assert json.loads(response.content)[0]["code"] == str(status)
    in_xml = client.get(f"{ROOT}/{path.replace('.json', '.xml', 1)}")
    assert ElementTree.fromstring(in_xml.content).findtext("error/code") == str(status)


def test_a_query_costs_the_same_however_many_it_finds(
    client, world, partner, place, some_code, django_assert_max_num_queries
):
    for _ in range(4):
        post(client, api_key=KEY, service_code=some_code, description="灯坏了", **place)
    client.get(f"{ROOT}/requests.json")
    with django_assert_max_num_queries(8):
        client.get(f"{ROOT}/requests.json")


def test_what_happens_to_a_case_is_told_as_updates(
    client, world, partner, place, some_code, chen, li
):
    from django.utils.timezone import now

    post(client, api_key=KEY, service_code=some_code, description="灯坏了", **place)
    case = Case.objects.get()
    cases.dispatch(by=chen, case=case, to=li, at=now())
    found = get(client, "servicerequestupdates.json")[1]
    assert [u["description"] for u in found] == ["已派单", "已提交"]
    assert {u["service_request_id"] for u in found} == {case.number}


def test_a_partner_may_add_to_its_own_requests_only(client, world, partner, place, some_code, NOON):
    actions.admit(by=None, name="别的系统", key="another-key", at=NOON)
    post(client, api_key=KEY, service_code=some_code, description="灯坏了", **place)
    said = {"service_request_id": Case.objects.get().number, "description": "今天又闪了"}
    own = client.post(f"{ROOT}/servicerequestupdates.json", {**said, "api_key": KEY})
    assert own.status_code == 200, own.content
    assert Event.objects.filter(name="cases.supplemented").count() == 1
    other = client.post(f"{ROOT}/servicerequestupdates.json", {**said, "api_key": "another-key"})
    assert other.status_code == 403


def test_only_the_fingerprint_of_a_key_is_kept(partner):
    assert Partner.objects.get().key_digest == digest_of(KEY)
    assert KEY not in str(Partner.objects.values())


# ── independent clients ───────────────────────────────────────────────────


@pytest.fixture
def server(live_server, world):
    return f"{live_server.url}{ROOT}/"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_the_client_georeport_reads_services_and_requests(
    client, server, partner, place, some_code, edition, form
):
    for _ in range(2):
        post(client, api_key=KEY, service_code=some_code, description="灯坏了", **place)
    them = GeoReport(server, output_format=form)
    assert {s["service_code"] for s in them.get_service_list()} == {
        item.code for item in edition.items.all()
    }
    assert them.get_service_definition(some_code)
    assert len(them.get_service_requests()) == 2
    number = Case.objects.first().number
    assert number in str(them.get_service_request(number))


@pytest.mark.django_db(transaction=True)
def test_the_client_three_reports_and_reads(server, partner, some_code):
    them = Three(server, api_key=KEY)
    assert {s["service_code"] for s in them.services()} >= {some_code}
    assert them.services(some_code)["service_code"] == some_code
    made = them.post(some_code, lat="31.792", long="117.306", description="灯坏了，第三方提交")
    number = made[0]["service_request_id"]
    assert them.request(number)[0]["service_request_id"] == number
    assert them.requests(some_code)[0]["status"] == "open"
    assert them.discovery()["endpoints"]
