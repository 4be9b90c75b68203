"""Addresses of the sensing package."""

from django.urls import path

from gongzhi.sensing import pages

app_name = "sensing"
urlpatterns = [path("v1/readings", pages.readings, name="readings")]
