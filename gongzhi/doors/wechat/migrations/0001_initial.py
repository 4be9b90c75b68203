import django.db.models.deletion
import gongzhi.kernel.sealed
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Heard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=140, unique=True)),
                ('reply', models.TextField(blank=True, default='')),
                ('at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Token',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True)),
                ('value', gongzhi.kernel.sealed.SealedTextField()),
                ('expires_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Follower',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('index', models.CharField(help_text='blind index of the openid', max_length=32, unique=True)),
                ('openid', gongzhi.kernel.sealed.SealedTextField()),
                ('token', gongzhi.kernel.sealed.SealedTextField(help_text='of the device that this follower is to the pages')),
                ('ref', models.CharField(help_text='reporter_ref of that device', max_length=70)),
                ('follows', models.BooleanField(default=True)),
                ('spoke_at', models.DateTimeField(help_text='opens a window for free messages', null=True)),
                ('created_at', models.DateTimeField()),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(blank=True, default='')),
                ('lng', models.FloatField(help_text='GCJ-02, as WeChat gives it', null=True)),
                ('lat', models.FloatField(null=True)),
                ('address', models.CharField(blank=True, default='', max_length=200)),
                ('phone', gongzhi.kernel.sealed.SealedTextField(blank=True, default='')),
                ('asked', models.BooleanField(default=False)),
                ('changed_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(null=True)),
                ('number', models.CharField(blank=True, default='', help_text='MsgId of the order', max_length=80)),
                ('follower', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='wechat.follower')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('follower'), condition=models.Q(('submitted_at__isnull', True)), name='one_talk_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Picture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('media', models.CharField(max_length=128)),
                ('stored', models.JSONField(help_text='the fields of a StoredFile', null=True)),
                ('failed', models.BooleanField(default=False)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('not_before', models.DateTimeField()),
                ('draft', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pictures', to='wechat.draft')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(condition=models.Q(('failed', False), ('stored__isnull', True)), fields=['not_before'], name='picture_due')],
            },
        ),
        migrations.CreateModel(
            name='Quota',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('template', models.CharField(max_length=80)),
                ('left', models.PositiveIntegerField(default=0)),
                ('follower', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quotas', to='wechat.follower')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('follower'), models.F('template'), name='one_quota_of_a_template')],
            },
        ),
    ]
