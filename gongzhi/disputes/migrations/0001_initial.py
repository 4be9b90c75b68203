import django.db.models.deletion
import gongzhi.kernel.sealed
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('cases', '0001_initial'),
        ('flows', '0001_initial'),
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=60, verbose_name='纠纷')),
                ('story', gongzhi.kernel.sealed.SealedTextField(verbose_name='经过')),
                ('address', models.CharField(blank=True, default='', max_length=200, verbose_name='地点')),
                ('kind', models.CharField(choices=[('neighbours', '邻里'), ('family', '婚姻家庭'), ('property', '物业与房屋'), ('labour', '劳动与薪酬'), ('consumer', '消费与借贷'), ('land', '土地与征迁'), ('damage', '损害赔偿'), ('other', '其他')], default='other', max_length=12, verbose_name='类别')),
                ('status', models.CharField(choices=[('found', '排查搜集'), ('sorted', '归类分流'), ('rated', '风险评估'), ('mediating', '化解处置'), ('settled', '回访评析'), ('followed', '监督考核'), ('archived', '已归档'), ('guided', '已引导其他途径'), ('withdrawn', '已撤回')], default='found', max_length=12, verbose_name='步骤')),
                ('version', models.PositiveIntegerField(default=1, help_text='raised by every change')),
                ('risk', models.CharField(blank=True, choices=[('low', '一般'), ('medium', '较大'), ('high', '重大')], default='', max_length=8, verbose_name='风险')),
                ('signs', models.JSONField(default=list, help_text='what the risk was rated by')),
                ('found_at', models.DateTimeField(verbose_name='受理时间')),
                ('assigned_at', models.DateTimeField(null=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('follow_up_on', models.DateField(null=True, verbose_name='回访日期')),
                ('reminded_at', models.DateTimeField(null=True)),
                ('kept', models.BooleanField(null=True, verbose_name='已履行')),
                ('score', models.PositiveSmallIntegerField(help_text='1 to 5', null=True, verbose_name='考评')),
                ('ended_at', models.DateTimeField(null=True)),
                ('press_at', models.DateTimeField(help_text='when the step is warned of or pressed for', null=True)),
                ('pressed', models.PositiveSmallIntegerField(default=0, help_text='warned, late, taken above')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='places.area')),
                ('case', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dispute', to='cases.case')),
                ('desk', models.ForeignKey(help_text='who runs it', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                ('flow', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='flows.flowversion')),
                ('found_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mediator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mediates', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-found_at', '-pk'],
                'indexes': [models.Index(fields=['desk', 'status'], name='dispute_at_desk'), models.Index(fields=['mediator', 'status'], name='dispute_of_mediator'), models.Index(condition=models.Q(('status', 'settled')), fields=['follow_up_on'], name='dispute_to_follow_up'), models.Index(condition=models.Q(('press_at__isnull', False)), fields=['press_at'], name='dispute_to_press')],
                'constraints': [models.CheckConstraint(condition=models.Q(('score__isnull', True), ('score__range', (1, 5)), _connector='OR'), name='dispute_score_from_one_to_five')],
            },
        ),
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', gongzhi.kernel.sealed.SealedTextField(verbose_name='协议内容')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dispute', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='agreements', to='disputes.dispute')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Mediator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(help_text='e.g. 人民调解员, 律师', max_length=40, verbose_name='身份')),
                ('kinds', models.JSONField(default=list, help_text='classes they are skilled in; empty: any')),
                ('highest', models.CharField(choices=[('low', '一般'), ('medium', '较大'), ('high', '重大')], default='medium', max_length=8, verbose_name='可调解的最高风险')),
                ('most', models.PositiveSmallIntegerField(default=6, verbose_name='同时最多')),
                ('is_active', models.BooleanField(default=True, verbose_name='在册')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mediators', to='places.area')),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='mediator', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['area__path', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.BigIntegerField(help_text="the journal's number of the step", unique=True)),
                ('text', gongzhi.kernel.sealed.SealedTextField(blank=True, default='')),
                ('dispute', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='disputes.dispute')),
            ],
        ),
        migrations.CreateModel(
            name='Party',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('applicant', '申请人'), ('respondent', '被申请人'), ('other', '其他当事人')], max_length=12, verbose_name='身份')),
                ('name', gongzhi.kernel.sealed.SealedTextField(verbose_name='姓名')),
                ('phone', gongzhi.kernel.sealed.SealedTextField(blank=True, default='', verbose_name='电话')),
                ('phone_index', models.CharField(blank=True, db_index=True, default='', max_length=32)),
                ('address', gongzhi.kernel.sealed.SealedTextField(blank=True, default='', verbose_name='住址')),
                ('agreed_at', models.DateTimeField(help_text='when they agreed to be mediated', null=True)),
                ('dispute', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parties', to='disputes.dispute')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('held_at', models.DateTimeField(verbose_name='调解时间')),
                ('place', models.CharField(blank=True, default='', max_length=200, verbose_name='调解地点')),
                ('text', gongzhi.kernel.sealed.SealedTextField(verbose_name='调解记录')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dispute', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='disputes.dispute')),
            ],
            options={
                'ordering': ['held_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('how', models.CharField(choices=[('drawn', '手写签名'), ('photo', '签字页照片')], max_length=8)),
                ('image', gongzhi.kernel.sealed.SealedTextField(help_text='JPEG, base64')),
                ('at', models.DateTimeField()),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='signatures', to='disputes.agreement')),
                ('party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='disputes.party')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(models.F('agreement'), models.F('party'), name='a_party_signs_once')],
            },
        ),
    ]
