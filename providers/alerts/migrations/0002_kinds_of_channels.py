"""Kinds of channels are files: the table asks for an address of any sort, and knows no kind."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="alertchannel", name="alert_channel_has_its_address"),
        migrations.AlterField(model_name="alertchannel", name="kind", field=models.TextField()),
        migrations.AddConstraint(
            model_name="alertchannel",
            constraint=models.CheckConstraint(
                condition=~Q(url="") | ~Q(recipients=[]), name="alert_channel_has_an_address"
            ),
        ),
    ]
