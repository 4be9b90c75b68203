import django.db.models.deletion
import gongzhi.kernel.sealed
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('doors', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Taken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('mailbox', models.CharField(max_length=40)),
                ('message_id', models.CharField(blank=True, default='', max_length=180)),
                ('sender', models.CharField(blank=True, default='', help_text='blind index', max_length=32)),
                ('verdict', models.CharField(choices=[('case', '已立案'), ('supplement', '并入原案'), ('automatic', '自动邮件，不处理'), ('empty', '没有内容，已请对方补充'), ('refused', '不能受理，已说明原因'), ('unreadable', '读不了，请人工查看')], max_length=12)),
                ('at', models.DateTimeField()),
                ('entry', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='letters', to='doors.entry')),
            ],
            options={
                'indexes': [models.Index(fields=['sender', 'at'], name='letter_of_sender'), models.Index(fields=['message_id'], name='letter_by_message_id')],
            },
        ),
        migrations.CreateModel(
            name='Regret',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', gongzhi.kernel.sealed.SealedTextField()),
                ('subject', gongzhi.kernel.sealed.SealedTextField(blank=True, default='')),
                ('sentence', models.CharField(max_length=400)),
                ('state', models.CharField(choices=[('owed', '待送达'), ('sent', '已送达'), ('dead', '多次失败，待人工处理')], default='owed', max_length=6)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('not_before', models.DateTimeField()),
                ('taken', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='regret', to='gongzhi_mail.taken')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'owed')), fields=['not_before'], name='regret_due')],
            },
        ),
    ]
