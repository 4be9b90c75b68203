import django.db.models.deletion
import gongzhi.kernel.sealed
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cases', '0001_initial'),
        ('journal', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Partner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='代码')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='名称')),
                ('door', models.CharField(choices=[('open311', 'Open311 接口'), ('hotline', '12345 热线'), ('mailbox', '电子信箱'), ('wechat', '微信公众号'), ('webhook', '平台对接'), ('qr', '码上报'), ('phone', '电话坐席')], default='open311', max_length=10, verbose_name='渠道')),
                ('key_digest', models.CharField(max_length=64, unique=True)),
                ('secret', gongzhi.kernel.sealed.SealedTextField(blank=True, default='', help_text='the key itself, where both sides sign with it')),
                ('url', models.URLField(blank=True, default='', help_text='where answers go', verbose_name='对方地址')),
                ('wants', models.JSONField(default=list, help_text='which news a web hook is sent', verbose_name='订阅')),
                ('active', models.BooleanField(default=True, verbose_name='启用')),
                ('per_minute', models.PositiveIntegerField(default=120, verbose_name='每分钟上限')),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('door', models.CharField(choices=[('open311', 'Open311 接口'), ('hotline', '12345 热线'), ('mailbox', '电子信箱'), ('wechat', '微信公众号'), ('webhook', '平台对接'), ('qr', '码上报'), ('phone', '电话坐席')], max_length=10, verbose_name='渠道')),
                ('issuer', models.CharField(blank=True, default='', help_text='who numbers, where a door has several', max_length=40)),
                ('external_id', models.CharField(max_length=120, verbose_name='对方编号')),
                ('address', gongzhi.kernel.sealed.SealedTextField(blank=True, default='', help_text='where answers go, e.g. an e-mail')),
                ('thread', models.JSONField(default=dict, help_text='what the door needs to answer in place')),
                ('sent_at', models.DateTimeField(help_text="made, by the other side's clock", null=True)),
                ('at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='cases.case')),
                ('partner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='doors.partner')),
            ],
            options={
                'indexes': [models.Index(fields=['door', 'at'], name='entry_of_door')],
                'constraints': [models.UniqueConstraint(models.F('door'), models.F('issuer'), models.F('external_id'), name='one_entry_per_number_of_a_door')],
            },
        ),
        migrations.CreateModel(
            name='Fetch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('door', models.CharField(choices=[('open311', 'Open311 接口'), ('hotline', '12345 热线'), ('mailbox', '电子信箱'), ('wechat', '微信公众号'), ('webhook', '平台对接'), ('qr', '码上报'), ('phone', '电话坐席')], max_length=10, verbose_name='渠道')),
                ('issuer', models.CharField(blank=True, default='', help_text="which of a door's several sources", max_length=40)),
                ('cursor', models.CharField(blank=True, default='', max_length=200)),
                ('not_before', models.DateTimeField()),
                ('fetched_at', models.DateTimeField(null=True)),
                ('failing_since', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, default='', max_length=400)),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('door'), models.F('issuer'), name='one_fetch_per_source')],
            },
        ),
        migrations.CreateModel(
            name='Stoppage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('door', models.CharField(choices=[('open311', 'Open311 接口'), ('hotline', '12345 热线'), ('mailbox', '电子信箱'), ('wechat', '微信公众号'), ('webhook', '平台对接'), ('qr', '码上报'), ('phone', '电话坐席')], max_length=10, verbose_name='渠道')),
                ('trouble', models.CharField(choices=[('silent', '平时有来件，现在没有'), ('fetching', '取件一直失败'), ('sending', '答复一直送不出去')], max_length=10, verbose_name='情况')),
                ('since', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('door', 'trouble'), name='one_open_stoppage_of_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='TurnedAway',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('door', models.CharField(choices=[('open311', 'Open311 接口'), ('hotline', '12345 热线'), ('mailbox', '电子信箱'), ('wechat', '微信公众号'), ('webhook', '平台对接'), ('qr', '码上报'), ('phone', '电话坐席')], max_length=10, verbose_name='渠道')),
                ('external_id', models.CharField(blank=True, default='', max_length=120, verbose_name='对方编号')),
                ('code', models.CharField(max_length=40)),
                ('sentence', models.CharField(max_length=300, verbose_name='原因')),
                ('at', models.DateTimeField()),
                ('partner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='doors.partner')),
            ],
            options={
                'indexes': [models.Index(fields=['door', 'at'], name='turned_away_of_door')],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('told', models.CharField(choices=[('received', '已收到'), ('accepted', '已受理'), ('rerouted', '重新安排承办'), ('handled', '已处置'), ('closed', '已办结'), ('declined', '不予受理'), ('rated', '满意度'), ('returned', '申请退回'), ('extension', '申请延期')], max_length=10, verbose_name='内容')),
                ('state', models.CharField(choices=[('owed', '待送达'), ('sent', '已送达'), ('dead', '多次失败，待人工处理')], default='owed', max_length=6, verbose_name='状态')),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('not_before', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, default='', max_length=400)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.event')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='doors.entry')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'owed')), fields=['not_before'], name='answer_due'), models.Index(condition=models.Q(('state', 'dead')), fields=['entry'], name='answer_dead')],
                'constraints': [models.UniqueConstraint(models.F('entry'), models.F('event'), name='one_answer_per_event_of_an_entry')],
            },
        ),
        migrations.CreateModel(
            name='Nonce',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nonce', models.CharField(max_length=64)),
                ('at', models.DateTimeField(db_index=True)),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='doors.partner')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('partner'), models.F('nonce'), name='spent_once')],
            },
        ),
    ]
