"""Addresses of the desk's numbers."""

from django.urls import path

from gongzhi.insight import pages_staff

app_name = "insight"
urlpatterns = [path("numbers/", pages_staff.numbers, name="numbers")]
