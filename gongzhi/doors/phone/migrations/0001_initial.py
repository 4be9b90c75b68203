import django.db.models.deletion
import gongzhi.kernel.sealed
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('cases', '0001_initial'),
        ('doors', '0001_initial'),
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=80, verbose_name='通话编号')),
                ('line', models.CharField(max_length=20, verbose_name='线路')),
                ('seat', models.CharField(blank=True, default='', max_length=20, verbose_name='分机')),
                ('caller', gongzhi.kernel.sealed.SealedTextField(blank=True, default='')),
                ('caller_index', models.CharField(blank=True, db_index=True, default='', max_length=32)),
                ('rang_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('result', models.CharField(blank=True, choices=[('case', '已立案'), ('supplement', '并入原案'), ('service', '已派服务单'), ('answered', '当场答复'), ('elsewhere', '转其他部门'), ('callback', '约好回电'), ('silent', '无人说话'), ('wrong', '打错')], default='', max_length=10, verbose_name='结果')),
                ('note', models.CharField(blank=True, default='', max_length=400, verbose_name='备注')),
                ('agent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to=settings.AUTH_USER_MODEL)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='places.area')),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='cases.case')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='doors.partner')),
            ],
            options={
                'indexes': [models.Index(fields=['-rang_at'], name='call_newest'), models.Index(fields=['seat', '-rang_at'], name='call_of_seat')],
                'constraints': [models.UniqueConstraint(models.F('partner'), models.F('external_id'), name='one_call_per_number')],
            },
        ),
        migrations.CreateModel(
            name='Callback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(choices=[('missed', '未接来电'), ('promised', '答应回电')], max_length=10, verbose_name='原因')),
                ('about', models.CharField(blank=True, default='', max_length=200, verbose_name='要说什么')),
                ('caller', gongzhi.kernel.sealed.SealedTextField()),
                ('caller_index', models.CharField(max_length=32)),
                ('due_at', models.DateTimeField(verbose_name='最晚')),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('outcome', models.CharField(blank=True, choices=[('nobody', '没有人接'), ('talked', '已通话'), ('again', '对方又打来，已接通'), ('given_up', '多次没接通，不再打')], default='', max_length=10, verbose_name='结果')),
                ('note', models.CharField(blank=True, default='', max_length=400, verbose_name='备注')),
                ('done_at', models.DateTimeField(null=True)),
                ('at', models.DateTimeField()),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='callbacks', to='places.area')),
                ('call', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='callback', to='phone.call')),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='callbacks', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at__isnull', True)), fields=['due_at'], name='callback_due'), models.Index(condition=models.Q(('done_at__isnull', True)), fields=['caller_index'], name='callback_of_caller')],
            },
        ),
        migrations.CreateModel(
            name='Provider',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='名称')),
                ('phone', models.CharField(max_length=20, verbose_name='电话')),
                ('kinds', models.JSONField(default=list, verbose_name='服务')),
                ('vetted_at', models.DateTimeField(verbose_name='审核时间')),
                ('active', models.BooleanField(default=True, verbose_name='启用')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='providers', to='places.area')),
                ('vetted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='分机')),
                ('since', models.DateTimeField()),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='seat', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ServiceOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='服务')),
                ('text', models.CharField(max_length=400, verbose_name='要求')),
                ('address', gongzhi.kernel.sealed.SealedTextField(verbose_name='地址')),
                ('contact_name', gongzhi.kernel.sealed.SealedTextField(blank=True, default='')),
                ('contact_phone', gongzhi.kernel.sealed.SealedTextField(blank=True, default='')),
                ('state', models.CharField(choices=[('placed', '待上门'), ('done', '待回访'), ('rated', '已回访'), ('cancelled', '已取消')], default='placed', max_length=10, verbose_name='状态')),
                ('satisfaction', models.CharField(blank=True, choices=[('satisfied', '满意'), ('ordinary', '一般'), ('unsatisfied', '不满意')], default='', max_length=12, verbose_name='满意度')),
                ('note', models.CharField(blank=True, default='', max_length=400, verbose_name='备注')),
                ('placed_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('rated_at', models.DateTimeField(null=True)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='service_orders', to='places.area')),
                ('call', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='phone.call')),
                ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='phone.provider')),
            ],
            options={
                'indexes': [models.Index(fields=['state', '-placed_at'], name='order_by_state')],
                'constraints': [models.UniqueConstraint(models.F('call'), models.F('kind'), name='one_order_of_a_kind_per_call')],
            },
        ),
    ]
