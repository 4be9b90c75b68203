"""The address printed on the codes; short, so that the picture is coarse and easy to scan."""

from django.urls import re_path

from gongzhi.doors.qr import pages

app_name = "qr"
urlpatterns = [re_path(r"^(?P<token>[A-Za-z0-9_-]{4,24})/?$", pages.scan, name="scan")]
