"""Addresses of visit rounds on the phone."""

from django.urls import path

from gongzhi.visits import pages_patrol

app_name = "visits_patrol"
urlpatterns = [
    path("", pages_patrol.to_visit, name="list"),
    path("<int:pk>/", pages_patrol.door, name="door"),
    path("<int:pk>/visit/", pages_patrol.visit, name="visit"),
    path("<int:pk>/back/", pages_patrol.take_back, name="take_back"),
]
