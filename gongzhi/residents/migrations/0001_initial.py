import django.core.validators
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
            name='Resident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='姓名')),
                ('id_kind', models.CharField(choices=[('resident_id', '居民身份证'), ('permit', '港澳台居民居住证'), ('passport', '护照'), ('other', '其他证件')], default='resident_id', max_length=12, verbose_name='证件类型')),
                ('id_number', gongzhi.kernel.sealed.SealedTextField(blank=True, default='', verbose_name='证件号码')),
                ('id_index', models.UUIDField(editable=False, null=True, unique=True)),
                ('gender', models.CharField(blank=True, choices=[('female', '女'), ('male', '男')], max_length=6, verbose_name='性别')),
                ('born', models.DateField(blank=True, null=True, verbose_name='出生日期')),
                ('ethnicity', models.CharField(blank=True, default='', max_length=20, verbose_name='民族')),
                ('address', models.CharField(blank=True, default='', help_text="the home's, or as told", max_length=160, verbose_name='现住址')),
                ('registered_address', models.CharField(blank=True, default='', max_length=160, verbose_name='户籍地址')),
                ('residence', models.CharField(blank=True, choices=[('local', '人户一致'), ('away', '户在人不在'), ('here', '人在户不在'), ('floating', '流动人口')], default='', max_length=10, verbose_name='人户关系')),
                ('role', models.CharField(blank=True, choices=[('head', '户主'), ('spouse', '配偶'), ('child', '子女'), ('parent', '父母'), ('grandchild', '孙辈'), ('grandparent', '祖辈'), ('sibling', '兄弟姐妹'), ('other', '其他亲属'), ('unrelated', '非亲属')], default='', max_length=12, verbose_name='与户主关系')),
                ('state', models.CharField(choices=[('present', '在册'), ('moved_out', '迁出'), ('deceased', '死亡'), ('erased', '已删除')], default='present', max_length=10, verbose_name='状态')),
                ('state_since', models.DateField(blank=True, null=True, verbose_name='状态起始日')),
                ('note', gongzhi.kernel.sealed.SealedTextField(blank=True, default='', verbose_name='备注')),
                ('version', models.PositiveIntegerField(default=0, help_text='grows with every change')),
                ('collection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.collection')),
                ('grid', models.ForeignKey(db_column='place', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area', to_field='place', verbose_name='网格')),
                ('home', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='occupants', to='places.dwelling', verbose_name='房屋')),
            ],
            options={
                'verbose_name': '人员',
            },
        ),
        migrations.CreateModel(
            name='Household',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=32, unique=True, verbose_name='户号')),
                ('collection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.collection')),
                ('dwelling', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='households', to='places.dwelling')),
                ('grid', models.ForeignKey(db_column='place', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area', to_field='place')),
            ],
            options={
                'verbose_name': '户',
            },
        ),
        migrations.CreateModel(
            name='Findable',
            fields=[
                ('resident', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='residents.resident')),
                ('terms', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='AccountLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('linked_at', models.DateTimeField()),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='in_register', to=settings.AUTH_USER_MODEL)),
                ('linked_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resident', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='account_link', to='residents.resident')),
            ],
        ),
        migrations.AddField(
            model_name='resident',
            name='household',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='members', to='residents.household', verbose_name='户'),
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='名称')),
                ('kind', models.CharField(choices=[('shop', '商户'), ('firm', '企业'), ('institution', '事业单位'), ('authority', '机关'), ('social', '社会组织'), ('school', '学校与幼托'), ('clinic', '医疗机构'), ('other', '其他')], max_length=12, verbose_name='类型')),
                ('credit_code', models.CharField(blank=True, max_length=18, null=True, verbose_name='统一社会信用代码')),
                ('code_is_odd', models.BooleanField(default=False, help_text='the check fails; see kernel.codes', verbose_name='代码校验有误')),
                ('address', models.CharField(blank=True, default='', max_length=160, verbose_name='地址')),
                ('lng', models.FloatField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(-180), django.core.validators.MaxValueValidator(180)], verbose_name='经度')),
                ('lat', models.FloatField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(-90), django.core.validators.MaxValueValidator(90)], verbose_name='纬度')),
                ('chief', models.CharField(blank=True, default='', max_length=60, verbose_name='负责人')),
                ('phone', gongzhi.kernel.sealed.SealedTextField(blank=True, default='', verbose_name='联系电话')),
                ('phone_index', models.UUIDField(db_index=True, editable=False, null=True)),
                ('staff', models.PositiveIntegerField(blank=True, null=True, verbose_name='从业人数')),
                ('state', models.CharField(choices=[('open', '存续'), ('paused', '歇业'), ('closed', '注销')], default='open', max_length=8, verbose_name='状态')),
                ('version', models.PositiveIntegerField(default=0, help_text='grows with every change')),
                ('collection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.collection')),
                ('grid', models.ForeignKey(db_column='place', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area', to_field='place', verbose_name='网格')),
            ],
            options={
                'verbose_name': '组织',
                'indexes': [models.Index(fields=['name'], name='organisation_by_name')],
                'constraints': [models.UniqueConstraint(models.F('credit_code'), name='one_organisation_per_credit_code')],
            },
        ),
        migrations.CreateModel(
            name='Ownership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('owner', '产权人'), ('tenant', '承租人')], default='owner', max_length=8, verbose_name='权利')),
                ('parts', models.PositiveSmallIntegerField(default=1, verbose_name='份额')),
                ('whole', models.PositiveSmallIntegerField(default=1, verbose_name='总份数')),
                ('collection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.collection')),
                ('dwelling', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ownerships', to='places.dwelling')),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ownerships', to='residents.resident')),
            ],
            options={
                'verbose_name': '产权与承租',
                'constraints': [models.UniqueConstraint(models.F('dwelling'), models.F('resident'), models.F('kind'), name='one_ownership_per_kind'), models.CheckConstraint(condition=models.Q(('parts__gte', 1), ('parts__lte', models.F('whole'))), name='ownership_share_is_a_share')],
            },
        ),
        migrations.CreateModel(
            name='Phone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', gongzhi.kernel.sealed.SealedTextField(verbose_name='电话')),
                ('number_index', models.UUIDField(db_index=True, editable=False)),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('remark', models.CharField(blank=True, default='', help_text='女儿的', max_length=40, verbose_name='说明')),
                ('collection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.collection')),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='phones', to='residents.resident')),
            ],
            options={
                'verbose_name': '电话',
                'ordering': ['order', 'pk'],
                'constraints': [models.UniqueConstraint(models.F('resident'), models.F('number_index'), name='one_phone_per_number')],
            },
        ),
        migrations.CreateModel(
            name='Relation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('spouse', '配偶'), ('parent', '父母'), ('child', '子女'), ('guardian', '监护人'), ('ward', '被监护人'), ('carer', '照护人'), ('cared_for', '被照护人'), ('contact', '紧急联系人'), ('relative', '其他亲属')], max_length=12, verbose_name='关系')),
                ('collection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.collection')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='residents.resident')),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='relations', to='residents.resident')),
            ],
            options={
                'verbose_name': '关系',
                'constraints': [models.UniqueConstraint(models.F('resident'), models.F('other'), models.F('kind'), name='one_relation_per_kind'), models.CheckConstraint(condition=models.Q(('resident', models.F('other')), _negated=True), name='nobody_is_their_own')],
            },
        ),
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('see', '查阅复制本人信息'), ('correct', '更正本人信息'), ('review', '复核自动标签'), ('erase', '删除本人信息')], max_length=8, verbose_name='类型')),
                ('tag', models.CharField(blank=True, default='', help_text='which tag to review', max_length=24)),
                ('text', gongzhi.kernel.sealed.SealedTextField(blank=True, default='', verbose_name='请求内容')),
                ('asked_at', models.DateTimeField(verbose_name='提出时间')),
                ('state', models.CharField(choices=[('open', '待答复'), ('granted', '已办理'), ('declined', '未采纳')], default='open', max_length=8, verbose_name='状态')),
                ('answer', gongzhi.kernel.sealed.SealedTextField(blank=True, default='', verbose_name='答复')),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='requests', to='residents.resident')),
            ],
            options={
                'verbose_name': '本人请求',
                'indexes': [models.Index(fields=['state', 'asked_at'], name='request_by_state')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('resident', 'kind', 'tag'), name='one_open_request_of_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(help_text='see config/tags.yaml', max_length=24, verbose_name='标签')),
                ('origin', models.CharField(choices=[('rule', '自动'), ('manual', '人工')], max_length=8)),
                ('basis', models.CharField(blank=True, default='', help_text='born;count;fact;grade, see rules.tags', max_length=80)),
                ('since', models.DateField(verbose_name='起')),
                ('until', models.DateField(blank=True, help_text='of a manual tag', null=True, verbose_name='到期')),
                ('note', models.CharField(blank=True, default='', max_length=200, verbose_name='说明')),
                ('place', models.BigIntegerField(help_text="the resident's grid, so that one index serves a list")),
                ('put_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resident', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tags', to='residents.resident')),
            ],
            options={
                'verbose_name': '标签',
                'indexes': [models.Index(fields=['code', 'place', 'resident'], name='tag_in_area')],
                'constraints': [models.UniqueConstraint(models.F('resident'), models.F('code'), name='one_tag_per_code')],
            },
        ),
        migrations.CreateModel(
            name='TagException',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=24, verbose_name='标签')),
                ('ground', models.CharField(max_length=200, verbose_name='理由')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tag_exceptions', to='residents.resident')),
            ],
            options={
                'verbose_name': '标签例外',
                'constraints': [models.UniqueConstraint(models.F('resident'), models.F('code'), name='one_exception_per_tag')],
            },
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(choices=[('resident', '人员'), ('phone', '电话'), ('fact', '情况'), ('tag', '标签'), ('relation', '关系'), ('dwelling', '房屋'), ('organisation', '组织'), ('component', '部件')], max_length=12)),
                ('subject_id', models.BigIntegerField()),
                ('field', models.CharField(max_length=24)),
                ('before', gongzhi.kernel.sealed.SealedTextField(blank=True, default='')),
                ('after', gongzhi.kernel.sealed.SealedTextField(blank=True, default='')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('collection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.collection')),
            ],
            options={
                'verbose_name': '变更',
                'indexes': [models.Index(fields=['subject', 'subject_id', 'id'], name='change_of_subject')],
            },
        ),
        migrations.CreateModel(
            name='Fact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('party_member', '中共党员'), ('veteran', '退役军人'), ('honoured', '优抚对象'), ('disabled', '持残疾人证'), ('low_income', '低保'), ('nearly_low', '低保边缘'), ('destitute', '特困供养'), ('orphan', '孤儿'), ('left_behind', '父母外出务工'), ('lost_child', '计生特殊家庭'), ('chronic', '重大慢性病'), ('volunteer', '注册志愿者')], max_length=16, verbose_name='情况')),
                ('grade', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='等级')),
                ('since', models.DateField(blank=True, null=True, verbose_name='开始')),
                ('until', models.DateField(blank=True, null=True, verbose_name='截止')),
                ('collection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.collection')),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='facts', to='residents.resident')),
            ],
            options={
                'verbose_name': '情况',
                'indexes': [models.Index(fields=['kind', 'resident'], name='fact_by_kind')],
                'constraints': [models.UniqueConstraint(models.F('resident'), models.F('kind'), name='one_fact_per_kind')],
            },
        ),
        migrations.AddIndex(
            model_name='resident',
            index=models.Index(fields=['grid', 'id'], name='resident_by_grid'),
        ),
        migrations.AddIndex(
            model_name='resident',
            index=models.Index(fields=['home', 'state', 'born'], name='resident_by_home'),
        ),
        migrations.AddIndex(
            model_name='resident',
            index=models.Index(fields=['born', 'state', 'home', 'grid'], name='resident_by_birth'),
        ),
    ]
