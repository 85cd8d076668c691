"""Refuses what would be asked of residents who were erased."""

from analytics.services.asking.questions import Question
from config.common.problems import Gone
from config.common.texts import gettext as _
from imports.models import Import


def refuse_erased(question: Question) -> None:
    """Raises `Gone` where the question is of an erased import: of that only the demand was counted before."""
    if question.import_id is None:
        return
    if Import.objects.live().filter(pk=question.import_id, status=Import.Status.ERASED).exists():
        raise Gone(_("The residents of this import were erased; of them only the demand is known."))
