"""Many pictures at once: from a folder, matched to sites by their file names or by a table.

A picture that cannot be matched for certain is a question with the possible sites; nothing is
guessed.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db.models import Max, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from heritage.models import Image, JobLine, Licence, Site, User
from heritage.search import similar
from heritage.services import jobs
from heritage.values.language import LanguageMap, join_words

KIND = "import_pictures"
_MOST = 5  # sites that a question names
# “longmen-03”, “Longmen (2)”, “龙门石窟_1”: the number of a picture among those of a site.
_NUMBER = re.compile(r"[\s_\-–.]*(?:\(\d{1,4}\)|（\d{1,4}）|(?<!\d)\d{1,4})$")
_PLAIN = ("author", "credit_line", "source_url", "taken")
_TRANSLATED = ("alt", "caption")


@dataclass(frozen=True, slots=True)
class Match:
    """The site of a picture, or the possible sites."""

    site: Site | None
    candidates: list[Site] = field(default_factory=list)

    @property
    def question(self) -> str:
        if self.candidates:
            names = [f"{site} ({site.slug})" for site in self.candidates]
            return _("Which site is it of: %(sites)s?") % {"sites": join_words(names)}
        return _("No site has this name, address or reference.")


def match(text: str) -> Match:
    """The site that a file name without its ending, or a cell of a table, means."""
    text = text.strip()
    asked = [text]
    if (shorter := _NUMBER.sub("", text)) and shorter != text:
        asked.append(shorter)
    for each in asked:
        found = _sites(each)
        if len(found) == 1:
            return Match(found[0])
        if found:
            return Match(None, found[:_MOST])
    alike = similar.similar([asked[-1].replace("_", " ").replace("-", " ")], most=_MOST)
    return Match(None, [each.site for each in alike])


def _sites(text: str) -> list[Site]:
    slug = re.sub(r"[\s_]+", "-", text.lower())
    sites = Site.objects.exclude(state=Site.State.ARCHIVED)
    for certain in (
        Q(slug=slug) | Q(uid=text),
        Q(former_slugs__slug=slug),
        Q(coverages__designation__reference__iexact=text),
    ):
        if found := list(sites.filter(certain).distinct().order_by("slug")[: _MOST + 1]):
            return found
    words = text.replace("_", " ")
    named = [each.site for each in similar.similar([words], most=50) if each.has_same_name]
    return [site for site in named if site.state != Site.State.ARCHIVED]


# --- a table ---------------------------------------------------------------------------------


class TableRefused(ValueError):
    """The table cannot be read; the text says why."""


def read_table(path: Path) -> dict[str, dict[str, str]]:
    """The rows of a CSV by their `file`; raises `TableRefused`.

    Columns: file, site (slug, uid, reference or name), author, credit_line, licence (its code),
    source_url, taken, and alt_CODE and caption_CODE for languages, such as alt_zh-hans.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = list(reader.fieldnames or ())
            known = {"file", "site", "licence", *_PLAIN}
            unknown = [
                name
                for name in columns
                if name not in known and not name.startswith(("alt_", "caption_"))
            ]
            if "file" not in columns or unknown:
                raise TableRefused(
                    "A table has a column file, and may have "
                    f"{', '.join(sorted(known - {'file'}))}, alt_CODE and caption_CODE; "
                    f"not {', '.join(unknown) or 'without file'}."
                )
            rows = {row["file"].strip(): row for row in reader}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TableRefused(f"The table cannot be read: {error}") from error
    return {name: {k: (v or "").strip() for k, v in row.items() if k} for name, row in rows.items()}


def _values(row: dict[str, str], common: dict[str, Any]) -> dict[str, Any]:
    """The columns of a picture: those of its row of the table, else those given for all."""
    values = {name: row.get(name) or common.get(name, "") for name in _PLAIN}
    code = row.get("licence") or common.get("licence", "")
    values["licence"] = Licence.objects.get(code=code) if code else None
    for name in _TRANSLATED:
        texts = {k.removeprefix(f"{name}_"): v for k, v in row.items() if k.startswith(f"{name}_")}
        values[name] = LanguageMap({code: text for code, text in texts.items() if text})
    return values


