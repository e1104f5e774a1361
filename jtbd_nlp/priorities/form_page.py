"""A questionnaire as a form to answer in a browser: works without a script, loads nothing, tells nobody.

Pure: what was answered so far goes in, a page comes out. Who keeps answers is the application's to say.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from jtbd_nlp.priorities.printed_page import rating_blocks
from jtbd_nlp.priorities.questionnaire import Questionnaire
from jtbd_nlp.report.rendering import file_of, render_page

_PACKAGE: Final = "jtbd_nlp.priorities"
SAVE, SEND = "save", "send"


def form_page(
    questionnaire: Questionnaire, blocks: Collection[int], answers: Mapping[str, Any], *, message: str = ""
) -> str:
    """The form with the blocks of one respondent, filled in as far as they came.

    Args:
        blocks: numbers of the blocks to rate.
        answers: by question id, as `Answers` has them.
        message: what to say above the form: that answers are kept, or what is wrong with one.
    """
    return render_page(
        _PACKAGE,
        "form.html",
        css=file_of(_PACKAGE, "questionnaire.css") + file_of(_PACKAGE, "form.css"),
        questionnaire=questionnaire,
        blocks=[block for block in rating_blocks(questionnaire) if block.number in blocks],
        before=(*questionnaire.of_part("screening"), *questionnaire.of_part("solution")),
        after=(*questionnaire.of_part("pay"), *questionnaire.of_part("profile")),
        given={question: _typed(value) for question, value in answers.items()},
        message=message,
        save=SAVE,
        send=SEND,
    )


def thanks_page(questionnaire: Questionnaire) -> str:
    """What stands in place of the form once it was sent."""
    css = file_of(_PACKAGE, "questionnaire.css") + file_of(_PACKAGE, "form.css")
    return render_page(_PACKAGE, "thanks.html", css=css, title=questionnaire.title)


def _typed(value: Any) -> str:
    """An answer as the form holds it: "4" for a rating, a number without needless digits."""
    return f"{value:g}" if isinstance(value, int | float) else str(value)
