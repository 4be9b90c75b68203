"""Addresses of the register at the desk."""

from django.urls import path

from gongzhi.residents import pages_staff

app_name = "register"
urlpatterns = [
    path("", pages_staff.people, name="people"),
    path("<int:pk>/", pages_staff.person, name="person"),
    path("homes/", pages_staff.homes, name="homes"),
    path("homes/<int:pk>/", pages_staff.home, name="home"),
    path("organisations/", pages_staff.organisations, name="organisations"),
    path("organisations/<int:pk>/", pages_staff.organisation, name="organisation"),
]
