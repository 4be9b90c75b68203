"""Every address of the product; each package brings its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("gongzhi.faces.urls")),
    path("", include("gongzhi.places.urls")),
    path("", include("gongzhi.project.health_urls")),
    path("", include("gongzhi.cases.urls_resident")),
    path("family/", include("gongzhi.care.urls_resident")),
    path("patrol/elders/", include("gongzhi.care.urls_patrol")),
    path("patrol/residents/", include("gongzhi.residents.urls_patrol")),
    path("me/data/", include("gongzhi.residents.urls_resident")),
    path("patrol/", include("gongzhi.cases.urls_patrol")),
    path("desk/rehearsal/", include("gongzhi.demo.urls")),
    path("desk/elders/", include("gongzhi.care.urls_staff")),
    path("desk/devices/", include("gongzhi.sensing.urls_staff")),
    path("patrol/whistles/", include("gongzhi.whistles.urls_patrol")),
    path("desk/whistles/", include("gongzhi.whistles.urls_staff")),
    path("desk/", include("gongzhi.faces.urls_desk")),
    path("desk/", include("gongzhi.cases.urls_staff")),
    path("desk/residents/", include("gongzhi.residents.urls_staff")),
    path("desk/tables/", include("gongzhi.sheets.urls_staff")),
    path("desk/", include("gongzhi.insight.urls_staff")),
    path("files/", include("gongzhi.cases.urls_files")),
    path("wall/", include("gongzhi.faces.urls_wall")),
    path("api/", include("gongzhi.project.api_urls")),
    path("open311/v2/", include("gongzhi.doors.open311.urls")),
    path("", include("gongzhi.doors.urls")),
    path("sensing/", include("gongzhi.sensing.urls")),
    path("language/", include("django.conf.urls.i18n")),
]
