import django.db.models.deletion
import gongzhi.kernel.sealed
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('access', '0001_initial'),
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Gateway',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='网关编号')),
                ('secret_hash', models.CharField(help_text='SHA-256 of a random secret', max_length=64)),
                ('broker_hash', models.CharField(blank=True, default='', help_text='the same secret as Mosquitto keeps it', max_length=200)),
                ('active', models.BooleanField(default=True, verbose_name='启用')),
                ('seen_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Home',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='户号')),
                ('address', gongzhi.kernel.sealed.SealedTextField(blank=True, default='', verbose_name='地址')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sensed_homes', to='places.area')),
                ('building', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sensed_homes', to='places.building')),
            ],
        ),
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('serial', models.CharField(max_length=40, verbose_name='设备编号')),
                ('kind', models.CharField(choices=[('entrance', '入户门磁'), ('fridge', '冰箱门磁'), ('bathroom', '卫生间门磁'), ('motion', '人体红外'), ('sos', '一键求助'), ('smoke', '烟感'), ('gas', '燃气报警'), ('water', '水浸'), ('meter', '智能电表')], max_length=10, verbose_name='类型')),
                ('period', models.PositiveIntegerField(default=3600, help_text='seconds between heartbeats')),
                ('installed_on', models.DateField(null=True)),
                ('testing', models.BooleanField(default=False, help_text='mutes its alarms', verbose_name='测试')),
                ('battery', models.PositiveSmallIntegerField(help_text='per cent', null=True)),
                ('tampered', models.BooleanField(default=False)),
                ('seen_at', models.DateTimeField(help_text='last sign of life, event time', null=True)),
                ('health', models.CharField(choices=[('online', '在线'), ('low_battery', '电量低'), ('late', '迟报'), ('offline', '离线'), ('tamper', '被拆动')], default='online', max_length=12)),
                ('health_since', models.DateTimeField(null=True)),
                ('upkeep', models.CharField(choices=[('in_service', '在用'), ('repair', '维修中'), ('retired', '已停用')], default='in_service', max_length=10, verbose_name='维护状态')),
                ('owner', models.ForeignKey(blank=True, help_text='维护单位', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='devices', to='access.unit')),
                ('gateway', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='devices', to='sensing.gateway')),
                ('home', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='devices', to='sensing.home')),
            ],
            options={
                'indexes': [models.Index(fields=['health', 'seen_at'], name='device_by_health')],
                'constraints': [models.UniqueConstraint(models.F('gateway'), models.F('serial'), name='one_device_per_serial')],
            },
        ),
        migrations.CreateModel(
            name='Outage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('devices', models.PositiveIntegerField()),
                ('homes', models.PositiveIntegerField()),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sensing_outages', to='places.area')),
                ('building', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sensing_outages', to='places.building')),
                ('gateway', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='outages', to='sensing.gateway')),
            ],
            options={
                'indexes': [models.Index(fields=['-began_at'], name='outage_newest')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('building__isnull', False), ('ended_at__isnull', True)), fields=('building',), name='one_open_outage_per_building'), models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True), ('gateway__isnull', False)), fields=('gateway',), name='one_open_outage_per_gateway')],
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text="the sender's own number; sent twice, kept once", max_length=64)),
                ('at', models.DateTimeField(help_text="when it happened, by the device's clock if that can be")),
                ('received_at', models.DateTimeField()),
                ('what', models.CharField(choices=[('opened', '打开'), ('closed', '关闭'), ('moved', '有人活动'), ('alarm', '告警'), ('kwh', '用电量'), ('heartbeat', '心跳')], max_length=10)),
                ('value', models.FloatField(null=True)),
                ('taken', models.BooleanField(default=False, help_text='whether the guard has heard it')),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='sensing.device')),
            ],
            options={
                'indexes': [models.Index(fields=['at'], name='reading_by_time'), models.Index(condition=models.Q(('taken', False)), fields=['at'], name='reading_to_take')],
                'constraints': [models.UniqueConstraint(models.F('device'), models.F('key'), name='one_reading_per_key')],
            },
        ),
    ]
