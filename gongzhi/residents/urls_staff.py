"""Addresses of the register at the desk."""

from django.urls import path

from gongzhi.residents import pages_keep, pages_map, pages_staff, pages_things

app_name = "register"
urlpatterns = [
    path("", pages_staff.people, name="people"),
    path("<int:pk>/", pages_staff.person, name="person"),
    *(
        path(f"<int:pk>/{name}/", getattr(pages_keep, name), name=name)
        for name in (
            "reveal",
            "correct",
            "gone",
            "add_phone",
            "set_fact",
            "put_tag",
            "remove_tag",
            "ask",
            "link",
            "own_copy",
            "erase",
        )
    ),
    path("requests/", pages_keep.requests, name="requests"),
    path("requests/<int:pk>/answer/", pages_keep.answer, name="answer"),
    path("homes/", pages_staff.homes, name="homes"),
    path("homes/<int:pk>/", pages_staff.home, name="home"),
    path("organisations/", pages_staff.organisations, name="organisations"),
    path("organisations/<int:pk>/", pages_staff.organisation, name="organisation"),
    path("map/", pages_map.chart, name="map"),
    path("map/grids.json", pages_map.outlines, name="map_grids"),
    path("map/homes.json", pages_map.homes_on_map, name="map_homes"),
    path("map/components.json", pages_map.components_on_map, name="map_components"),
    path("components/", pages_things.components, name="components"),
    path("components/<int:pk>/", pages_things.component, name="component"),
]
