import django.db.models.deletion
import gongzhi.journal.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='package.verb_in_the_past', max_length=60)),
                ('kind', models.CharField(help_text='what the event is about, e.g. case', max_length=40)),
                ('subject_id', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('area_path', models.CharField(blank=True, default='', max_length=120)),
                ('facts', models.JSONField(default=dict)),
                ('xact', models.BigIntegerField(db_default=gongzhi.journal.models.CurrentTransaction(), editable=False)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '日志',
                'indexes': [models.Index(fields=['kind', 'subject_id', 'id'], name='event_of_subject'), models.Index(fields=['xact', 'id'], name='event_stream'), models.Index(fields=['name', 'at'], name='event_by_name')],
            },
        ),
        migrations.CreateModel(
            name='Errand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reaction', models.CharField(help_text='a stable written name, not a dotted path', max_length=80)),
                ('not_before', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('done_at', models.DateTimeField(null=True)),
                ('last_error', models.TextField(blank=True, default='')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='errands', to='journal.event')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at__isnull', True)), fields=['not_before'], name='errand_due')],
            },
        ),
    ]
