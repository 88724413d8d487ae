"""Encrypts the secrets of one-time and recovery codes with the present secret key."""

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from heritage.server.encryption import encrypt_again

ENCRYPTED = ("secret", "seed")  # of an authenticator's data


class Command(BaseCommand):
    help = (
        "Encrypt the secrets of one-time and recovery codes with the present secret key, after it "
        "was changed. Former keys are read from HERITAGE_SECRET_KEY_FALLBACKS."
    )

    def handle(self, **options: object) -> None:
        count, lost = self._encrypt()
        self.stdout.write(f"{count} secrets are encrypted with the present key.")
        if lost:
            raise CommandError(f"No key is known for those of: {', '.join(lost)}.")

    @staticmethod
    @transaction.atomic
    def _encrypt() -> tuple[int, list[str]]:
        """Writes those that a key is known for; gives their number, and whose others are."""
        count, lost = 0, []
        rows = Authenticator.objects.select_related("user").select_for_update(of=("self",))
        for row in rows.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk"):
            try:
                for name in set(ENCRYPTED) & set(row.data):
                    row.data[name] = encrypt_again(row.data[name])
            except InvalidToken:
                lost.append(f"{row.user} ({row.get_type_display()})")
                continue
            row.save(update_fields=["data"])
            count += 1
        return count, lost
