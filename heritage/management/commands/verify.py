"""Recompute all that is stored and shown, compare, and name each difference with its remedy."""

import json
import time

from django.core.management.base import BaseCommand, CommandError, CommandParser

from heritage.management.verifying import CHECKS, CheckProgress, Verification

_SHOWN = 20  # findings of a check that are printed
SECONDS = 2  # between two words of progress
INTERRUPTED = 130


class Command(BaseCommand):
    help = (
        "Compares derived columns, full text, history, files of pictures, the index and all counts "
        "with the rows that they follow from. Writes nothing; others may write meanwhile."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only", action="append", choices=list(CHECKS), help="do this check alone; repeatable"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(
        self, *args: object, only: list[str] | None, verbosity: int, **options: object
    ) -> None:
        as_json = bool(options["json"])
        self.reported_at, self.at = time.monotonic(), ""
        verification = Verification(only or CHECKS)
        try:
            for step in verification.run():
                if verbosity and not as_json:
                    self._say(step)
        except KeyboardInterrupt:
            done = ", ".join(verification.results) or "nothing"
            raise CommandError(
                f"Interrupted; verified so far: {done}. The former result is kept.",
                returncode=INTERRUPTED,
            ) from None
        if not only:
            verification.keep()
        if as_json:
            self._print_json(verification)
        else:
            self._print(verification)
        undone = [name for name, result in verification.results.items() if result.why_not]
        if verification.count or undone:
            words = [f"{verification.count} difference{'s' if verification.count != 1 else ''}"]
            words += [f"not verified: {', '.join(undone)}"] if undone else []
            raise CommandError("; ".join(words) + ".")

    def _say(self, step: CheckProgress) -> None:
        now = time.monotonic()
        if step.check != self.at or now - self.reported_at >= SECONDS:
            self.at, self.reported_at = step.check, now
            self.stdout.write(f"· {step.check}: {step.progress.done} of {step.progress.total}")
            self.stdout.flush()

    def _print(self, verification: Verification) -> None:
        for name, result in verification.results.items():
            for finding in result.findings[:_SHOWN]:
                self.stdout.write(f"{name}: {finding}")
            if result.count > _SHOWN:
                self.stdout.write(f"{name}: and {result.count - _SHOWN} more, see --json")
            for remedy in dict.fromkeys(finding.remedy for finding in result.findings):
                self.stdout.write(f"{name}: what to do: {remedy}")
            if result.why_not:
                self.stdout.write(f"{name}: not verified: {result.why_not}")
            else:
                self.stdout.write(f"{name}: {result.count} differences, {result.seconds:.0f} s")
        if verification.is_complete and not verification.count:
            self.stdout.write("All that is stored and counted agrees with the rows.")

    def _print_json(self, verification: Verification) -> None:
        self.stdout.write(json.dumps(verification.as_json(), ensure_ascii=False, indent=1))
