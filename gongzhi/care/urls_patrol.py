"""Addresses of the guard on the grid worker's phone."""

from django.urls import path

from gongzhi.care import pages_patrol

app_name = "patrol_elders"
urlpatterns = [
    path("", pages_patrol.show_board, name="board"),
    path("<int:pk>/", pages_patrol.task, name="task"),
    path("<int:pk>/accept/", pages_patrol.accept, name="accept"),
    path("<int:pk>/arrive/", pages_patrol.arrive, name="arrive"),
    path("<int:pk>/close/", pages_patrol.close, name="close"),
]
