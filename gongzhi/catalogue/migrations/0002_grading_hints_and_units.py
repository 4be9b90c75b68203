from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='edition',
            name='grading',
            field=models.JSONField(default=dict, help_text='signs that decide the grade first'),
        ),
        migrations.AddField(
            model_name='edition',
            name='units',
            field=models.JSONField(default=list, help_text='kinds of unit: [{"code", "name", "tier"}]'),
        ),
        migrations.AddField(
            model_name='item',
            name='hints',
            field=models.JSONField(default=list, help_text='words that point to it, for the scorer only'),
        ),
    ]
