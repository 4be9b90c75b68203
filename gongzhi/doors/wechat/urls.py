"""Addresses of the WeChat door."""

from django.urls import path

from gongzhi.doors.wechat import pages

app_name = "wechat"
urlpatterns = [
    path("", pages.callback, name="callback"),
    path("go/<slug:to>/", pages.go, name="go"),
    path("enter/", pages.enter, name="enter"),
    path("bind/", pages.bind, name="bind"),
]
