"""The address that the phone system calls."""

from django.urls import path

from gongzhi.doors.phone import pages

app_name = "phone"
urlpatterns = [path("calls", pages.calls, name="calls")]
