"""Addresses of the desk's pages of codes."""

from django.urls import path

from gongzhi.doors.qr import pages_staff

app_name = "qr_desk"
urlpatterns = [
    path("", pages_staff.codes, name="codes"),
    path("sheet/", pages_staff.sheet, name="sheet"),
    path("<int:pk>/revoke/", pages_staff.revoke, name="revoke"),
]
