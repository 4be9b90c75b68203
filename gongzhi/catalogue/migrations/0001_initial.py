import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True, verbose_name='版本')),
                ('digest', models.CharField(help_text='SHA-256 of the content', max_length=64, unique=True)),
                ('loaded_at', models.DateTimeField(verbose_name='载入时间')),
                ('active', models.BooleanField(default=False, verbose_name='现行')),
                ('grading', models.JSONField(default=dict, help_text='signs that decide the grade first')),
                ('units', models.JSONField(default=list, help_text='kinds of unit: [{"code", "name", "tier"}]')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('active'), condition=models.Q(('active', True)), name='one_active_edition')],
            },
        ),
        migrations.CreateModel(
            name='ItemClass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=4, verbose_name='代码')),
                ('name', models.CharField(max_length=30, verbose_name='大类')),
                ('icon', models.CharField(help_text='a lucide icon name', max_length=40)),
                ('description', models.CharField(blank=True, default='', max_length=200)),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='classes', to='catalogue.edition')),
            ],
            options={
                'ordering': ['code'],
                'constraints': [models.UniqueConstraint(models.F('edition'), models.F('code'), name='one_class_per_code')],
            },
        ),
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(help_text='2 digits class + 3 digits item', max_length=8, verbose_name='代码')),
                ('name', models.CharField(max_length=60, verbose_name='事项')),
                ('synonyms', models.JSONField(default=list, help_text='what people say for it')),
                ('hints', models.JSONField(default=list, help_text='words that point to it, for the scorer only')),
                ('grade', models.CharField(choices=[('urgent', '紧急'), ('serious', '较急'), ('ordinary', '一般')], max_length=10, verbose_name='级别')),
                ('tier', models.CharField(choices=[('grid', '网格'), ('community', '社区'), ('township', '街道'), ('district', '区级')], max_length=10, verbose_name='处置层级')),
                ('lead', models.CharField(help_text='kind of unit, config/units.yaml', max_length=40, verbose_name='主办')),
                ('assists', models.JSONField(default=list, help_text='kinds of unit that assist')),
                ('stages', models.JSONField(default=list, help_text='[{"name", "limit", "unit"}], last = handled')),
                ('evidence', models.JSONField(default=list, help_text='e.g. ["photo_before", "photo_after"]')),
                ('closing', models.CharField(max_length=200, verbose_name='结案标准')),
                ('check_by_other', models.BooleanField(default=True, verbose_name='须他人核查')),
                ('radius', models.PositiveSmallIntegerField(default=300, help_text='how far apart the same matter is reported', verbose_name='同一事项的距离（米）')),
                ('ask_again', models.PositiveSmallIntegerField(default=0, help_text='days after the end; 0 = not asked again', verbose_name='办结后再问（天）')),
                ('flow', models.CharField(blank=True, default='', help_text='empty: the standard one', max_length=30, verbose_name='流程')),
                ('skips_levels', models.BooleanField(default=False, verbose_name='可越级')),
                ('emergency', models.JSONField(help_text='null or {"call": "119", "notice": "…"}', null=True)),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='catalogue.edition')),
                ('item_class', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='catalogue.itemclass')),
            ],
            options={
                'ordering': ['code'],
                'constraints': [models.UniqueConstraint(models.F('edition'), models.F('code'), name='one_item_per_code')],
            },
        ),
    ]
