"""Addresses of the register at the desk."""

from django.urls import path

from gongzhi.residents import pages_keep, pages_map, pages_rights, pages_staff, pages_things

app_name = "register"
urlpatterns = [
    path("", pages_staff.people, name="people"),
    path("<int:pk>/", pages_staff.person, name="person"),
    *(
        path(f"<int:pk>/{page.__name__}/", page, name=page.__name__)
        for page in (
            pages_keep.correct,
            pages_keep.move,
            pages_keep.gone,
            pages_keep.add_phone,
            pages_keep.remove_phone,
            pages_keep.set_fact,
            pages_keep.drop_fact,
            pages_keep.put_tag,
            pages_keep.remove_tag,
            pages_keep.relate,
            pages_keep.unrelate,
            pages_rights.reveal,
            pages_rights.ask,
            pages_rights.link,
            pages_rights.own_copy,
            pages_rights.erase,
        )
    ),
    path("requests/", pages_rights.requests, name="requests"),
    path("requests/<int:pk>/answer/", pages_rights.answer, name="answer"),
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
