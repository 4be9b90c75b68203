"""Addresses of what the register keeps about me."""

from django.urls import path

from gongzhi.residents import pages_resident

app_name = "mydata"
urlpatterns = [
    path("", pages_resident.mine, name="mine"),
    path("ask/", pages_resident.ask, name="ask"),
    path("copy/", pages_resident.own_copy, name="copy"),
]
