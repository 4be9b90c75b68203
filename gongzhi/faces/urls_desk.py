"""Addresses of the desk's pages beside case work."""

from django.urls import path

from gongzhi.faces import pages_desk, pages_flows, pages_record

app_name = "desk"
urlpatterns = [
    path("messages/", pages_desk.messages, name="messages"),
    path("catalogue/", pages_desk.catalogue, name="catalogue"),
    path("calendar/", pages_desk.calendar, name="calendar"),
    path("calendar/spans/", pages_desk.set_spans, name="set_spans"),
    path("calendar/year/", pages_desk.publish_year, name="publish_year"),
    path("flows/", pages_flows.flows, name="flows"),
    path("flows/look/", pages_flows.look, name="look_flow"),
    path("flows/load/", pages_flows.load, name="load_flow"),
    path("flows/<int:pk>/activate/", pages_flows.activate, name="activate_flow"),
    path("record/", pages_record.record, name="record"),
    path("errands/", pages_record.errands, name="errands"),
    path("errands/<int:pk>/retry/", pages_record.retry_errand, name="retry_errand"),
]
