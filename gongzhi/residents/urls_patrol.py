"""Addresses of the register on a round."""

from django.urls import path

from gongzhi.residents import pages_patrol

app_name = "lookup"
urlpatterns = [path("", pages_patrol.look_up, name="people")]
