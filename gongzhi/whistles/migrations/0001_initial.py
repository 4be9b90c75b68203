import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('access', '0002_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('cases', '0001_initial'),
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Whistle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=1000, verbose_name='召集事由')),
                ('place', models.CharField(max_length=200, verbose_name='集合地点')),
                ('lng', models.FloatField(help_text='WGS-84')),
                ('lat', models.FloatField(help_text='WGS-84')),
                ('radius', models.PositiveSmallIntegerField(default=200, verbose_name='签到范围（米）')),
                ('starts_at', models.DateTimeField(verbose_name='集合时间')),
                ('at', models.DateTimeField(verbose_name='吹哨时间')),
                ('minutes', models.TextField(blank=True, default='', verbose_name='会商纪要')),
                ('minutes_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True, verbose_name='结束时间')),
                ('called_off_at', models.DateTimeField(null=True)),
                ('called_off_why', models.CharField(blank=True, default='', max_length=1000)),
                ('version', models.PositiveIntegerField(default=1, help_text='raised by every change')),
                ('area', models.ForeignKey(help_text='whose desk calls', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='whistles', to='cases.case')),
                ('minutes_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-starts_at', '-pk'],
                'indexes': [models.Index(fields=['-starts_at'], name='whistle_by_time')],
                'constraints': [models.UniqueConstraint(models.F('case'), condition=models.Q(('called_off_at', None), ('ended_at', None)), name='one_whistle_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('assist', '本案协办'), ('case', '另立新案')], max_length=8)),
                ('text', models.CharField(max_length=1000, verbose_name='任务')),
                ('at', models.DateTimeField()),
                ('assist', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.assist')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit')),
                ('whistle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='whistles.whistle')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Called',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acknowledged_at', models.DateTimeField(null=True)),
                ('signed_at', models.DateTimeField(null=True)),
                ('how', models.CharField(blank=True, choices=[('position', '定位核验'), ('vouched', '召集人确认')], default='', max_length=10)),
                ('metres', models.PositiveIntegerField(help_text='distance from the place, to the ten metres; the position is not kept', null=True)),
                ('acknowledged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('signed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='whistled', to='access.unit')),
                ('whistle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='called', to='whistles.whistle')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(models.F('whistle'), models.F('unit'), name='a_unit_is_called_once')],
            },
        ),
    ]
