"""Addresses of stored files."""

from django.urls import re_path

from gongzhi.cases import pages_files

app_name = "files"
urlpatterns = [
    re_path(r"^(?P<token>[A-Za-z0-9_-]{43})/(?P<size>full|thumb)/$", pages_files.show, name="show"),
]
