"""Addresses of the family's page."""

from django.urls import path

from gongzhi.care import pages_resident

app_name = "family"
urlpatterns = [
    path("", pages_resident.mine, name="mine"),
    path("with/<int:pk>/", pages_resident.by_account, name="account"),
    path("<str:token>/", pages_resident.by_link, name="link"),
]
