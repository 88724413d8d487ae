"""Places have a radius, kinds a rule for blurring, eras a territory.

Sites recorded before keep what they say of themselves: 0, not blurred, whatever their kinds say.
"""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('heritage', '0014_trust'),
    ]

    operations = [
        migrations.AddField(
            model_name='era',
            name='territory',
            field=models.ManyToManyField(blank=True, help_text='Places that it held. A span of eras that runs through it is a span of this era only for sites that lie there. Empty: for all sites.', related_name='+', to='heritage.place', verbose_name='territory'),
        ),
        migrations.AddField(
            model_name='era',
            name='territory_source',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='heritage.source', verbose_name='source of the territory'),
        ),
        migrations.AddField(
            model_name='kind',
            name='blur_km',
            field=models.PositiveSmallIntegerField(blank=True, choices=[(None, 'as its broader kind'), (0, 'not blurred'), (1, 'to about 1 km'), (5, 'to about 5 km'), (20, 'to about 20 km')], help_text='How closely readers see where sites of this kind lie, unless they are guarded: World Heritage, in the care of a custodian, or with opening hours or prices. What a site says itself goes before.', null=True, verbose_name='blur without guard'),
        ),
        migrations.AddField(
            model_name='place',
            name='radius_km',
            field=models.PositiveSmallIntegerField(blank=True, help_text='So far from its centre lies whatever is recorded here and in no narrower place. Sites without a point are then found there, as somewhere in this place.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(200)], verbose_name='radius in km'),
        ),
        migrations.AddField(
            model_name='place',
            name='centre_source',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='heritage.source', verbose_name='source of the centre'),
        ),
        migrations.AddField(
            model_name='site',
            name='rule_blur_km',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False, serialize=False),
        ),
        migrations.AlterField(
            model_name='site',
            name='blur_km',
            field=models.PositiveSmallIntegerField(blank=True, choices=[(None, 'by the rule of its kinds'), (0, 'not blurred'), (1, 'to about 1 km'), (5, 'to about 5 km'), (20, 'to about 20 km')], help_text='For places in danger of looters: the public sees a point on a grid.', null=True, verbose_name='blur for the public'),
        ),
        migrations.AlterField(
            model_name='siteera',
            name='role',
            field=models.CharField(choices=[('beginnings', 'beginnings'), ('standing', 'what stands'), ('dated', 'what it dates from'), ('other', 'in between'), ('within', 'only within a span of eras'), ('meanwhile', 'of its time, outside its territory')], max_length=10),
        ),
    ]
