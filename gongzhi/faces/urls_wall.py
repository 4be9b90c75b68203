"""Addresses of the command screen."""

from django.urls import path

from gongzhi.faces import pages_wall

app_name = "wall"
urlpatterns = [
    path("", pages_wall.screen, name="screen"),
    path("numbers.json", pages_wall.numbers, name="numbers"),
    path("points.json", pages_wall.points, name="points"),
    path("scene.json", pages_wall.scenery, name="scene"),
    path("feed/", pages_wall.feed, name="feed"),
    path("case/<int:pk>/", pages_wall.case, name="case"),
]
