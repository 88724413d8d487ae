"""Decides what a row would do: create a site, change fields, or nothing; or which question or error
it has.

`Decider.decide(rows)` compares rows with the stored records, some hundred at a time, and writes
nothing. A plan consists of its decisions; `applying` makes them again under the lock, compares them
with the plan and saves the values. As the same code decides, what is written is what was shown.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from heritage.exchange.columns import AmbiguousName, Column, TermColumn, TextColumn
from heritage.exchange.importing.columns import (
    EntryColumn,
    EntryTextColumn,
    EventsColumn,
    IdentifierColumn,
    ImportColumns,
    PartOfColumn,
    UnclearDate,
)
from heritage.exchange.importing.matching import (
    MOST,
    Candidate,
    NameIndex,
    Verdict,
    Wanted,
    candidates,
    judge,
)
from heritage.exchange.importing.options import Options
from heritage.exchange.importing.terms import UnknownPlace, folded
from heritage.exchange.site_fields import with_related
from heritage.exchange.writes import Writes
from heritage.models import (
    Coverage,
    Designation,
    FormerSlug,
    Identifier,
    Import,
    ImportQuestion,
    ImportRow,
    Record,
    Register,
    Site,
    Source,
    label_of,
)
from heritage.services import jobs
from heritage.values.coordinates import Point, from_gcj02, read_latitude, read_longitude, read_point
from heritage.values.language import LazyText, join_sentences

Outcome = ImportRow.Outcome
NEW, SKIP, EMPTY, WITHIN = "new", "skip", "empty", "within"  # answers, beside "same:12"


@dataclass(slots=True)
class Question:
    """The question of a row; its texts are made in the active language."""

    key: str
    kind: str
    text: object
    options: Sequence[tuple[str, object]]
    names: list[str] = field(default_factory=list)  # what rows that ask it call the unknown


class AskedQuestion:
    """A question with its texts in each language, and the rows that ask it."""

    def __init__(self, question: Question):
        self.kind = question.kind
        self.words = jobs.in_languages(question.text)
        self.options = [(key, jobs.in_languages(label)) for key, label in question.options]
        self.names: list[str] = []
        self.rows = 0

    def add(self, question: Question) -> None:
        self.rows += 1
        self.names += [name for name in question.names if name not in self.names]


@dataclass(slots=True)
class Decision:
    row: ImportRow
    outcome: str = Outcome.UNCHANGED
    site: Site | None = None  # None: of an official list, where no site belongs to the entry
    entries: dict[int, Designation] = field(default_factory=dict)  # by register
    covered: set[int | None] = field(default_factory=set)  # sites that its entries cover
    part_of: int | None = None
    differences: list[list[str]] = field(default_factory=list)
    problems: list[list[str]] = field(default_factory=list)  # header, text
    asks: list[Question] = field(default_factory=list)
    put: list[tuple[Column, Any]] = field(default_factory=list)  # columns and their records

    @property
    def name(self) -> str:
        found = self.site or next(iter(self.entries.values()), None)
        return str(found) if found is not None else ""

    def leave(self, why: str) -> None:
        """Leave the row out, and say why."""
        self.outcome = Outcome.LEFT
        if ["", why] not in self.problems:
            self.problems.append(["", why])

    def store(self) -> None:
        """Note the decision in its row, unsaved."""
        row = self.row
        row.outcome, row.name = self.outcome, (self.name or row.name)[:300]
        row.site = self.site.pk if self.site is not None else None
        row.entry = next((each.pk for each in self.entries.values()), None)
        row.differences, row.problems = self.differences, self.problems
        row.asks = [each.key for each in self.asks]

    def collect(self, writes: Writes, source: Source | None, of_texts: Source | None) -> None:
        """Add its values to the rows to be written; `of_texts` is the source of descriptions."""
        site, is_new = self.site, self.site is not None and self.site._state.adding
        sources = [source] if is_new and source is not None else []
        if of_texts is not None and any(column.name == "description" for column, _r in self.put):
            sources.append(of_texts)
        if site is not None and sources:
            stored = [] if is_new else [each.pk for each in site.sources.all()]
            writes.relate(site, "sources", [*stored, *(each.pk for each in sources)])
        changed: dict[Any, set[str]] = defaultdict(set)
        if site is not None and is_new:
            writes.create(site)
        for entry in self.entries.values():
            if entry._state.adding:
                entry.source = source
                writes.create(entry)
            if site is not None and site.pk not in self.covered:
                writes.create(Coverage(site=site, designation=entry, source=source))
        for column, record in self.put:
            if not record._state.adding:
                changed[id(record)].update(_own_columns(column, record))
            column.collect(record, writes)
        for record in {id(record): record for _column, record in self.put}.values():
            writes.change(record, *changed[id(record)]) if changed[id(record)] else None


def _own_columns(column: Column, record: Any) -> set[str]:
    names = {field.name for field in record._meta.concrete_fields}
    return column.update_fields & names


class Decider:
    def __init__(self, of_import: Import):
        self.of_import = of_import
        self.options = Options.from_json(of_import.options)
        self.columns = ImportColumns(of_import.mapping.values())
        self.is_official = bool(of_import.register)
        self.register = next(
            (each for each in self.columns.registers if each.slug == of_import.register), None
        )
        self.is_older = (
            self.register is not None
            and of_import.edition[:4] < self.register.edition[:4]
            and bool(of_import.edition)
        )
        self.answers = {
            each.key: each.answer for each in of_import.questions.exclude(answer="").order_by()
        }
        # The columns of the file in the order in which they are put.
        headers = {key: header for header, key in of_import.mapping.items() if key}
        self.used = [
            (column, headers[key]) for key, column in self.columns.by_key.items() if key in headers
        ]
        # How many values of an official list were not taken over, by column.
        self.not_taken: Counter[str] = Counter()
        self.questions: dict[str, AskedQuestion] = {}  # by key
        self._lines: dict[tuple[str, str], int] = {}  # of this file, by what it is the key of
        self._made: dict[tuple[str, int | None], int] = {}  # lines of new sites, by name and place
        self._taken: dict[int, int] = {}  # lines of a plan, by the stored site that they change
        self._last_site, self._names_of_others = of_import.last_site, set[str]()

    @cached_property
    def own_sites(self) -> set[int]:
        """The ids of sites that an earlier process created from the plan; later those of the last
        batch."""
        rows = self.of_import.rows.filter(is_applied=True, site__gt=self._last_site).order_by()
        return {pk for pk in rows.values_list("site", flat=True) if pk is not None}

    @cached_property
    def names(self) -> NameIndex:
        return NameIndex()

    @cached_property
    def _headers(self) -> dict[str, str]:
        return {column.key: header for column, header in self.used}

    @cached_property
    def _registers(self) -> list[Register]:
        """The registers of which the file has entries."""
        used = {column.register.pk for column, _h in self.used if isinstance(column, EntryColumn)}
        return [register for register in self.columns.registers if register.pk in used]

    # --- a batch of rows

    def decide(self, rows: Iterable[ImportRow], applying: bool = False) -> list[Decision]:
        """Decide rows. Values that earlier decisions have put are dropped: they were collected, or
        are void."""
        for column in self.columns.by_key.values():
            column.forget()
        decisions = [Decision(row) for row in rows]
        cells = {id(each): self._cells(each) for each in decisions}
        self._find_entries(decisions, cells)
        find_targets = self._planned_targets if applying else self._targets
        targets = find_targets(decisions, cells)
        sites = self._load(pk for pk in targets.values() if pk is not None)
        taken: dict[int, int] = {} if applying else self._taken
        for each in decisions:
            self._decide(each, cells[id(each)], targets.get(id(each)), sites, taken, applying)
            for question in each.asks:
                if question.key not in self.questions:
                    self.questions[question.key] = AskedQuestion(question)
                self.questions[question.key].add(question)
        return decisions

    def _cells(self, decision: Decision) -> dict[str, str]:
        """The texts of a row by the key of their column; those that cannot be read are problems."""
        row, found = decision.row, {}
        for column, header in self.used:
            if fault := row.faults.get(header):
                decision.problems.append([header, fault])
            elif text := row.cells.get(header, ""):
                found[column.key] = text
        self._convert_point(decision, found)
        return found

    def _convert_point(self, decision: Decision, cells: dict[str, str]) -> None:
        """Degrees in any notation and datum as WGS 84."""
        shifted = self.options.datum == "gcj02"
        try:
            if text := cells.get("point"):
                if text != self.options.clear and shifted:
                    latitude, longitude = read_point(text, is_gcj02=True)
                    cells["point"] = f"{latitude}, {longitude}"
                return
            texts = cells.get("latitude"), cells.get("longitude")
            if texts == (None, None) or self.options.clear in texts:
                return
            if None in texts:
                raise ValueError(_("A point needs latitude and longitude."))
            point = read_latitude(str(texts[0])), read_longitude(str(texts[1]))
            point = from_gcj02(*point) if shifted else point
            cells["latitude"], cells["longitude"] = map(str, point)
        except ValueError as error:
            header = self._headers.get("point") or self._headers.get("latitude") or ""
            decision.problems.append([header, str(error)])
            for key in ("point", "latitude", "longitude"):
                cells.pop(key, None)

    # --- which record

    def _find_entries(self, decisions: list[Decision], cells: dict[int, dict[str, str]]) -> None:
        """Give each the entries that it names by reference, stored or new."""
        for register in self._registers:
            key = f"{register.slug}.reference"
            by_reference: dict[str, list[Decision]] = defaultdict(list)
            for each in decisions:
                if reference := cells[id(each)].get(key):
                    by_reference[reference].append(each)
            rows = Designation.objects.filter(register=register, reference__in=list(by_reference))
            rows = rows.select_related("register", "category", "world_heritage")
            related = [
                name
                for column, _header in self.used
                if isinstance(column, EntryColumn) and column.register.pk == register.pk
                for name in column.related
                if name != "category"
            ]
            stored = {row.reference: row for row in rows.prefetch_related(*related)}
            for reference, named in by_reference.items():
                for each in named:
                    entry = stored.get(reference)
                    each.entries[register.pk] = entry or Designation(
                        register=register, reference=reference
                    )

    def _targets(
        self, decisions: list[Decision], cells: dict[int, dict[str, str]]
    ) -> dict[int, int | None]:
        """The id of the stored site of each decision that has one, by the decision's identity.

        Decisions that ask, or that are wrong, say so themselves.
        """
        by_key = self._by_keys(decisions, cells)
        targets: dict[int, int | None] = {}
        unknown = []
        for each in decisions:
            found = by_key[id(each)]
            if len(found) == 1:
                targets[id(each)] = next(iter(found))
            elif found:
                self._ask_match(
                    each,
                    [Candidate(site, True, []) for site in Site.objects.filter(pk__in=found)],
                    targets,
                )
            elif self._is_known_entry(each):
                targets[id(each)] = None
            else:
                unknown.append(each)
        self._match(unknown, cells, targets)
        return targets

    def _is_known_entry(self, decision: Decision) -> bool:
        """Whether its entry is stored and no site belongs to it as a whole."""
        stored = [each for each in decision.entries.values() if not each._state.adding]
        return self.is_official and bool(stored)

    def _planned_targets(
        self, decisions: list[Decision], cells: dict[int, dict[str, str]]
    ) -> dict[int, int | None]:
        """The sites as they were planned, None for an entry without a site.

        A row whose new site somebody has recorded meanwhile is left out.
        """
        by_key = self._by_keys(decisions, cells)
        since = self._names_since()
        targets: dict[int, int | None] = {}
        for each in decisions:
            row, found = each.row, by_key[id(each)]
            answer = self.answers.get(_match_key(row), "")
            each.part_of = _id_of(answer) if answer.startswith("part:") else None
            if row.site is not None:
                targets[id(each)] = row.site
            elif row.outcome == Outcome.CREATE:
                names = {folded(name) for name in self._names(cells[id(each)])}
                if found or names & since:
                    each.leave(_("Somebody has recorded it meanwhile."))
            else:
                targets[id(each)] = None  # an entry without a site
        return targets

    def _names_since(self) -> set[str]:
        """Names of sites that others have made since the plan; each site is read once."""
        own = self.own_sites
        rows = Site.objects.filter(pk__gt=self._last_site).order_by("pk")
        for pk, names in rows.values_list("pk", "name").iterator(2000):
            self._last_site = pk
            if pk not in own:
                self._names_of_others.update(map(folded, names.values()))
        return self._names_of_others

    def _by_keys(
        self, decisions: list[Decision], cells: dict[int, dict[str, str]]
    ) -> dict[int, set[int]]:
        """The sites that each names by uid, slug, reference or identifier."""
        found: dict[int, set[int]] = {id(each): set() for each in decisions}
        for key, look_up in (("uid", _sites_by_uid), ("slug", _sites_by_slug)):
            wanted = {id(each): cells[id(each)].get(key, "") for each in decisions}
            known = look_up({text for text in wanted.values() if text})
            for number, text in wanted.items():
                if text in known and not found[number]:
                    found[number].add(known[text])
        stored = {
            entry.pk: each
            for each in decisions
            for entry in each.entries.values()
            if not entry._state.adding
        }
        coverages = Coverage.objects.filter(designation__in=stored, extent=Coverage.Extent.WHOLE)
        for entry, site in coverages.order_by().values_list("designation_id", "site_id"):
            stored[entry].covered.add(site)
            if not (self._has_key(cells[id(stored[entry])]) and found[id(stored[entry])]):
                found[id(stored[entry])].add(site)
        self._by_identifiers(decisions, cells, found)
        return found

    @staticmethod
    def _has_key(cells: dict[str, str]) -> bool:
        return bool(cells.get("uid") or cells.get("slug"))

    def _by_identifiers(
        self,
        decisions: list[Decision],
        cells: dict[int, dict[str, str]],
        found: dict[int, set[int]],
    ) -> None:
        for column, _header in self.used:
            if isinstance(column, IdentifierColumn):
                wanted = {
                    text: id(each)
                    for each in decisions
                    if not found[id(each)] and (text := cells[id(each)].get(column.key))
                }
                rows = Identifier.objects.filter(scheme=column.scheme, value__in=list(wanted))
                for value, site in rows.order_by().values_list("value", "site_id"):
                    found[wanted[value]].add(site)

    # --- by name and place

    def _names(self, cells: dict[str, str]) -> list[str]:
        keys = ("name:", "short_name:")
        names = [text for key, text in cells.items() if key.startswith(keys)]
        if self.is_official and not names:
            names = [text for key, text in cells.items() if ".name:" in key]
        return [name for name in names if name != self.options.clear]

    def _match(
        self,
        decisions: list[Decision],
        cells: dict[int, dict[str, str]],
        targets: dict[int, int | None],
    ) -> None:
        found, wanted = {}, {}
        for each in decisions:
            if answer := self.answers.get(_match_key(each.row)):
                self._follow(each, answer, targets)
                continue
            of_row = cells[id(each)]
            place = self._place_of(of_row)
            names = self._names(of_row)
            registers = frozenset(each.entries)
            point = _point_of(of_row)
            wanted[id(each)] = Wanted(tuple(names), place, point, registers)
            found[id(each)] = self.names.find(names) if names else {}
        by_id = {id(each): each for each in decisions}
        for number, offered in candidates(found).items():
            for candidate in offered:
                candidate.verdict = judge(wanted[number], candidate, self.columns.places)
            self._ask_match(by_id[number], offered, targets)

    def _place_of(self, cells: dict[str, str]) -> int | None:
        key = "place"
        text = cells.get(key) or next(
            (cells[each] for each in cells if each.endswith(".states")), ""
        )
        try:
            found = self.columns.places.named(text) if text else []
        except UnknownPlace as error:
            return error.within.pk if error.within else None
        return found[0].pk if len(found) == 1 else None

    def _ask_match(
        self, decision: Decision, offered: list[Candidate], targets: dict[int, int | None]
    ) -> None:
        same = [each for each in offered if each.verdict == Verdict.SAME]
        maybe = [each for each in offered if each.verdict == Verdict.MAYBE]
        if len(same) == 1 and not maybe:
            targets[id(decision)] = same[0].site.pk
            return
        possible = (same + maybe)[:MOST]
        if not possible:
            return
        if answer := self.answers.get(_match_key(decision.row)):
            self._follow(decision, answer, targets)
            return
        if (
            len(possible) == 1
            and possible[0].is_shown_name
            and self._is_as_stored(decision, possible[0])
        ):
            targets[id(decision)] = possible[0].site.pk
            return
        options: list[tuple[str, object]] = []
        for each in possible:
            label, part_of = _label(each.site), gettext_lazy("A new site, part of %(site)s")
            it_is = f"same:{each.site.pk}", _filled(gettext_lazy("It is %(site)s"), site=label)
            within = f"part:{each.site.pk}", _filled(part_of, site=label)
            options += [it_is, within] if each.is_shown_name else [within, it_is]
        options.append((NEW, gettext_lazy("A new site")))
        options.append((SKIP, gettext_lazy("Leave this row out")))
        which = gettext_lazy("Line %(line)s, %(name)s: which site is it?")
        text = _filled(which, line=decision.row.line, name=self._shown_name(decision.row))
        decision.asks.append(
            Question(_match_key(decision.row), ImportQuestion.Kind.MATCH, text, options)
        )

    def _is_as_stored(self, decision: Decision, candidate: Candidate) -> bool:
        """Whether a site has all values of a row, as when a file is imported again."""
        if any(entry._state.adding for entry in decision.entries.values()):
            return False
        trial = Decision(decision.row)
        site = self._load([candidate.site.pk]).get(candidate.site.pk)
        self._compare(trial, self._cells(trial), site)
        return not (trial.differences or trial.problems or trial.asks)

    def _follow(self, decision: Decision, answer: str, targets: dict[int, int | None]) -> None:
        if answer == SKIP:
            decision.leave(_("Left out, as was answered."))
        elif answer.startswith("same:"):
            targets[id(decision)] = _id_of(answer)
        elif answer.startswith("part:"):
            decision.part_of = _id_of(answer)

    def _shown_name(self, row: ImportRow) -> str:
        names = [
            row.cells.get(header, "")
            for column, header in self.used
            if column.key.startswith("name:") or ".name:" in column.key
        ]
        return next(filter(None, names), "")

    # --- a row and its site

    def _load(self, ids: Iterable[int]) -> dict[int, Site]:
        columns = [column for column, _header in self.used if column.record is Site]
        rows = Site.objects.select_related("place__parent__parent")
        return with_related(rows, columns).in_bulk(list(set(ids)))

    def _decide(
        self,
        decision: Decision,
        cells: dict[str, str],
        target: int | None,
        sites: dict[int, Site],
        taken: dict[int, int],
        applying: bool,
    ) -> None:
        if decision.outcome == Outcome.LEFT:
            return
        if not applying:  # only lines without a problem are applied
            self._check_keys(decision, cells)
        is_new = target is None and not self._is_known_entry(decision)
        decision.site = sites.get(target) if target is not None else None
        if target is not None and decision.site is None:
            decision.problems.append(["", _("Its site was deleted meanwhile.")])
        if decision.asks:
            decision.site = None
        elif is_new:
            decision.site = Site(state=self.options.state)
            if not self.options.creates:
                decision.leave(_("No record is the same, and new sites are not to be made."))
            if not applying:
                self._check_new(decision, cells)
        elif target is not None:
            if target in taken:
                text = _("Line %(line)s says something of the same site.")
                decision.problems.append(["", text % {"line": taken[target]}])
            taken[target] = decision.row.line
        if decision.site is not None or decision.entries:
            self._compare_entries(decision)
            self._compare(decision, cells, decision.site)
            if not (applying and is_new):  # the same values were valid with the plan
                self._validate(decision)
        if decision.part_of and decision.site is not None and is_new:
            column = cast("PartOfColumn", self.columns.by_key["part_of"])
            column.add(decision.site, decision.part_of)
            if all(each is not column for each, _record in decision.put):
                decision.put.append((column, decision.site))
        self._conclude(decision, is_new)

    def _check_keys(self, decision: Decision, cells: dict[str, str]) -> None:
        """Add a problem if another line has named the same record."""
        keys: list[tuple[str, str]] = [(k, cells[k]) for k in ("uid", "slug") if k in cells]
        keys += [(str(pk), entry.reference) for pk, entry in decision.entries.items()]
        for key in keys:
            line = self._lines.setdefault(key, decision.row.line)
            if line != decision.row.line:
                text = _("“%(key)s” stands in line %(line)s already.")
                decision.problems.append(["", text % {"key": key[1], "line": line}])

    def _check_new(self, decision: Decision, cells: dict[str, str]) -> None:
        """Add a problem if a new site has no name, or if another line creates it, too."""
        if not self._names(cells):
            decision.problems.append(
                ["", _("No record has this key, and a new site needs a name.")]
            )
        place = self._place_of(cells)
        for name in {folded(name) for name in self._names(cells)} if place else ():
            line = self._made.setdefault((name, place), decision.row.line)
            if line != decision.row.line and not (decision.entries or self._has_key(cells)):
                text = _("Line %(line)s has a site of the same name and place.")
                decision.problems.append(["", text % {"line": line}])

    def _conclude(self, decision: Decision, is_new: bool) -> None:
        if decision.outcome == Outcome.LEFT:
            return
        if decision.problems:
            decision.outcome = Outcome.ERROR
        elif decision.asks:
            decision.outcome = Outcome.QUESTION
        elif is_new:
            decision.outcome = Outcome.CREATE
        elif decision.differences:
            decision.outcome = Outcome.UPDATE

    # --- field by field

    def _compare_entries(self, decision: Decision) -> None:
        """Compare entries; a new link between entry and site appears as a difference of the
        reference."""
        site = decision.site
        for entry in decision.entries.values() if site is not None else ():
            if site is None or site.pk in decision.covered:
                continue
            if decision.covered:
                text = _("“%(reference)s” is the entry of another site.")
                decision.problems.append(["", text % {"reference": entry.reference}])
            decision.differences.append([f"{entry.register.slug}.reference", "", entry.reference])

    def _compare(self, decision: Decision, cells: dict[str, str], site: Site | None) -> None:
        for column, header in self.used:
            text = cells.get(column.key)
            record = self._record(decision, column, site)
            if text is None or record is None or column.key == "uid":
                if column.key == "uid" and text and site is not None and site._state.adding:
                    site.uid = text
                continue
            before = len(decision.asks)
            try:
                value = self._value(decision, column, text)
                if decision.outcome == Outcome.LEFT or len(decision.asks) > before:
                    continue
                self._put(decision, column, record, value)
            except ValidationError as error:
                message = join_sentences(error.messages)
                if text[:60] not in message:
                    words = {"value": text[:60], "problem": message}
                    message = _("“%(value)s”: %(problem)s") % words
                decision.problems.append([header, message])
        if site is not None and site._state.adding:
            self._take_names(decision, site)

    def _record(self, decision: Decision, column: Column, site: Site | None) -> Any:
        if isinstance(column, EntryColumn):
            entry = decision.entries.get(column.register.pk)
            return None if entry is None or column.name == "reference" else entry
        return site

    def _put(self, decision: Decision, column: Column, record: Any, value: Any) -> None:
        stored = column.stored(record)
        is_text = column.name == "description"  # those of a list stand beside ours, never for them
        takes_away = self.options.takes_away and not is_text
        if self.is_official and not record._state.adding and not takes_away:
            wanted, value = value, self._beside_recorded(column, stored, value)
            if wanted != value:
                self.not_taken[column.key] += 1
        if value == stored or self._is_its_blur(column, record, value):
            return
        before = column.text(record) if stored not in ("", None, []) else ""
        after = column.shown(value)
        column.put(record, value)
        decision.put.append((column, record))
        decision.differences.append([column.key, before, after])
        site = decision.site
        if self.is_official and isinstance(column, EntryTextColumn) and site is not None:
            # A site that is called as its entry follows it.
            own = TextColumn("name", column.language)
            if stored and not site._state.adding and own.stored(site) == stored:
                own.put(site, value)
                decision.put.append((own, site))
                decision.differences.append([own.key, before, after])

    def _beside_recorded(self, column: Column, stored: Any, value: Any) -> Any:
        """The value that results from an official list for a recorded one, which may be better.

        A list fills only empty fields of a site, and of an entry, too, if it is older than the
        edition of the register. Otherwise it takes nothing away from an entry, see
        `Column.joined()`.
        """
        if column.record is Site or self.is_older:
            is_empty = stored in ("", None, []) or stored == (None, None)
            return value if is_empty else stored
        return column.joined(stored, value)

    @staticmethod
    def _is_its_blur(column: Column, record: Any, value: Any) -> bool:
        """Whether a point is the blurred point of a record, as downloads have it: it never replaces
        the exact one."""
        if column.name not in ("latitude", "longitude", "coordinates") or record._state.adding:
            return False
        if not record.public_blur_km or record.public_point is None:
            return False
        public = {
            "latitude": record.public_latitude,
            "longitude": record.public_longitude,
            "coordinates": record.public_point,
        }
        return bool(value == public[column.name])

    def _value(self, decision: Decision, column: Column, text: str) -> Any:
        """The value of a cell; None if it is unclear, which adds a question unless it was
        answered."""
        if text == self.options.clear:
            return column.cleared()
        try:
            return column.clean(_choice(column, text))
        except UnknownPlace as error:
            return self._unknown_place(decision, column, error)
        except AmbiguousName as error:
            terms = column._by_name.get(error.name, []) if isinstance(column, TermColumn) else []
            options = [(f"id:{term.pk}", _label(term)) for term in terms]
            key = f"term:{column.key}:{error.name}"[:200]
            asked = lazy(_first_message, str)(error)
            question = Question(key, ImportQuestion.Kind.VALUE, asked, options)
            return self._answered(decision, column, question, terms)
        except UnclearDate as error:
            options = [(f"id:{era.pk}", _label(era)) for era in error.eras]
            key = f"date:{error.text}"[:200]
            asked = lazy(cast("EventsColumn", column).question, str)(error.text)
            question = Question(key, ImportQuestion.Kind.VALUE, asked, options)
            return self._answered(decision, column, question, error.eras)

    def _answered(
        self, decision: Decision, column: Column, question: Question, terms: list[Any]
    ) -> Any:
        leave_field, leave_row = (
            gettext_lazy("Leave the field as it is"),
            gettext_lazy("Leave the row out"),
        )
        question.options = [*question.options, (EMPTY, leave_field), (SKIP, leave_row)]
        answer = self.answers.get(question.key)
        if answer is None:
            decision.asks.append(question)
            return None
        if answer == SKIP:
            decision.leave(_("Left out, as was answered."))
            return None
        chosen = [term for term in terms if f"id:{term.pk}" == answer]
        record = self._record(decision, column, decision.site)
        if not chosen:
            return column.stored(record)
        if isinstance(column, EventsColumn):
            return [column.of_era(chosen[0])]
        return chosen

    def _unknown_place(self, decision: Decision, column: Column, error: UnknownPlace) -> Any:
        within = error.within
        if within is None:
            key = f"place::{error.name}"[:200]
            unknown = gettext_lazy("The catalogue has no place called “%(name)s”.")
            text = _filled(unknown, name=error.name)
            options: list[tuple[str, object]] = []
        else:
            key = f"place:{within.pk}"
            unknown = gettext_lazy("The catalogue does not have these places of %(place)s:")
            text = _filled(unknown, place=_label(within))
            here = gettext_lazy("Record these sites at %(place)s")
            options = [(WITHIN, _filled(here, place=_label(within)))]
        question = Question(key, ImportQuestion.Kind.PLACE, text, options, [error.name])
        if within is not None and self.answers.get(key) == WITHIN:
            return [within]
        return self._answered(decision, column, question, [])

    def _validate(self, decision: Decision) -> None:
        """Check the records that the row writes, each as a whole."""
        records = {id(record): record for _column, record in decision.put}
        names: dict[int, set[str]] = defaultdict(set)
        for column, record in decision.put:
            names[id(record)] |= column.update_fields
        site = decision.site
        if site is not None and site._state.adding:
            records[id(site)] = site
            names[id(site)] |= {"uid"} & self._headers.keys()
        put = {column.key for column, _record in decision.put}
        headers = {column.name: header for column, header in self.used if column.key in put}
        for record in records.values():
            try:
                record.clean_fields(exclude=_not_put(record, names[id(record)]))
                record.clean()
                record.validate_constraints(exclude=["uid", "slug", "reference"])
            except ValidationError as error:
                for name, texts in error.message_dict.items():
                    problem = [headers.get(name, ""), join_sentences(texts)]
                    if problem not in decision.problems:
                        decision.problems.append(problem)

    def _take_names(self, decision: Decision, site: Site) -> None:
        """Give a new site the names of its entry, if the file has none for it."""
        if not site.name:
            for entry in decision.entries.values():
                if entry.name:
                    site.name = entry.name
                    decision.put.append((_NAME, site))
                    break


_NAME = TextColumn("name", "en")


_label = lazy(label_of, str)


def _first_message(error: ValidationError) -> str:
    return str(error.messages[0])


def _filled(text: LazyText, **words: Any) -> object:
    """A lazy sentence with its words, in the language that is active when it is read."""
    return lazy(lambda: str(text) % words, str)()


def _choice(column: Column, text: str) -> str:
    """The value of a choice that a text names by its label."""
    control = column.form_field if type(column).clean is Column.clean else None
    if isinstance(control, forms.TypedChoiceField):
        for value, label in list(cast("Iterable[tuple]", control.choices)):
            if text.casefold() in (str(value).casefold(), str(label).casefold()):
                return str(value)
    return text


def _not_put(record: Record, put: set[str]) -> list[str]:
    """The columns of a new record that need no validation: no file has them, or they have their
    default."""
    if not record._state.adding:
        return []
    fixed, defaults = _valid_by_default(type(record))
    unset = [name for name, default in defaults if record.__dict__.get(name) == default]
    return [name for name in (*fixed, *unset) if name not in put]


@cache
def _valid_by_default(model: type[Record]) -> tuple[list[str], list[tuple[str, Any]]]:
    """The columns that are never edited, and the defaults of the others."""
    fields = model._meta.concrete_fields
    plain = [field for field in fields if field.has_default() and not callable(field.default)]
    defaults = [(field.name, field.default) for field in plain if field.default]
    return [field.name for field in fields if not field.editable], defaults


def _match_key(row: ImportRow) -> str:
    return f"match:{row.line}"


def _id_of(answer: str) -> int | None:
    text = answer.partition(":")[2]
    return int(text) if text.isdigit() else None


def _point_of(cells: dict[str, str]) -> Point | None:
    try:
        if text := cells.get("point"):
            return read_point(text)
        if "latitude" in cells and "longitude" in cells:
            return float(cells["latitude"]), float(cells["longitude"])
    except ValueError:
        pass
    return None


def _sites_by_uid(uids: set[str]) -> dict[str, int]:
    rows = Site.objects.filter(uid__in=uids).order_by()
    return dict(rows.values_list("uid", "pk"))


def _sites_by_slug(slugs: set[str]) -> dict[str, int]:
    """The ids of sites by their present or former slugs."""
    former = FormerSlug.objects.filter(slug__in=slugs).order_by()
    rows = Site.objects.filter(slug__in=slugs).order_by()
    return dict(former.values_list("slug", "site_id")) | dict(rows.values_list("slug", "pk"))
