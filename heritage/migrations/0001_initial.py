import django.contrib.auth.models
import django.contrib.auth.validators
import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import heritage.models.base
import heritage.models.fields
import heritage.values.language
from heritage.services.fulltext_table import CreateFullTextTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="Custodian",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                (
                    "name",
                    heritage.models.fields.LanguageMapField(
                        default=heritage.values.language.LanguageMap, verbose_name="name"
                    ),
                ),
                ("url", models.URLField(blank=True, verbose_name="address")),
            ],
            options={
                "verbose_name": "custodian",
                "verbose_name_plural": "custodians",
                "ordering": ["uid"],
            },
        ),
        migrations.CreateModel(
            name="IdentifierScheme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                ("slug", models.SlugField(max_length=40, unique=True, verbose_name="slug")),
                (
                    "label",
                    heritage.models.fields.LanguageMapField(
                        default=heritage.values.language.LanguageMap, verbose_name="label"
                    ),
                ),
                (
                    "pattern",
                    models.CharField(
                        blank=True,
                        help_text="A regular expression that the whole value must match.",
                        max_length=100,
                        verbose_name="pattern",
                    ),
                ),
                (
                    "uri_template",
                    models.CharField(
                        blank=True,
                        help_text="With {value} where the value belongs.",
                        max_length=200,
                        verbose_name="address",
                    ),
                ),
            ],
            options={
                "verbose_name": "identifier scheme",
                "verbose_name_plural": "identifier schemes",
                "ordering": ["slug"],
            },
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                (
                    "name",
                    heritage.models.fields.LanguageMapField(
                        default=heritage.values.language.LanguageMap, verbose_name="name"
                    ),
                ),
                (
                    "tagline",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        verbose_name="tagline",
                    ),
                ),
                (
                    "logo",
                    heritage.models.fields.PictureField(
                        blank=True, upload_to="identity/", verbose_name="logo"
                    ),
                ),
                ("width", models.PositiveIntegerField(default=0, editable=False)),
                ("height", models.PositiveIntegerField(default=0, editable=False)),
                ("sha256", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "about",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        help_text="Markdown.",
                        verbose_name="about",
                    ),
                ),
                (
                    "privacy",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        help_text="Markdown.",
                        verbose_name="privacy",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
            ],
            options={
                "verbose_name": "identity",
                "verbose_name_plural": "identity",
            },
        ),
        migrations.CreateModel(
            name="IndexChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("site_id", models.BigIntegerField()),
                ("token", models.CharField(default=heritage.models.base.new_uid, max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="IndexPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                ("data", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Licence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        help_text="SPDX, such as CC-BY-4.0.",
                        max_length=40,
                        unique=True,
                        verbose_name="code",
                    ),
                ),
                (
                    "label",
                    heritage.models.fields.LanguageMapField(
                        default=heritage.values.language.LanguageMap, verbose_name="label"
                    ),
                ),
                ("url", models.URLField(blank=True, verbose_name="address")),
            ],
            options={
                "verbose_name": "licence",
                "verbose_name_plural": "licences",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="SpeltWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=60, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                (
                    "first_name",
                    models.CharField(blank=True, max_length=150, verbose_name="first name"),
                ),
                (
                    "last_name",
                    models.CharField(blank=True, max_length=150, verbose_name="last name"),
                ),
                (
                    "email",
                    models.EmailField(blank=True, max_length=254, verbose_name="email address"),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="date joined"
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "abstract": False,
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="ChangeSet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("edit", "edit"),
                            ("bulk", "bulk action"),
                            ("import", "import"),
                            ("correction", "correction"),
                            ("merge", "merge"),
                            ("undo", "undo"),
                            ("restore", "restoration"),
                            ("command", "command"),
                        ],
                        default="command",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "detail",
                    models.JSONField(
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="detail",
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_index=True, default=django.utils.timezone.now, verbose_name="time"
                    ),
                ),
                (
                    "undoes",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="undone_by",
                        to="heritage.changeset",
                        verbose_name="undoes",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "change set",
                "verbose_name_plural": "change sets",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Designation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        blank=True,
                        help_text="Such as 1003 or 1-0037-4-004.",
                        max_length=60,
                        verbose_name="reference",
                    ),
                ),
                (
                    "name",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        verbose_name="name in the register",
                    ),
                ),
                (
                    "batch",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="batch"),
                ),
                (
                    "era_text",
                    models.CharField(
                        blank=True,
                        help_text="Word for word, such as 金至清.",
                        max_length=100,
                        verbose_name="era as listed",
                    ),
                ),
                (
                    "note",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        help_text="Shown to readers.",
                        verbose_name="note",
                    ),
                ),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("in_force", "in force"),
                            ("in_danger", "in force, in danger"),
                            ("ended", "revoked or delisted"),
                            ("superseded", "superseded"),
                        ],
                        default="in_force",
                        editable=False,
                        max_length=12,
                        serialize=False,
                        verbose_name="standing",
                    ),
                ),
                (
                    "listed_year",
                    models.IntegerField(
                        editable=False, null=True, serialize=False, verbose_name="listed in"
                    ),
                ),
                (
                    "superseded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supersedes",
                        to="heritage.designation",
                        verbose_name="superseded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "designation",
                "verbose_name_plural": "designations",
                "ordering": ["scheme", "reference", "uid"],
            },
        ),
        migrations.CreateModel(
            name="DesignationEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("inscribed", "inscribed or listed"),
                            ("extended", "extended or changed"),
                            ("upgraded", "upgraded"),
                            ("lowered", "lowered"),
                            ("out_of_danger", "taken off the danger list"),
                            ("in_danger", "put on the danger list"),
                            ("superseded", "superseded"),
                            ("delisted", "revoked or delisted"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                (
                    "date",
                    heritage.models.fields.EDTFField(
                        blank=True, max_length=60, verbose_name="date"
                    ),
                ),
                (
                    "note",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        verbose_name="note",
                    ),
                ),
                ("first_year", models.IntegerField(editable=False, null=True, serialize=False)),
                ("last_year", models.IntegerField(editable=False, null=True, serialize=False)),
                (
                    "designation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="heritage.designation",
                        verbose_name="designation",
                    ),
                ),
            ],
            options={
                "verbose_name": "designation event",
                "verbose_name_plural": "designation events",
                "ordering": [models.OrderBy(models.F("first_year"), nulls_first=True), "uid"],
            },
        ),
        migrations.CreateModel(
            name="Kind",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="slug")),
                (
                    "label",
                    heritage.models.fields.LanguageMapField(
                        default=heritage.values.language.LanguageMap, verbose_name="label"
                    ),
                ),
                ("search_text", models.TextField(default="", editable=False, serialize=False)),
                (
                    "description",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        verbose_name="description",
                    ),
                ),
                (
                    "silhouette",
                    models.CharField(
                        blank=True,
                        help_text="Which drawing stands for the kind where a site has no photograph.",
                        max_length=30,
                        verbose_name="silhouette",
                    ),
                ),
                (
                    "order",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="Of several kinds, the lowest gives the drawing.",
                        verbose_name="order",
                    ),
                ),
                (
                    "aat",
                    models.CharField(
                        blank=True,
                        help_text="Getty Art & Architecture Thesaurus.",
                        max_length=20,
                        verbose_name="AAT number",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="heritage.kind",
                    ),
                ),
            ],
            options={
                "verbose_name": "kind",
                "verbose_name_plural": "kinds",
                "ordering": ["order", "slug"],
            },
        ),
        migrations.CreateModel(
            name="LoadedRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(max_length=60)),
                ("uid", models.CharField(max_length=80)),
                ("file", models.CharField(max_length=100)),
                ("said", models.CharField(max_length=64)),
                ("stored", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "loaded row",
                "verbose_name_plural": "loaded rows",
                "constraints": [
                    models.UniqueConstraint(fields=("label", "uid"), name="loaded_row_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="LoginAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "log-in attempt",
                "verbose_name_plural": "log-in attempts",
                "indexes": [models.Index(fields=["key", "at"], name="login_attempt_by_key")],
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="slug")),
                (
                    "label",
                    heritage.models.fields.LanguageMapField(
                        default=heritage.values.language.LanguageMap, verbose_name="label"
                    ),
                ),
                ("search_text", models.TextField(default="", editable=False, serialize=False)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("country", "country or territory"),
                            ("province", "province or state"),
                            ("city", "city or prefecture"),
                            ("county", "county or district"),
                        ],
                        max_length=10,
                        verbose_name="level",
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        blank=True,
                        help_text="ISO 3166 for countries and provinces, the national code below.",
                        max_length=12,
                        verbose_name="code",
                    ),
                ),
                (
                    "note",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        help_text="Shown to readers.",
                        verbose_name="note",
                    ),
                ),
                ("sort_keys", models.JSONField(default=dict, editable=False, serialize=False)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="heritage.place",
                    ),
                ),
            ],
            options={
                "verbose_name": "place",
                "verbose_name_plural": "places",
                "ordering": ["slug"],
            },
        ),
        migrations.CreateModel(
            name="Era",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="slug")),
                (
                    "label",
                    heritage.models.fields.LanguageMapField(
                        default=heritage.values.language.LanguageMap, verbose_name="label"
                    ),
                ),
                ("search_text", models.TextField(default="", editable=False, serialize=False)),
                (
                    "short_label",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        help_text="For spans, as in “Jin (1115–1234) to Qing”.",
                        verbose_name="short label",
                    ),
                ),
                (
                    "span",
                    heritage.models.fields.EDTFField(
                        help_text="EDTF interval, such as 0618/0907 or 1949/.. (open).",
                        max_length=60,
                        verbose_name="span",
                    ),
                ),
                (
                    "first_year",
                    models.IntegerField(
                        editable=False, null=True, serialize=False, verbose_name="first year"
                    ),
                ),
                (
                    "last_year",
                    models.IntegerField(
                        editable=False, null=True, serialize=False, verbose_name="last year"
                    ),
                ),
                (
                    "certainty",
                    models.CharField(
                        choices=[
                            ("certain", "certain"),
                            ("approximate", "approximate"),
                            ("traditional", "traditional"),
                        ],
                        default="certain",
                        max_length=12,
                        verbose_name="certainty",
                    ),
                ),
                (
                    "region_name",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        help_text="Where the region is wider than a place of the catalogue: Mesopotamia.",
                        verbose_name="name of the region",
                    ),
                ),
                ("periodo", models.URLField(blank=True, verbose_name="PeriodO address")),
                (
                    "palette",
                    models.CharField(
                        blank=True,
                        help_text="Colours of drawn covers.",
                        max_length=20,
                        verbose_name="palette",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="heritage.era",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="eras",
                        to="heritage.place",
                        verbose_name="region",
                    ),
                ),
            ],
            options={
                "verbose_name": "era",
                "verbose_name_plural": "eras",
                "ordering": [
                    models.OrderBy(models.F("first_year"), nulls_first=True),
                    "last_year",
                    "slug",
                ],
            },
        ),
        migrations.CreateModel(
            name="Scheme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                ("slug", models.SlugField(max_length=60, unique=True, verbose_name="slug")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("world_heritage", "World Heritage List"),
                            ("tentative", "World Heritage tentative list"),
                            ("protection", "legal protection"),
                            ("rating", "tourist rating"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                (
                    "label",
                    heritage.models.fields.LanguageMapField(
                        default=heritage.values.language.LanguageMap, verbose_name="label"
                    ),
                ),
                (
                    "description",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        verbose_name="description",
                    ),
                ),
                (
                    "short_label",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        help_text="For seals.",
                        verbose_name="short label",
                    ),
                ),
                (
                    "authority",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        verbose_name="authority",
                    ),
                ),
                (
                    "rank",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="Of several protections, the lowest is named first.",
                        verbose_name="rank",
                    ),
                ),
                (
                    "edition",
                    heritage.models.fields.EDTFField(
                        blank=True,
                        help_text="Year or day of the list that is followed; later entries are shown apart.",
                        max_length=60,
                        verbose_name="edition",
                    ),
                ),
                (
                    "edition_note",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        help_text="How complete the entries are that came later; shown to readers.",
                        verbose_name="note on the edition",
                    ),
                ),
                (
                    "uri_template",
                    models.CharField(
                        blank=True,
                        help_text="With {reference} where the reference belongs.",
                        max_length=200,
                        verbose_name="address of an entry",
                    ),
                ),
                (
                    "country",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="heritage.place",
                        verbose_name="country",
                    ),
                ),
            ],
            options={
                "verbose_name": "register",
                "verbose_name_plural": "registers",
                "ordering": ["rank", "slug"],
            },
        ),
        migrations.AddField(
            model_name="designation",
            name="scheme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="designations",
                to="heritage.scheme",
                verbose_name="register",
            ),
        ),
        migrations.CreateModel(
            name="SchemeTerm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                (
                    "facet",
                    models.CharField(
                        choices=[
                            ("category", "category or grade"),
                            ("criterion", "criterion"),
                            ("region", "region"),
                        ],
                        max_length=12,
                        verbose_name="facet",
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                (
                    "label",
                    heritage.models.fields.LanguageMapField(
                        default=heritage.values.language.LanguageMap, verbose_name="label"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms",
                        to="heritage.scheme",
                        verbose_name="register",
                    ),
                ),
            ],
            options={
                "verbose_name": "register term",
                "verbose_name_plural": "register terms",
                "ordering": ["scheme", "facet", "order", "code"],
            },
        ),
        migrations.AddField(
            model_name="designation",
            name="category",
            field=models.ForeignKey(
                blank=True,
                limit_choices_to={"facet": "category"},
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="heritage.schemeterm",
                verbose_name="category or grade",
            ),
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        blank=True,
                        help_text="Stands in the address. Empty: made from the name. A former one redirects.",
                        max_length=120,
                        unique=True,
                        verbose_name="slug",
                    ),
                ),
                (
                    "name",
                    heritage.models.fields.LanguageMapField(
                        default=heritage.values.language.LanguageMap, verbose_name="name"
                    ),
                ),
                (
                    "summary",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        help_text="One or two sentences: what it is and why it matters.",
                        verbose_name="summary",
                    ),
                ),
                (
                    "description",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        help_text="Markdown.",
                        verbose_name="description",
                    ),
                ),
                (
                    "note",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        help_text="Doubts about the record, shown to readers.",
                        verbose_name="note on the record",
                    ),
                ),
                (
                    "area_ha",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="Empty if unknown.",
                        max_digits=14,
                        null=True,
                        verbose_name="area in hectares",
                    ),
                ),
                (
                    "latitude",
                    heritage.models.fields.DegreesField(
                        blank=True,
                        help_text="WGS 84, degrees; north is positive.",
                        limit=90,
                        null=True,
                        verbose_name="latitude",
                    ),
                ),
                (
                    "longitude",
                    heritage.models.fields.DegreesField(
                        blank=True,
                        help_text="WGS 84, degrees; east is positive.",
                        limit=180,
                        null=True,
                        verbose_name="longitude",
                    ),
                ),
                (
                    "precision",
                    models.CharField(
                        choices=[
                            ("surveyed", "surveyed"),
                            ("approximate", "approximate"),
                            ("town", "centre of the town"),
                        ],
                        default="approximate",
                        max_length=12,
                        verbose_name="precision",
                    ),
                ),
                (
                    "accuracy_m",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty if unknown.",
                        null=True,
                        verbose_name="good to, in metres",
                    ),
                ),
                (
                    "blur_km",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "not blurred"),
                            (1, "to about 1 km"),
                            (5, "to about 5 km"),
                            (20, "to about 20 km"),
                        ],
                        default=0,
                        help_text="For places in danger of looters: the public sees a point on a grid.",
                        verbose_name="blur for the public",
                    ),
                ),
                (
                    "boundary",
                    models.JSONField(
                        blank=True,
                        help_text="GeoJSON: a Polygon or MultiPolygon, WGS 84. Not shown where the point is blurred.",
                        null=True,
                        verbose_name="boundary",
                    ),
                ),
                ("public_latitude", models.FloatField(editable=False, null=True, serialize=False)),
                ("public_longitude", models.FloatField(editable=False, null=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("archived", "archived"),
                        ],
                        db_index=True,
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "featured",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="1 comes first; empty: none.",
                        null=True,
                        verbose_name="place on the home page",
                    ),
                ),
                (
                    "cover",
                    models.CharField(
                        choices=[("drawn", "a drawn scene"), ("plain", "a plain plate")],
                        default="drawn",
                        help_text="Plain where a scene would be out of place, as at a memorial.",
                        max_length=10,
                        verbose_name="cover",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(editable=False, serialize=False, verbose_name="created"),
                ),
                (
                    "updated_at",
                    models.DateTimeField(
                        db_index=True, editable=False, serialize=False, verbose_name="updated"
                    ),
                ),
                (
                    "state_changed_at",
                    models.DateTimeField(
                        editable=False, null=True, serialize=False, verbose_name="state changed"
                    ),
                ),
                (
                    "published_at",
                    models.DateTimeField(
                        editable=False, null=True, serialize=False, verbose_name="first published"
                    ),
                ),
                (
                    "first_year",
                    models.IntegerField(db_index=True, editable=False, null=True, serialize=False),
                ),
                (
                    "inscribed_year",
                    models.IntegerField(db_index=True, editable=False, null=True, serialize=False),
                ),
                ("search_text", models.TextField(default="", editable=False, serialize=False)),
                ("reading", models.TextField(default="", editable=False, serialize=False)),
                (
                    "also_in",
                    models.ManyToManyField(
                        blank=True,
                        related_name="+",
                        to="heritage.place",
                        verbose_name="also lies in",
                    ),
                ),
                (
                    "custodian",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sites",
                        to="heritage.custodian",
                        verbose_name="custodian",
                    ),
                ),
                (
                    "kinds",
                    models.ManyToManyField(
                        blank=True, related_name="sites", to="heritage.kind", verbose_name="kinds"
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        blank=True,
                        help_text="The narrowest that is sure.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sites",
                        to="heritage.place",
                        verbose_name="place",
                    ),
                ),
                (
                    "state_changed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="state changed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "site",
                "verbose_name_plural": "sites",
                "ordering": ["slug"],
                "permissions": [("publish_site", "Can publish and withdraw sites")],
            },
        ),
        migrations.CreateModel(
            name="PartOf",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                (
                    "note",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        verbose_name="note",
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="part_of",
                        to="heritage.site",
                        verbose_name="part",
                    ),
                ),
                (
                    "whole",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="heritage.site",
                        verbose_name="whole",
                    ),
                ),
            ],
            options={
                "verbose_name": "part of",
                "verbose_name_plural": "parts of",
                "ordering": ["whole", "part"],
            },
        ),
        migrations.CreateModel(
            name="Image",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                (
                    "file",
                    heritage.models.fields.PictureField(upload_to="images/", verbose_name="file"),
                ),
                (
                    "width",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="width"),
                ),
                (
                    "height",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="height"),
                ),
                ("sha256", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "alt",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        help_text="What the picture shows, for those who do not see it.",
                        verbose_name="alternative text",
                    ),
                ),
                (
                    "caption",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        verbose_name="caption",
                    ),
                ),
                ("author", models.CharField(blank=True, max_length=200, verbose_name="author")),
                (
                    "credit_line",
                    models.CharField(blank=True, max_length=300, verbose_name="credit line"),
                ),
                (
                    "source_url",
                    models.URLField(blank=True, max_length=500, verbose_name="where it comes from"),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                ("published", models.BooleanField(default=False, verbose_name="published")),
                (
                    "licence",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="heritage.licence",
                        verbose_name="licence",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="images",
                        to="heritage.site",
                        verbose_name="site",
                    ),
                ),
            ],
            options={
                "verbose_name": "image",
                "verbose_name_plural": "images",
                "ordering": ["order", "uid"],
            },
        ),
        migrations.CreateModel(
            name="Identifier",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                ("value", models.CharField(max_length=100, verbose_name="value")),
                (
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="heritage.identifierscheme",
                        verbose_name="scheme",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identifiers",
                        to="heritage.site",
                        verbose_name="site",
                    ),
                ),
            ],
            options={
                "verbose_name": "identifier",
                "verbose_name_plural": "identifiers",
                "ordering": ["scheme", "value"],
            },
        ),
        migrations.CreateModel(
            name="FormerSlug",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                ("slug", models.SlugField(max_length=120, unique=True, verbose_name="slug")),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_slugs",
                        to="heritage.site",
                    ),
                ),
            ],
            options={
                "verbose_name": "former slug",
                "verbose_name_plural": "former slugs",
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("name", "a name"),
                            ("dates", "dates and history"),
                            ("position", "where it lies"),
                            ("status", "protection or World Heritage status"),
                            ("visit", "planning a visit"),
                            ("picture", "a picture"),
                            ("text", "the description"),
                            ("other", "something else"),
                        ],
                        max_length=12,
                        verbose_name="what it is about",
                    ),
                ),
                (
                    "text",
                    heritage.models.fields.PlainTextField(
                        max_length=4000, verbose_name="what is wrong"
                    ),
                ),
                (
                    "suggestion",
                    heritage.models.fields.PlainTextField(
                        blank=True, max_length=4000, verbose_name="what would be right"
                    ),
                ),
                (
                    "link",
                    models.URLField(
                        blank=True, max_length=500, verbose_name="where that can be read"
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True, max_length=254, serialize=False, verbose_name="e-mail"
                    ),
                ),
                (
                    "language",
                    models.CharField(editable=False, max_length=35, verbose_name="language"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("accepted", "accepted"),
                            ("declined", "declined"),
                            ("spam", "spam"),
                        ],
                        db_index=True,
                        default="new",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "note",
                    heritage.models.fields.PlainTextField(
                        blank=True, help_text="Never shown outside.", verbose_name="editors' note"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_index=True, editable=False, serialize=False, verbose_name="sent"
                    ),
                ),
                (
                    "decided_at",
                    models.DateTimeField(
                        editable=False, null=True, serialize=False, verbose_name="decided"
                    ),
                ),
                (
                    "sender",
                    models.CharField(
                        blank=True, db_index=True, editable=False, max_length=64, serialize=False
                    ),
                ),
                (
                    "form_key",
                    models.CharField(
                        editable=False, max_length=32, null=True, serialize=False, unique=True
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="corrections",
                        to="heritage.site",
                        verbose_name="site",
                    ),
                ),
            ],
            options={
                "verbose_name": "correction",
                "verbose_name_plural": "corrections",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ComponentPoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(
                        help_text="An order within the property; no official reference.",
                        verbose_name="number",
                    ),
                ),
                (
                    "latitude",
                    heritage.models.fields.DegreesField(limit=90, verbose_name="latitude"),
                ),
                (
                    "longitude",
                    heritage.models.fields.DegreesField(limit=180, verbose_name="longitude"),
                ),
                (
                    "designation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="points",
                        to="heritage.designation",
                        verbose_name="designation",
                    ),
                ),
                (
                    "state",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="heritage.place",
                        verbose_name="state",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="component_points",
                        to="heritage.site",
                        verbose_name="site",
                    ),
                ),
            ],
            options={
                "verbose_name": "component point",
                "verbose_name_plural": "component points",
                "ordering": ["designation", "number"],
            },
        ),
        migrations.CreateModel(
            name="SiteEra",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("beginnings", "beginnings"),
                            ("standing", "what stands"),
                            ("other", "in between"),
                            ("within", "only within a span of eras"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "era",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="heritage.era",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="site_eras",
                        to="heritage.site",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SortName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=35)),
                ("key", heritage.models.fields.SortKeyField(max_length=255)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sort_names",
                        to="heritage.site",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("official", "official register or file"),
                            ("publication", "publication"),
                            ("dataset", "data set"),
                            ("web", "web page"),
                            ("recalled", "recalled, not yet checked against a source"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "citation",
                    heritage.models.fields.LanguageMapField(
                        default=heritage.values.language.LanguageMap, verbose_name="citation"
                    ),
                ),
                ("url", models.URLField(blank=True, max_length=500, verbose_name="address")),
                ("seen_on", models.DateField(blank=True, null=True, verbose_name="seen on")),
                (
                    "licence",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="heritage.licence",
                        verbose_name="licence",
                    ),
                ),
            ],
            options={
                "verbose_name": "source",
                "verbose_name_plural": "sources",
                "ordering": ["uid"],
            },
        ),
        migrations.AddField(
            model_name="site",
            name="point_source",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="heritage.source",
                verbose_name="source of the point",
            ),
        ),
        migrations.AddField(
            model_name="site",
            name="sources",
            field=models.ManyToManyField(
                blank=True, related_name="+", to="heritage.source", verbose_name="sources"
            ),
        ),
        migrations.CreateModel(
            name="Price",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="checked on")),
                (
                    "label",
                    heritage.models.fields.LanguageMapField(
                        default=heritage.values.language.LanguageMap,
                        help_text="Adults, students, over 65 …",
                        verbose_name="for whom",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="0 is free.",
                        max_digits=10,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="amount",
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        default="CNY",
                        max_length=3,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Z]{3}\\Z", "Write the ISO code, such as CNY."
                            )
                        ],
                        verbose_name="currency",
                    ),
                ),
                (
                    "note",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        help_text="Season, conditions, what it covers.",
                        verbose_name="note",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="heritage.site",
                        verbose_name="site",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="heritage.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "price",
                "verbose_name_plural": "prices",
                "ordering": ["order", "uid"],
            },
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="checked on")),
                (
                    "season_from",
                    models.CharField(
                        blank=True,
                        help_text="Month and day, such as 04-01; empty: all year.",
                        max_length=5,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])\\Z",
                                "Write month and day, such as 04-01.",
                            )
                        ],
                        verbose_name="season from",
                    ),
                ),
                (
                    "season_to",
                    models.CharField(
                        blank=True,
                        help_text="The last day of it; a season may run over the new year.",
                        max_length=5,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])\\Z",
                                "Write month and day, such as 04-01.",
                            )
                        ],
                        verbose_name="season to",
                    ),
                ),
                (
                    "weekdays",
                    models.CharField(
                        default="1234567",
                        help_text="1 is Monday, 7 is Sunday: 12345 is Monday to Friday.",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A1?2?3?4?5?6?7?\\Z", "Write days as digits: 1 is Monday."
                            )
                        ],
                        verbose_name="weekdays",
                    ),
                ),
                (
                    "opens",
                    models.TimeField(
                        blank=True, help_text="Empty: closed.", null=True, verbose_name="opens"
                    ),
                ),
                ("closes", models.TimeField(blank=True, null=True, verbose_name="closes")),
                ("last_entry", models.TimeField(blank=True, null=True, verbose_name="last entry")),
                (
                    "note",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        help_text="Holidays and other exceptions.",
                        verbose_name="note",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="heritage.site",
                        verbose_name="site",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="heritage.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "opening hours",
                "verbose_name_plural": "opening hours",
                "ordering": ["season_from", "weekdays", "opens", "uid"],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                (
                    "text",
                    heritage.models.fields.LanguageMapField(
                        default=heritage.values.language.LanguageMap, verbose_name="text"
                    ),
                ),
                (
                    "is_closed",
                    models.BooleanField(default=False, verbose_name="the whole site is closed"),
                ),
                ("begins", models.DateField(blank=True, null=True, verbose_name="from")),
                ("ends", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="heritage.site",
                        verbose_name="site",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="heritage.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "ordering": ["begins", "uid"],
            },
        ),
        migrations.CreateModel(
            name="Name",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("official", "official"),
                            ("alternative", "alternative"),
                            ("historical", "historical"),
                            ("script", "in another script"),
                            ("romanised", "romanised"),
                        ],
                        default="alternative",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.CharField(max_length=250, verbose_name="text")),
                (
                    "language",
                    models.CharField(
                        help_text="BCP 47, such as zh-hant, zh-latn-pinyin or en.",
                        max_length=35,
                        verbose_name="language",
                    ),
                ),
                (
                    "note",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        help_text="When or where it was used.",
                        verbose_name="note",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="names",
                        to="heritage.site",
                        verbose_name="site",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="heritage.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "name",
                "verbose_name_plural": "names",
                "ordering": ["kind", "language", "text"],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("founded", "founded"),
                            ("begun", "begun"),
                            ("built", "built"),
                            ("occupied", "occupied"),
                            ("capital", "capital"),
                            ("in_use", "in use"),
                            ("mentioned", "first mentioned"),
                            ("completed", "completed"),
                            ("enlarged", "enlarged"),
                            ("rebuilt", "rebuilt"),
                            ("repaired", "repaired"),
                            ("moved", "moved"),
                            ("renamed", "renamed"),
                            ("damaged", "damaged"),
                            ("destroyed", "destroyed"),
                            ("abandoned", "abandoned"),
                            ("rediscovered", "rediscovered"),
                            ("excavated", "excavated"),
                            ("fabric", "surviving fabric"),
                            ("other", "other event"),
                        ],
                        max_length=14,
                        verbose_name="what happened",
                    ),
                ),
                (
                    "date",
                    heritage.models.fields.EDTFField(
                        blank=True,
                        help_text="EDTF, or as people write it: 68, c. 493, 1300 BCE.",
                        max_length=60,
                        verbose_name="date",
                    ),
                ),
                (
                    "certainty",
                    models.CharField(
                        choices=[
                            ("certain", "certain"),
                            ("approximate", "approximate"),
                            ("traditional", "by tradition"),
                        ],
                        default="certain",
                        max_length=12,
                        verbose_name="certainty",
                    ),
                ),
                (
                    "note",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        verbose_name="note",
                    ),
                ),
                ("first_year", models.IntegerField(editable=False, null=True, serialize=False)),
                ("last_year", models.IntegerField(editable=False, null=True, serialize=False)),
                (
                    "first_era",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="heritage.era",
                        verbose_name="era",
                    ),
                ),
                (
                    "last_era",
                    models.ForeignKey(
                        blank=True,
                        help_text="Only for a span of eras.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="heritage.era",
                        verbose_name="to era",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="heritage.site",
                        verbose_name="site",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="heritage.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": [models.OrderBy(models.F("first_year"), nulls_last=True), "uid"],
            },
        ),
        migrations.AddField(
            model_name="era",
            name="source",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="heritage.source",
                verbose_name="source",
            ),
        ),
        migrations.AddField(
            model_name="designation",
            name="source",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="heritage.source",
                verbose_name="source",
            ),
        ),
        migrations.CreateModel(
            name="Coverage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                (
                    "extent",
                    models.CharField(
                        choices=[("whole", "the whole"), ("component", "a component")],
                        default="whole",
                        max_length=10,
                        verbose_name="extent",
                    ),
                ),
                (
                    "component_reference",
                    models.CharField(
                        blank=True,
                        help_text="Such as 1442-005: only where a source gives one.",
                        max_length=20,
                        verbose_name="component reference",
                    ),
                ),
                (
                    "note",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        help_text="Shown to readers.",
                        verbose_name="note",
                    ),
                ),
                (
                    "designation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="coverages",
                        to="heritage.designation",
                        verbose_name="designation",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="coverages",
                        to="heritage.site",
                        verbose_name="site",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="heritage.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "coverage",
                "verbose_name_plural": "coverages",
                "ordering": ["designation__scheme__rank", "uid"],
            },
        ),
        migrations.CreateModel(
            name="VisitingFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="checked on")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("website", "Website"),
                            ("phone", "Phone"),
                            ("getting_there", "How to get there"),
                            ("time_needed", "Time needed"),
                            ("wheelchair", "Wheelchair access"),
                            ("best_season", "Best season"),
                            ("booking", "Booking"),
                            ("other", "Good to know"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                (
                    "text",
                    heritage.models.fields.LanguageMapField(
                        blank=True,
                        default=heritage.values.language.LanguageMap,
                        verbose_name="text",
                    ),
                ),
                (
                    "value",
                    models.CharField(
                        blank=True,
                        help_text="A phone number or a web address: the same in every language.",
                        max_length=500,
                        verbose_name="number or address",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="heritage.site",
                        verbose_name="site",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="heritage.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "visiting fact",
                "verbose_name_plural": "visiting facts",
                "ordering": ["kind", "uid"],
            },
        ),
        migrations.CreateModel(
            name="WorldHeritage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=heritage.models.base.new_uid,
                        editable=False,
                        help_text="Permanent: never changed and never used again.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]*\\Z"
                            )
                        ],
                        verbose_name="uid",
                    ),
                ),
                (
                    "dossier",
                    models.CharField(
                        blank=True,
                        help_text="The reference with its suffix: 547bis.",
                        max_length=20,
                        verbose_name="dossier",
                    ),
                ),
                (
                    "area_ha",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="Empty if unknown.",
                        max_digits=14,
                        null=True,
                        verbose_name="area in hectares",
                    ),
                ),
                (
                    "criteria",
                    models.ManyToManyField(
                        blank=True,
                        limit_choices_to={"facet": "criterion"},
                        related_name="+",
                        to="heritage.schemeterm",
                        verbose_name="criteria",
                    ),
                ),
                (
                    "designation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="world_heritage",
                        to="heritage.designation",
                        verbose_name="designation",
                    ),
                ),
                (
                    "regions",
                    models.ManyToManyField(
                        blank=True,
                        limit_choices_to={"facet": "region"},
                        related_name="+",
                        to="heritage.schemeterm",
                        verbose_name="regions",
                    ),
                ),
                (
                    "states",
                    models.ManyToManyField(
                        blank=True,
                        limit_choices_to={"level": "country"},
                        related_name="+",
                        to="heritage.place",
                        verbose_name="states",
                    ),
                ),
            ],
            options={
                "verbose_name": "World Heritage detail",
                "verbose_name_plural": "World Heritage details",
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("object_id", models.BigIntegerField()),
                ("owner_id", models.BigIntegerField()),
                ("former_owner_id", models.BigIntegerField(null=True)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                (
                    "model",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contenttypes.contenttype",
                    ),
                ),
                (
                    "owner_model",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contenttypes.contenttype",
                    ),
                ),
                (
                    "change_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="heritage.changeset",
                    ),
                ),
            ],
            options={
                "verbose_name": "change",
                "verbose_name_plural": "changes",
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["owner_model", "owner_id", "id"], name="change_owner"),
                    models.Index(fields=["model", "object_id", "id"], name="change_object"),
                    models.Index(
                        condition=models.Q(("former_owner_id__isnull", False)),
                        fields=["owner_model", "former_owner_id"],
                        name="change_former_owner",
                    ),
                    models.Index(
                        condition=models.Q(("after__isnull", True)),
                        fields=["model", "-id"],
                        name="change_deletion",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.UniqueConstraint(
                condition=models.Q(("code", ""), _negated=True),
                fields=("level", "code"),
                name="place_code_once",
                violation_error_code="place_code_once",
                violation_error_message="Another place of this level has this code already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="schemeterm",
            constraint=models.UniqueConstraint(
                fields=("scheme", "facet", "code"),
                name="scheme_term_once",
                violation_error_code="scheme_term_once",
                violation_error_message="This register has this code already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="partof",
            constraint=models.UniqueConstraint(
                fields=("part", "whole"),
                name="part_once",
                violation_error_code="part_once",
                violation_error_message="This is said already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="partof",
            constraint=models.CheckConstraint(
                condition=models.Q(("part", models.F("whole")), _negated=True),
                name="part_not_itself",
                violation_error_code="part_not_itself",
                violation_error_message="A site is no part of itself.",
            ),
        ),
        migrations.AddConstraint(
            model_name="image",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published", False), ("licence__isnull", False), _connector="OR"
                ),
                name="image_licensed",
                violation_error_code="image_licensed",
                violation_error_message="A picture is published only with a licence.",
            ),
        ),
        migrations.AddConstraint(
            model_name="identifier",
            constraint=models.UniqueConstraint(
                fields=("site", "scheme", "value"),
                name="identifier_once",
                violation_error_code="identifier_once",
                violation_error_message="The site has this identifier already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="componentpoint",
            constraint=models.UniqueConstraint(
                fields=("designation", "number"),
                name="component_point_once",
                violation_error_code="component_point_once",
                violation_error_message="This property has a point of this number already.",
            ),
        ),
        migrations.AddIndex(
            model_name="siteera",
            index=models.Index(fields=["era", "role"], name="heritage_si_era_id_ac8650_idx"),
        ),
        migrations.AddConstraint(
            model_name="siteera",
            constraint=models.UniqueConstraint(
                fields=("site", "era", "role"), name="site_era_role_once"
            ),
        ),
        migrations.AddIndex(
            model_name="sortname",
            index=models.Index(
                fields=["language", "key", "site"], name="heritage_so_languag_3fab98_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="sortname",
            constraint=models.UniqueConstraint(fields=("site", "language"), name="sort_name_once"),
        ),
        migrations.AddIndex(
            model_name="site",
            index=models.Index(
                fields=["public_latitude", "public_longitude"],
                name="heritage_si_public__aa506c_idx",
            ),
        ),
        migrations.AddIndex(
            model_name="site",
            index=models.Index(
                condition=models.Q(("featured__isnull", False)),
                fields=["featured"],
                name="site_featured",
            ),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("latitude__isnull", True), ("latitude__range", (-90, 90)), _connector="OR"
                ),
                name="site_latitude",
                violation_error_code="site_latitude",
                violation_error_message="A latitude lies between -90 and 90.",
            ),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("longitude__isnull", True), ("longitude__range", (-180, 180)), _connector="OR"
                ),
                name="site_longitude",
                violation_error_code="site_longitude",
                violation_error_message="A longitude lies between -180 and 180.",
            ),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                    models.Q(("latitude__isnull", False), ("longitude__isnull", False)),
                    _connector="OR",
                ),
                name="site_point_whole",
                violation_error_code="site_point_whole",
                violation_error_message="Give latitude and longitude together, or neither.",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("begins__isnull", True),
                    ("ends__isnull", True),
                    ("begins__lte", models.F("ends")),
                    _connector="OR",
                ),
                name="notice_ends_after_start",
                violation_error_code="notice_ends_after_start",
                violation_error_message="A notice cannot end before it begins.",
            ),
        ),
        migrations.AddConstraint(
            model_name="name",
            constraint=models.UniqueConstraint(
                fields=("site", "kind", "language", "text"),
                name="name_once",
                violation_error_code="name_once",
                violation_error_message="The site has this name already.",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                fields=["kind", "first_year", "last_year"], name="heritage_ev_kind_dd1a3f_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("date", ""), _negated=True),
                    ("first_era__isnull", False),
                    _connector="OR",
                ),
                name="event_is_dated",
                violation_error_code="event_is_dated",
                violation_error_message="Give a date or an era.",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("last_era__isnull", True), ("first_era__isnull", False), _connector="OR"
                ),
                name="event_eras_from_to",
                violation_error_code="event_eras_from_to",
                violation_error_message="A span of eras needs its first era too.",
            ),
        ),
        migrations.AddConstraint(
            model_name="era",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("first_year__isnull", True),
                    ("last_year__isnull", True),
                    ("first_year__lte", models.F("last_year")),
                    _connector="OR",
                ),
                name="era_ends_after_start",
                violation_error_code="era_ends_after_start",
                violation_error_message="An era cannot end before it starts.",
            ),
        ),
        migrations.AddIndex(
            model_name="designation",
            index=models.Index(
                fields=["scheme", "standing"], name="heritage_de_scheme__9fc8d5_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="designation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reference", ""), _negated=True),
                fields=("scheme", "reference"),
                name="designation_reference_once",
                violation_error_code="designation_reference_once",
                violation_error_message="This register has this reference already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="coverage",
            constraint=models.UniqueConstraint(
                fields=("designation", "site"),
                name="coverage_once",
                violation_error_code="coverage_once",
                violation_error_message="This designation covers the site already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="worldheritage",
            constraint=models.CheckConstraint(
                condition=models.Q(("area_ha__isnull", True), ("area_ha__gt", 0), _connector="OR"),
                name="world_heritage_area_positive",
                violation_error_code="world_heritage_area_positive",
                violation_error_message="An area is more than 0; leave it empty if unknown.",
            ),
        ),
        CreateFullTextTable(),
    ]