# --- writing ---------------------------------------------------------------------------------


def add_draft(site: Site, data: bytes, file_name: str, user: User | None, **values: Any) -> Image:
    """Check a picture and prepare its row, unpublished and not yet saved: `save_draft()` does that.

    Raises ValidationError, which says why the picture or a value is refused.
    """
    image = Image(site=site, published=False, **values)
    # Decoded before any lock is taken: it takes a second.
    image.file = ContentFile(data, name=file_name)
    image.full_clean()
    return image


def save_draft(image: Image) -> None:
    """Save it as the last picture of its site, within a change set."""
    last = Image.objects.filter(site=image.site).aggregate(last=Max("order"))["last"] or 0
    image.order = last + 1
    image.save()


def same_as(image: Image) -> Image | None:
    """A picture of the same site with the same content."""
    return Image.objects.filter(site=image.site, sha256=image.sha256).exclude(pk=image.pk).first()


@jobs.declare(
    KIND,
    gettext_lazy("Adding pictures from a folder"),
    permission="heritage.add_image",
    describe=lambda given: _("Pictures from %(folder)s") % {"folder": given.get("folder", "")},
)
def _import(run: jobs.Run) -> jobs.Steps:
    """Each file is a step, so that a killed job continues with the next file."""
    given = run.parameters
    folder = Path(given["folder"])
    try:
        table = read_table(Path(given["table"])) if given.get("table") else {}
        files = sorted(path for path in folder.rglob("*") if _is_file(path, folder))
    except TableRefused as error:
        raise jobs.JobRefused(str(error)) from error
    if not folder.is_dir() or not files:
        raise jobs.JobRefused(gettext_lazy("There are no files in this folder."))
    counts = run.cursor.setdefault(
        "counts", {"added": 0, "questions": 0, "refused": 0, "same": 0, "not_listed": 0}
    )
    for number, path in enumerate(files, 1):
        name = path.relative_to(folder).as_posix()
        if name <= run.cursor.get("last", ""):
            continue
        what, why, image = _prepared(path, name, table, given, run.user)
        if image is not None:
            with run.batch("import", given.get("reason", "")):
                save_draft(image)
                counts["added"] += 1
                run.cursor["last"] = name
        else:
            with run.step():
                run.log(format_lazy("{name}: {why}", name=name, why=why), JobLine.Level.WARNING)
                counts[what] += 1
                run.cursor["last"] = name
        message = gettext_lazy("{added} pictures added, {left} not")
        left = sum(counts.values()) - counts["added"]
        yield jobs.Progress(
            number, len(files), format_lazy(message, added=counts["added"], left=left)
        )
    return dict(counts)


def _is_file(path: Path, folder: Path) -> bool:
    """Whether it may be a picture: nothing hidden, no table."""
    parts = path.relative_to(folder).parts
    hidden = any(part.startswith(".") for part in parts) or path.name in ("Thumbs.db",)
    return path.is_file() and not hidden and path.suffix.lower() not in (".csv", ".txt")


def _prepared(
    path: Path,
    name: str,
    table: dict[str, dict[str, str]],
    given: dict[str, Any],
    user: User | None,
) -> tuple[str, str, Image | None]:
    row = table.get(name) or table.get(path.name)
    if table and row is None:
        return "not_listed", _("It is not in the table."), None
    row = row or {}
    found = match(row.get("site") or path.stem)
    if found.site is None:
        return "questions", found.question, None
    try:
        values = _values(row, given)
        image = add_draft(found.site, path.read_bytes(), path.name, user, **values)
    except Licence.DoesNotExist:
        return "refused", _("There is no licence “%(code)s”.") % {"code": row.get("licence")}, None
    except ValidationError as error:
        return "refused", " ".join(error.messages), None
    except OSError as error:
        return "refused", error.strerror or str(error), None
    if same_as(image):
        return "same", _("%(site)s has this picture already.") % {"site": found.site}, None
    return "", "", image


def questions_of(job: jobs.Job) -> Iterator[str]:
    """What a job could not add, and why."""
    for line in job.lines.all():
        yield str(line)
