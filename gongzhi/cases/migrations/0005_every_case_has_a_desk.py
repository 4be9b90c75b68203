"""Put every case that was there before desks onto its sub-district's desk, then require one."""

import django.db.models.deletion
from django.db import migrations, models

LEVELS = ("township", "district")


def put_on_desks(apps, schema_editor):
    Area = apps.get_model("places", "Area")
    Case = apps.get_model("cases", "Case")
    desks = {a.path: a.pk for a in Area.objects.filter(level__in=LEVELS).order_by("path")}
    areas = Area.objects.filter(cases__desk=None).distinct()
    for area in areas:
        above = [pk for path, pk in desks.items() if area.path.startswith(path)]
        Case.objects.filter(area=area, desk=None).update(
            desk_id=above[-1] if above else area.pk, desk_since=models.F("reported_at")
        )


class Migration(migrations.Migration):

    dependencies = [("cases", "0004_whole_case")]

    operations = [
        migrations.RunPython(put_on_desks, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="case",
            name="desk",
            field=models.ForeignKey(
                help_text="whose dispatcher has it now",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases_at_desk",
                to="places.area",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="desk_since",
            field=models.DateTimeField(help_text="start of the level's clock"),
        ),
    ]
