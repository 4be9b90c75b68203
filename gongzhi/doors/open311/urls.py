"""Addresses of GeoReport v2; the suffix chooses the format."""

from django.urls import re_path

from gongzhi.doors.open311 import pages

app_name = "open311"
FORMAT = r"\.(?P<suffix>xml|json)$"
urlpatterns = [
    re_path(rf"^discovery{FORMAT}", pages.discovery, name="discovery"),
    re_path(rf"^services{FORMAT}", pages.services, name="services"),
    re_path(rf"^services/(?P<code>[^/]+){FORMAT}", pages.service, name="service"),
    re_path(rf"^requests{FORMAT}", pages.requests, name="requests"),
    re_path(rf"^requests/(?P<number>[^/]+){FORMAT}", pages.one_request, name="request"),
    re_path(rf"^tokens/(?P<token>[^/]+){FORMAT}", pages.token, name="token"),
    re_path(rf"^servicerequestupdates{FORMAT}", pages.request_updates, name="updates"),
    re_path(r"^.*$", pages.no_such_call, name="no_such_call"),
]
