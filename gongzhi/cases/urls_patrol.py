"""Addresses of the patrol face."""

from django.urls import path

from gongzhi.cases import pages_patrol, pages_patrol_handling

app_name = "patrol"
urlpatterns = [
    path("", pages_patrol.work, name="work"),
    path("report/", pages_patrol.report, name="report"),
    path("near/", pages_patrol.near, name="near"),
    path("done/", pages_patrol.done, name="done"),
    path("map/", pages_patrol.on_map, name="map"),
    path("cases/<int:pk>/", pages_patrol.show, name="case"),
    path("cases/<int:pk>/accept/", pages_patrol.accept, name="accept"),
    path("cases/<int:pk>/return/", pages_patrol.give_back, name="return"),
    path("cases/<int:pk>/handle/", pages_patrol.handle, name="handle"),
    path("cases/<int:pk>/contact/", pages_patrol.reveal, name="reveal"),
    path("cases/<int:pk>/reached/", pages_patrol_handling.contact, name="contact"),
    *(
        path(f"cases/<int:pk>/{name}/", getattr(pages_patrol_handling, name), name=name)
        for name in ("answer_assist", "answer_supervision", "ask_extension", "send_up")
    ),
]
