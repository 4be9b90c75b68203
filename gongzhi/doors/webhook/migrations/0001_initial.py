import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('doors', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Sighting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('camera', models.CharField(max_length=80)),
                ('object', models.CharField(help_text='what it is, and which one if it is told', max_length=80)),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('times', models.PositiveIntegerField(default=1)),
                ('current', models.BooleanField(default=True, help_text='the latest of its camera and object')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sightings', to='doors.entry')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sightings', to='doors.partner')),
            ],
            options={
                'indexes': [models.Index(fields=['partner', 'camera', 'object', '-last_at'], name='sighting_of')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('current', True)), fields=('partner', 'camera', 'object'), name='one_current_sighting')],
            },
        ),
        migrations.CreateModel(
            name='Heard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=120)),
                ('at', models.DateTimeField()),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='doors.partner')),
                ('sighting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='heard', to='webhook.sighting')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('partner'), models.F('external_id'), name='one_event_of_a_camera_once')],
            },
        ),
    ]
