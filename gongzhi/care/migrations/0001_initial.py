import django.db.models.deletion
import gongzhi.kernel.sealed
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('sensing', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Duty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=20, unique=True)),
                ('seen_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Elder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', gongzhi.kernel.sealed.SealedTextField(verbose_name='姓名')),
                ('phone', gongzhi.kernel.sealed.SealedTextField(blank=True, default='', verbose_name='电话')),
                ('consented_at', models.DateTimeField(verbose_name='同意时间')),
                ('consented_by', models.CharField(choices=[('self', '本人'), ('guardian', '监护人')], max_length=10, verbose_name='同意人')),
                ('consent_ref', models.CharField(help_text='where the signed paper is kept', max_length=60, verbose_name='同意书编号')),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('sensitivity', models.CharField(choices=[('high', '高（每月约2次）'), ('medium', '中（每月约1次）'), ('low', '低（每月约半次）')], default='low', max_length=8, verbose_name='灵敏度')),
                ('sensitivity_until', models.DateTimeField(help_text='then it is low again', null=True)),
                ('shares_with_family', models.BooleanField(default=False, help_text='a consent of its own', verbose_name='同意家属查看状态')),
                ('testing_until', models.DateTimeField(help_text='until then nobody is called', null=True)),
                ('company_until', models.DateTimeField(help_text='visitors: nothing is learnt', null=True)),
                ('revision', models.PositiveIntegerField(default=0, help_text="raised when the guard must look at the home's record anew")),
                ('home', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='elder', to='sensing.home')),
            ],
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField()),
                ('name', gongzhi.kernel.sealed.SealedTextField(verbose_name='姓名')),
                ('phone', gongzhi.kernel.sealed.SealedTextField(verbose_name='电话')),
                ('phone_index', models.CharField(blank=True, db_index=True, default='', max_length=32)),
                ('tie', models.CharField(choices=[('child', '子女'), ('relative', '亲属'), ('friend', '朋友'), ('neighbour', '邻居')], max_length=10, verbose_name='关系')),
                ('elder', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='care.elder')),
            ],
            options={
                'ordering': ['order'],
                'constraints': [models.UniqueConstraint(models.F('elder'), models.F('order'), name='one_contact_per_place')],
            },
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ground', models.CharField(choices=[('silence', '长时间无活动'), ('electricity', '用电异常'), ('out_too_long', '外出过久'), ('unopened', '入户门长时间未开'), ('night_door', '夜间出门'), ('intrusion', '离家期间门被打开'), ('blind', '设备全部失联'), ('sos', '一键求助'), ('smoke', '烟雾告警'), ('gas', '燃气告警'), ('water', '水浸告警')], max_length=12, verbose_name='原因')),
                ('is_notice', models.BooleanField(default=False, help_text='shown at the desk; calls nobody')),
                ('raised_at', models.DateTimeField(verbose_name='时间')),
                ('since', models.DateTimeField(help_text='the last event before it', null=True)),
                ('basis', models.JSONField(default=dict, help_text='q, e, thetas, r, model: see rules.clock.Alarm')),
                ('accepted_at', models.DateTimeField(null=True)),
                ('arrived_at', models.DateTimeField(null=True)),
                ('heard_at', models.DateTimeField(help_text='the first human event after it', null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('close_code', models.CharField(blank=True, choices=[('true_help', '确需帮助'), ('true_absence', '确实外出'), ('false_normal', '误报，一切正常'), ('device', '设备原因'), ('duplicate', '重复'), ('test', '测试'), ('late_data', '数据迟到'), ('withdrawn', '同意已撤回'), ('case_ended', '随事件结束')], default='', max_length=14)),
                ('note', gongzhi.kernel.sealed.SealedTextField(blank=True, default='', help_text='what was found, in their own words')),
                ('learnt', models.BooleanField(default=False, help_text='whether the guard knows how it ended')),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('worker', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to=settings.AUTH_USER_MODEL)),
                ('elder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='care.elder')),
            ],
            options={
                'indexes': [models.Index(fields=['-raised_at'], name='alert_newest')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('elder', 'ground', 'is_notice'), name='one_open_alert_per_ground')],
            },
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('begins_at', models.DateTimeField(verbose_name='开始')),
                ('ends_at', models.DateTimeField(verbose_name='结束')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('elder', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to='care.elder')),
            ],
            options={
                'indexes': [models.Index(fields=['elder', 'ends_at'], name='absence_of_elder')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('begins_at'))), name='absence_has_length')],
            },
        ),
        migrations.CreateModel(
            name='FamilyLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('secret_hash', models.CharField(help_text='SHA-256 of 256 bits', max_length=64, unique=True)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('seen_at', models.DateTimeField(null=True)),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='care.contact')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SettingChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.CharField(choices=[('high', '高（每月约2次）'), ('medium', '中（每月约1次）'), ('low', '低（每月约半次）')], max_length=8)),
                ('after', models.CharField(choices=[('high', '高（每月约2次）'), ('medium', '中（每月约1次）'), ('low', '低（每月约半次）')], max_length=8)),
                ('reason', gongzhi.kernel.sealed.SealedTextField()),
                ('expires_at', models.DateTimeField(null=True)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('elder', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='care.elder')),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ShadowRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField()),
                ('area_path', models.CharField(max_length=140)),
                ('days', models.PositiveSmallIntegerField()),
                ('inject', models.PositiveIntegerField(default=0, help_text='collapses put in')),
                ('seed', models.PositiveIntegerField(default=1)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('failed', models.TextField(blank=True, default='')),
                ('report', models.JSONField(default=dict, help_text='figures as printed by `gongzhi replay`')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-asked_at'],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('call', models.CharField(choices=[('elder', '致电老人'), ('contact', '致电联系人'), ('all_contacts', '同时致电全部联系人'), ('grid_worker', '派网格员上门'), ('next_worker', '改派并告知值班'), ('neighbour', '联系邻居或物业'), ('owner', '通知设备维护单位'), ('110', '提请110协助入户'), ('119', '提请119'), ('120', '提请120')], max_length=14)),
                ('order', models.PositiveSmallIntegerField(default=0, help_text='which contact')),
                ('due_at', models.DateTimeField()),
                ('outcome', models.CharField(choices=[('waiting', '未到时间'), ('calling', '已呼叫'), ('safe', '报平安'), ('help', '需要帮助'), ('coming', '答应前往'), ('no_answer', '无人接听'), ('asked', '已提请'), ('skipped', '不再需要')], default='waiting', max_length=10)),
                ('taken_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('alert', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='care.alert')),
            ],
            options={
                'ordering': ['due_at', 'pk'],
                'indexes': [models.Index(condition=models.Q(('outcome', 'waiting')), fields=['due_at'], name='step_due')],
            },
        ),
        migrations.CreateModel(
            name='Ring',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.CharField(choices=[('elder', '老人'), ('contact', '联系人')], max_length=8)),
                ('phone', gongzhi.kernel.sealed.SealedTextField()),
                ('words', gongzhi.kernel.sealed.SealedTextField()),
                ('rung_at', models.DateTimeField()),
                ('outcome', models.CharField(choices=[('waiting', '未到时间'), ('calling', '已呼叫'), ('safe', '报平安'), ('help', '需要帮助'), ('coming', '答应前往'), ('no_answer', '无人接听'), ('asked', '已提请'), ('skipped', '不再需要')], default='calling', max_length=10)),
                ('answered_at', models.DateTimeField(null=True)),
                ('contact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='rings', to='care.contact')),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rings', to='care.step')),
            ],
            options={
                'ordering': ['rung_at', 'pk'],
                'indexes': [models.Index(condition=models.Q(('outcome', 'calling')), fields=['rung_at'], name='ring_open')],
            },
        ),
        migrations.CreateModel(
            name='Standing',
            fields=[
                ('elder', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='standing', serialize=False, to='care.elder')),
                ('last_at', models.DateTimeField(help_text='the last human event', null=True)),
                ('notice_at', models.DateTimeField(help_text='when a notice comes if nothing happens', null=True)),
                ('alarm_at', models.DateTimeField(help_text='when an alarm comes if nothing happens', null=True)),
                ('share', models.FloatField(default=1.0, help_text='of usual events that can be heard')),
                ('days', models.PositiveSmallIntegerField(default=0, help_text='valid days learnt from')),
                ('line', models.JSONField(default=list, help_text="hours of silence allowed after an event at 0, 1 … 23 o'clock")),
                ('updated_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['alarm_at'], name='standing_by_alarm')],
            },
        ),
    ]
