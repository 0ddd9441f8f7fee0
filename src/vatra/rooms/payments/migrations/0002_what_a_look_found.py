from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [
        migrations.AddField("cycle", "taken", models.PositiveIntegerField(default=0)),
        migrations.AddField("cycle", "gone", models.PositiveIntegerField(default=0)),
        migrations.AddField(
            "instruction",
            "compared",
            models.CharField(blank=True, choices=[("new", "New"), ("changed", "Changed")], default="", max_length=8),
            preserve_default=False,
        ),
        migrations.AddField("instruction", "overtaken_at", models.DateTimeField(null=True)),
    ]
