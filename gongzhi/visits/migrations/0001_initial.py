import django.db.models.deletion
import gongzhi.kernel.sealed
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(help_text='made with the form; makes sending it twice safe')),
                ('title', models.CharField(max_length=60, verbose_name='任务')),
                ('note', models.CharField(blank=True, default='', max_length=300, verbose_name='走访要求')),
                ('tags', models.CharField(blank=True, default='', help_text='codes of the people to see; empty: all', max_length=300)),
                ('due_on', models.DateField(verbose_name='完成期限')),
                ('begun_at', models.DateTimeField(verbose_name='布置时间')),
                ('finished_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('area', models.ForeignKey(help_text='the lowest that holds all of its homes', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                ('begun_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '走访任务',
                'constraints': [models.UniqueConstraint(models.F('begun_by'), models.F('key'), name='one_round_per_form')],
            },
        ),
        migrations.CreateModel(
            name='Stop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tries', models.PositiveSmallIntegerField(default=0, help_text='how often nobody was home')),
                ('tried_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('met', '见到本人'), ('away', '家里没人'), ('moved', '已搬走或空置'), ('unwilling', '不愿接待')], default='', max_length=10, verbose_name='结果')),
                ('note', gongzhi.kernel.sealed.SealedTextField(blank=True, default='', verbose_name='走访记录')),
                ('done_at', models.DateTimeField(null=True, verbose_name='走访时间')),
                ('done_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dwelling', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='places.dwelling')),
                ('grid', models.ForeignKey(db_column='place', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area', to_field='place')),
                ('round', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='stops', to='visits.round')),
            ],
            options={
                'verbose_name': '走访户',
                'indexes': [models.Index(fields=['grid', 'done_at'], name='stop_to_do')],
                'constraints': [models.UniqueConstraint(models.F('round'), models.F('dwelling'), name='a_home_once_per_round')],
            },
        ),
    ]
