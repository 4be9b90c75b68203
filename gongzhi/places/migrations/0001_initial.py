import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Area',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(help_text='12 digits, for a grid 12 digits-NN', max_length=20, unique=True, verbose_name='区划代码')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('level', models.CharField(choices=[('province', '省级'), ('city', '市级'), ('district', '区县'), ('township', '街镇'), ('community', '社区'), ('grid', '网格')], max_length=10, verbose_name='层级')),
                ('path', models.CharField(help_text='/349901000000/349901001000/…/, kept by save()', max_length=140, unique=True)),
                ('place', models.BigIntegerField(editable=False, help_text='the code as a number, kept by save()', null=True, unique=True)),
                ('polygon', models.JSONField(blank=True, help_text='GeoJSON Polygon or MultiPolygon, WGS-84, lng before lat', null=True)),
                ('lng', models.FloatField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(-180), django.core.validators.MaxValueValidator(180)])),
                ('lat', models.FloatField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(-90), django.core.validators.MaxValueValidator(90)])),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='places.area')),
            ],
            options={
                'indexes': [models.Index(fields=['level', 'code'], name='area_by_level'), models.Index(fields=['name'], name='area_by_name')],
                'constraints': [models.CheckConstraint(condition=models.Q(('path__endswith', '/'), ('path__startswith', '/')), name='area_path_has_both_slashes')],
            },
        ),
        migrations.CreateModel(
            name='Collection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('visit', '入户采集'), ('table', '表格导入'), ('self', '本人申报'), ('police', '公安'), ('civil', '民政'), ('disability', '残联'), ('health', '卫生健康'), ('veterans', '退役军人事务'), ('housing', '住建与不动产'), ('market', '市场监管'), ('other', '其他部门')], max_length=12, verbose_name='来源')),
                ('source_ref', models.CharField(blank=True, default='', help_text='file name, document number', max_length=200, verbose_name='来源凭据')),
                ('purpose', models.CharField(choices=[('service', '基层公共服务'), ('safety', '公共安全与应急'), ('relief', '救助与帮扶'), ('count', '人口与房屋登记'), ('upkeep', '城市部件管养')], max_length=12, verbose_name='用途')),
                ('collected_at', models.DateTimeField(verbose_name='采集时间')),
                ('collected_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '采集',
            },
        ),
        migrations.CreateModel(
            name='Component',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=16, unique=True, verbose_name='部件标识码')),
                ('kind', models.CharField(choices=[('01', '公用设施'), ('02', '道路交通'), ('03', '市容环境'), ('04', '园林绿化'), ('05', '其他部件')], max_length=2, verbose_name='部件大类')),
                ('name', models.CharField(max_length=60, verbose_name='部件名称')),
                ('lng', models.FloatField(validators=[django.core.validators.MinValueValidator(-180), django.core.validators.MaxValueValidator(180)], verbose_name='经度')),
                ('lat', models.FloatField(validators=[django.core.validators.MinValueValidator(-90), django.core.validators.MaxValueValidator(90)], verbose_name='纬度')),
                ('address', models.CharField(blank=True, default='', max_length=160, verbose_name='位置描述')),
                ('owner', models.CharField(blank=True, default='', max_length=80, verbose_name='权属单位')),
                ('keeper', models.CharField(blank=True, default='', max_length=80, verbose_name='养护单位')),
                ('state', models.CharField(choices=[('intact', '完好'), ('damaged', '破损'), ('lost', '丢失'), ('retired', '停用')], default='intact', max_length=8, verbose_name='状态')),
                ('version', models.PositiveIntegerField(default=0, help_text='grows with every change')),
                ('collection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.collection')),
                ('grid', models.ForeignKey(db_column='place', on_delete=django.db.models.deletion.PROTECT, related_name='components', to='places.area', to_field='place', verbose_name='网格')),
            ],
            options={
                'verbose_name': '部件',
                'indexes': [models.Index(fields=['lat', 'lng'], name='component_by_position')],
            },
        ),
        migrations.CreateModel(
            name='Estate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='小区')),
                ('kind', models.CharField(choices=[('commercial', '商品房小区'), ('old', '老旧小区'), ('resettlement', '安置小区'), ('dormitory', '单位宿舍'), ('villa', '低层住宅')], max_length=12, verbose_name='类型')),
                ('lng', models.FloatField(validators=[django.core.validators.MinValueValidator(-180), django.core.validators.MaxValueValidator(180)])),
                ('lat', models.FloatField(validators=[django.core.validators.MinValueValidator(-90), django.core.validators.MaxValueValidator(90)])),
                ('area', models.ForeignKey(help_text='the community it lies in', on_delete=django.db.models.deletion.PROTECT, related_name='estates', to='places.area')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('area'), models.F('name'), name='one_estate_per_name')],
            },
        ),
        migrations.CreateModel(
            name='Building',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=30, verbose_name='楼栋')),
                ('floors', models.PositiveSmallIntegerField(verbose_name='层数')),
                ('lng', models.FloatField(validators=[django.core.validators.MinValueValidator(-180), django.core.validators.MaxValueValidator(180)])),
                ('lat', models.FloatField(validators=[django.core.validators.MinValueValidator(-90), django.core.validators.MaxValueValidator(90)])),
                ('estate', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='buildings', to='places.estate')),
            ],
            options={
                'indexes': [models.Index(fields=['lat', 'lng'], name='building_by_position')],
                'constraints': [models.UniqueConstraint(models.F('estate'), models.F('name'), name='one_building_per_name')],
            },
        ),
        migrations.CreateModel(
            name='Stairwell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=30, verbose_name='单元')),
                ('building', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stairwells', to='places.building')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('building'), models.F('name'), name='one_stairwell_per_name')],
            },
        ),
        migrations.CreateModel(
            name='Dwelling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='标准地址编码')),
                ('name', models.CharField(help_text='what is painted on the door: 501', max_length=20, verbose_name='户室')),
                ('address', models.CharField(help_text='estate to door, in one line', max_length=160, verbose_name='地址')),
                ('floor', models.SmallIntegerField(blank=True, null=True, verbose_name='楼层')),
                ('square_metres', models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True, verbose_name='建筑面积')),
                ('use', models.CharField(blank=True, choices=[('own', '自住'), ('let', '出租'), ('empty', '空置'), ('trade', '经营用房'), ('group', '集体宿舍')], max_length=8, verbose_name='用途')),
                ('version', models.PositiveIntegerField(default=0, help_text='grows with every change')),
                ('collection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.collection')),
                ('grid', models.ForeignKey(db_column='place', on_delete=django.db.models.deletion.PROTECT, related_name='dwellings', to='places.area', to_field='place', verbose_name='网格')),
                ('stairwell', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dwellings', to='places.stairwell', verbose_name='单元')),
            ],
            options={
                'verbose_name': '房屋',
                'indexes': [models.Index(fields=['address'], name='dwelling_by_address')],
                'constraints': [models.UniqueConstraint(models.F('stairwell'), models.F('name'), name='one_dwelling_per_name')],
            },
        ),
    ]
