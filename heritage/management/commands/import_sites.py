"""Import a file of sites or an official list: plan it, report it, and apply it."""

import gc
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from heritage.exchange import importing
from heritage.exchange.reading import UnreadableFile
from heritage.models import Import, Job, Licence, Site, User


class Command(BaseCommand):
    help = "Compares a file with the catalogue, reports what each row would do, and applies it."

    def add_arguments(self, parser: CommandParser) -> None:
        formats = "CSV, XLSX, ODS, XLS, GeoJSON, KML, JSON, XML"
        parser.add_argument("file", type=Path, help=formats)
        parser.add_argument(
            "--example",
            action="store_true",
            help="write an empty example to the file, by its ending, and import nothing",
        )
        parser.add_argument("--dry-run", action="store_true", help="plan and report, write nothing")
        parser.add_argument("--report", type=Path, help="write the report to this file (HTML)")
        parser.add_argument("--failed", type=Path, help="write failed rows to this file (CSV)")
        parser.add_argument("--sheet", default="", help="the sheet, where there are several")
        parser.add_argument("--datum", choices=importing.DATUMS, help="of the coordinates")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="HEADER=COLUMN",
            help="how a column is read; an empty COLUMN leaves it out",
        )
        parser.add_argument(
            "--by-names",
            action="store_true",
            help="guess columns from their headers, not as chosen for a file that had the same",
        )
        parser.add_argument(
            "--clear", default=importing.CLEAR, help="the word that empties a field"
        )
        parser.add_argument(
            "--state", choices=Site.State.values, default=Site.State.DRAFT, help="of new sites"
        )
        parser.add_argument(
            "--update-only", action="store_true", help="rows without a record are left out"
        )
        parser.add_argument(
            "--take-away",
            action="store_true",
            help="an official list also takes away what it does not have",
        )
        parser.add_argument(
            "--with-texts",
            metavar="LICENCE",
            default="",
            help="also take the descriptions of an official list, under this licence: its code",
        )
        parser.add_argument(
            "--answers", type=Path, help="a JSON file with answers by the keys of questions"
        )
        parser.add_argument("--questions", type=Path, help="write open questions to this file")
        parser.add_argument("--language", default="en", help="of the report")
        parser.add_argument("--user", default="", help="the account that the history names")

    def handle(self, *args: object, **options: Any) -> None:
        if options["example"]:
            self._write_example(options["file"], options["language"])
            return
        user = self._user(options["user"])
        gc.freeze()  # what the program itself consists of is not looked through again and again
        with translation.override(options["language"]):
            of_import = self._add(options, user)
            self._done(importing.plan(of_import, user, here=True))
            if options["answers"]:
                self._answer(of_import, options["answers"])
                self._done(importing.plan(of_import, user, here=True))
            if not options["dry_run"]:
                job = importing.apply(of_import, user, here=True)
                self._done(job)
                for made in job.change_sets.all():
                    self.stdout.write(
                        f"Applied as change set {made.pk}: “manage.py undo {made.pk}” undoes it."
                    )
            of_import.refresh_from_db()
            self._report(of_import, options)

    def _write_example(self, path: Path, language: str) -> None:
        extension = path.suffix.lower().removeprefix(".")
        if extension not in importing.EXAMPLES:
            raise CommandError(f"An example ends with .{', .'.join(importing.EXAMPLES)}.")
        if path.exists():
            raise CommandError(f"{path} is there already.")
        with translation.override(language):
            importing.write_example(path, extension)

    def _user(self, name: str) -> User | None:
        if not name:
            return None
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is no account “{name}”.")
        return user

    def _add(self, options: dict[str, Any], user: User | None) -> Import:
        path, licence = options["file"], options["with_texts"]
        codes = list(Licence.objects.values_list("code", flat=True))
        if licence and licence not in codes:
            raise CommandError(f"--with-texts {licence}: the licences are {', '.join(codes)}.")
        try:
            of_import = importing.add(
                path,
                path.name,
                user,
                sheet=options["sheet"],
                datum=options["datum"] or "",
                clear=options["clear"],
                state=options["state"],
                creates=not options["update_only"],
                takes_away=options["take_away"],
                texts_licence=licence,
            )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except UnreadableFile as error:
            line = f", line {error.line}" if error.line else ""
            raise CommandError(f"{path.name}{line}: {error}") from error
        earlier = importing.remembered(of_import)
        if options["by_names"] and earlier is not None:
            of_import.mapping, earlier = importing.guess_by_names(of_import), None
        known = importing.ImportColumns(
            each.rpartition("=")[2] for each in options["column"]
        ).by_key
        for each in options["column"]:
            header, _equals, key = each.rpartition("=")
            if header not in of_import.mapping or (key and key not in known):
                raise CommandError(f"--column {each}: there is no such header or column.")
            of_import.mapping[header] = key
        if importing.needs_datum(of_import):
            raise CommandError(
                f"Which coordinates are these? Say --datum {', --datum '.join(importing.DATUMS)}."
            )
        of_import.save()
        self._tell_left_out(of_import, earlier, options["column"])
        return of_import

    def _tell_left_out(self, of_import: Import, earlier: Import | None, given: list[str]) -> None:
        """Which columns of the file are not read, and why; `given` are those of --column."""
        told = {each.rpartition("=")[0] for each in given}
        reasons: dict[str, list[str]] = {}
        for header, key in of_import.mapping.items():
            if key:
                continue
            if header in told:
                why = "as --column says"
            elif earlier is not None:
                why = f"as for “{earlier.name}” with the same headers; --by-names guesses anew"
            else:
                why = "no column is called so, or another is read as it; --column says which it is"
            reasons.setdefault(why, []).append(header)
        for why, headers in reasons.items():
            self.stdout.write(f"Left out ({why}): {', '.join(headers)}")

    def _answer(self, of_import: Import, path: Path) -> None:
        answers = json.loads(path.read_text("utf-8"))
        ids = dict(of_import.questions.values_list("key", "pk"))
        importing.answer(
            of_import, {ids[key]: value for key, value in answers.items() if key in ids}
        )

    def _done(self, job: Job) -> None:
        if job.state != Job.State.DONE:
            raise CommandError(
                f"{job.says} It is job {job.pk}: “manage.py jobs continue {job.pk} --here” goes on."
            )

    def _report(self, of_import: Import, options: dict[str, Any]) -> None:
        for note in of_import.notes:
            self.stdout.write(note)
        for _key, label, count in importing.counted(of_import):
            self.stdout.write(f"{label}: {count}")
        if options["report"]:
            options["report"].write_text(importing.report_page(of_import), "utf-8")
        if options["failed"]:
            text = "".join(importing.failed_rows(of_import))
            options["failed"].write_text(text, "utf-8", newline="")
        open_questions = of_import.questions.filter(answer="")
        if options["questions"]:
            asked = {
                each.key: {"text": each.text, "answers": dict(each.choices)}
                for each in open_questions
            }
            text = json.dumps(asked, ensure_ascii=False, indent=1)
            options["questions"].write_text(text, "utf-8")
        if count := open_questions.count():
            self.stdout.write(f"{count} questions are open: --questions FILE writes them down.")
