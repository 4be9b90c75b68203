"""Addresses of the home page, signing in and the pages that join several domains."""

from django.contrib.auth.views import LogoutView
from django.urls import path, re_path

from gongzhi.faces import pages, pages_pocket

app_name = "faces"
urlpatterns = [
    path("", pages_pocket.home, name="home"),
    path("login/", pages.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("start/", pages.start, name="start"),
    path("me/", pages_pocket.me, name="me"),
    path("messages/", pages_pocket.messages, name="messages"),
    path("matters/", pages_pocket.matters, name="matters"),
    path("grid/", pages_pocket.grid, name="grid"),
    path("privacy/", pages_pocket.privacy, name="privacy"),
    re_path(r"^elder/(?P<turn>on|off)/$", pages_pocket.elder, name="elder"),
]
