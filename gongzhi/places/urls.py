"""Addresses of the map: tiles, the small picture and the layers for vector maps."""

from django.urls import path

from gongzhi.places import pages

app_name = "places"
urlpatterns = [
    path("tiles/<int:zoom>/<int:x>/<int:y>.svg", pages.tile, name="tile"),
    path("minimap.svg", pages.minimap, name="minimap"),
    path("places/basemap.json", pages.vector, name="basemap"),
]
