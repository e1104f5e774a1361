"""From a job map's approved steps and needs to a questionnaire: what is asked, in which words, of whom.

A frozen value; the exports write it, `reading` reads answers to it. A rating's id is made of the aspect and of the
step's or need's own id, so it stays the same through edits, other block plans and other waves.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from jtbd_nlp.domain import LintFinding
from jtbd_nlp.errors import SurveyError
from jtbd_nlp.priorities.blocks import BlockPlan, plan_blocks
from jtbd_nlp.priorities.question_wording import ASPECTS, SCALES, Aspect, lint_question, question_text
from jtbd_nlp.priorities.subjects import Subject, SurveyBasis

Part = Literal["screening", "rating", "solution", "pay", "profile"]
Form = Literal["choice", "number", "text", "date"]
PREFIXES: Final[dict[Aspect, str]] = {
    "difficulty": "dif",
    "importance": "imp",
    "satisfaction": "sat",
    "speed": "spd",
    "accuracy": "acc",
}
BASIC_ASPECTS: Final[tuple[Aspect, ...]] = ("importance", "difficulty", "satisfaction")
# The order in which aspects are asked and shown.
ASPECT_ORDER: Final[tuple[Aspect, ...]] = (*BASIC_ASPECTS, "speed", "accuracy")
SCREENING, SOLUTION, PAY = "screen", "solution", "pay"
MAX_SHORT_CODE: Final = 5
OTHER_SOLUTION: Final = "other"
NO_SOLUTION: Final = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer that can be picked. `ends` says that the survey is over for those who pick it."""

    code: str
    text: str
    ends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `subject` and `aspect` are those of a rating, None otherwise; `attribute` is that of a profile."""

    id: str
    part: Part
    form: Form
    text: str
    choices: tuple[Choice, ...] = ()
    subject: str | None = None
    aspect: Aspect | None = None
    attribute: str | None = None
    is_required: bool = False
    lint: tuple[LintFinding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileQuestion:
    """What is asked of the person, as studies describe their participants. `choices` are those of a choice."""

    name: str
    type: Literal["text", "number", "flag", "date", "choice"]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionnaireSettings:
    """What to ask.

    Args:
        step_aspects, need_aspects: what each step and need is rated on; none leaves them out.
        max_subjects: most steps and needs that one respondent rates; longer maps are split into blocks.
        blocks_each: blocks that a respondent rates.
        solutions: products and workarounds to choose from as what people use today: (id, name).
        asks_pay: whether to ask the most they would pay.
        currency: in which, for the text of that question.
        screening: the question who may answer; None makes one from the job, "" asks none.
        profile: what to ask of the person.
    """

    step_aspects: tuple[Aspect, ...] = BASIC_ASPECTS
    need_aspects: tuple[Aspect, ...] = BASIC_ASPECTS
    max_subjects: int | None = 30
    blocks_each: int = 1
    solutions: tuple[tuple[str, str], ...] = ()
    asks_pay: bool = False
    currency: str = ""
    screening: str | None = None
    profile: tuple[ProfileQuestion, ...] = ()

    def __post_init__(self) -> None:
        for aspect in (*self.step_aspects, *self.need_aspects):
            if aspect not in ASPECTS:
                raise SurveyError(f"nobody can be asked for {aspect!r}: known are {', '.join(ASPECTS)}")
        if self.blocks_each < 1 or (self.max_subjects is not None and self.max_subjects < self.blocks_each):
            raise SurveyError("a respondent must rate at least one block, and one step or need of each")


@dataclass(frozen=True, slots=True, kw_only=True)
class Questionnaire:
    """What is asked. `questions` are in the order in which they are put; ratings by block, then aspect."""

    title: str
    intro: str
    basis: SurveyBasis
    plan: BlockPlan
    questions: tuple[Question, ...]
    _by_id: dict[str, Question] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {q.id: q for q in self.questions})
        if len(self._by_id) != len(self.questions):
            raise SurveyError("two questions have the same id: name attributes so that they differ in their letters")

    @property
    def ratings(self) -> tuple[Question, ...]:
        """The questions about steps and needs."""
        return tuple(q for q in self.questions if q.part == "rating")

    def question(self, question_id: str) -> Question:
        """Look up a question; KeyError where there is none."""
        return self._by_id[question_id]

    def rating(self, subject_id: str, aspect: Aspect) -> Question | None:
        """The question that rates a subject, None where that is not asked."""
        return self._by_id.get(rating_id(subject_id, aspect))

    def of_part(self, part: Part) -> tuple[Question, ...]:
        """The questions of a part, in order."""
        return tuple(q for q in self.questions if q.part == part)

    def ratings_of(self, block: int, aspect: Aspect) -> tuple[Question, ...]:
        """The ratings of one block on one aspect; empty where there are none."""
        subjects = set(self.plan.blocks[block - 1].subjects)
        return tuple(q for q in self.ratings if q.subject in subjects and q.aspect == aspect)

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        """The aspects that anything is rated on, in order."""
        asked = {q.aspect for q in self.ratings}
        return tuple(a for a in ASPECT_ORDER if a in asked)

    @property
    def findings(self) -> tuple[tuple[Subject, LintFinding], ...]:
        """What is wrong with wordings: each subject's findings once."""
        first = {q.subject: q for q in reversed(self.ratings)}
        return tuple((s, f) for s in self.basis.subjects if s.id in first for f in first[s.id].lint)


def rating_id(subject_id: str, aspect: Aspect) -> str:
    """The id of a rating: three letters for the aspect and ten hex digits for the step or need.

    Letters and digits only, 13 of them: LimeSurvey and Qualtrics take such codes as they are.
    """
    return PREFIXES[aspect] + hashlib.sha256(subject_id.encode()).hexdigest()[:10]


def profile_id(name: str) -> str:
    """The id of a profile question: "p" and the letters and digits of the attribute's name, at most 15 of them."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower().encode("ascii", "ignore").decode())
    return "p" + (plain[:15] or hashlib.sha256(name.encode()).hexdigest()[:10])


def short_codes(choices: Sequence[Choice]) -> tuple[str, ...]:
    """Distinct codes of at most five letters and digits, as LimeSurvey wants them.

    Each choice's own, or "A" and its place where that is too long or has other signs; all by place if two were alike.
    """
    places = tuple(f"A{place}" for place in range(1, len(choices) + 1))
    codes = tuple(
        c.code if len(c.code) <= MAX_SHORT_CODE and c.code.isascii() and c.code.isalnum() else place
        for c, place in zip(choices, places, strict=True)
    )
    return codes if len({code.lower() for code in codes}) == len(codes) else places


def numeric_codes(choices: Sequence[Choice]) -> tuple[str, ...]:
    """Codes that are numbers, as Qualtrics wants them: the choices' own where all are, else their places from 1."""
    if all(c.code.isascii() and c.code.isdigit() for c in choices):
        return tuple(c.code for c in choices)
    return tuple(str(place) for place in range(1, len(choices) + 1))


def make_questionnaire(basis: SurveyBasis, settings: QuestionnaireSettings | None = None) -> Questionnaire:
    """Write the questionnaire to a job map.

    Raises:
        SurveyError: there is nothing to ask about, or two profile questions would get one id.
    """
    settings = settings or QuestionnaireSettings()
    wanted = {"step": settings.step_aspects, "need": settings.need_aspects}
    asked = tuple(s for s in basis.subjects if wanted[s.kind])
    if not asked:
        raise SurveyError("there is nothing to ask about: approve steps or needs of the job map first")
    basis = SurveyBasis(study=basis.study, job=basis.job, executor=basis.executor, subjects=asked)
    plan = plan_blocks(basis, max_subjects=settings.max_subjects, n_each=settings.blocks_each)
    job = basis.job or "this job"
    return Questionnaire(
        title=f"How people {basis.job}" if basis.job else basis.study,
        intro=(
            f"This survey is about how you {job}. There are no right answers; say how it is for you. "
            "You may leave out any question."
        ),
        basis=basis,
        plan=plan,
        questions=(
            *_screening(settings, job),
            *_solution(settings, job),
            *_ratings(basis, plan, wanted),
            *_pay(settings, job),
            *(_profile(p) for p in settings.profile),
        ),
    )


def _screening(settings: QuestionnaireSettings, job: str) -> tuple[Question, ...]:
    text = settings.screening
    if text is None:
        text = f"In the last twelve months, did you {job} yourself?"
    if not text:
        return ()
    choices = (Choice(code="yes", text="Yes"), Choice(code="no", text="No", ends=True))
    return (Question(id=SCREENING, part="screening", form="choice", text=text, choices=choices, is_required=True),)


def _solution(settings: QuestionnaireSettings, job: str) -> tuple[Question, ...]:
    text = f"What do you mostly use today to {job}?"
    if not settings.solutions:
        return (Question(id=SOLUTION, part="solution", form="text", text=text),)
    choices = [Choice(code=code, text=name) for code, name in settings.solutions]
    choices += [Choice(code=OTHER_SOLUTION, text="Something else"), Choice(code=NO_SOLUTION, text="Nothing")]
    return (Question(id=SOLUTION, part="solution", form="choice", text=text, choices=tuple(choices)),)


def _ratings(basis: SurveyBasis, plan: BlockPlan, wanted: dict[str, tuple[Aspect, ...]]) -> list[Question]:
    made = []
    for block in plan.blocks:
        subjects = [basis.subject(subject_id) for subject_id in block.subjects]
        for aspect in ASPECT_ORDER:
            made += [_rating(s, aspect, basis.job) for s in subjects if aspect in wanted[s.kind]]
    return made


def _rating(subject: Subject, aspect: Aspect, job: str) -> Question:
    return Question(
        id=rating_id(subject.id, aspect),
        part="rating",
        form="choice",
        text=question_text(subject, aspect),
        choices=rating_choices(aspect),
        subject=subject.id,
        aspect=aspect,
        lint=lint_question(subject, job=job),
    )


def rating_choices(aspect: Aspect) -> tuple[Choice, ...]:
    """The five answers of an aspect, from 1 to 5."""
    return tuple(Choice(code=str(code), text=text) for code, text in enumerate(SCALES[aspect], 1))


def _pay(settings: QuestionnaireSettings, job: str) -> tuple[Question, ...]:
    if not settings.asks_pay:
        return ()
    text = (
        f"What is the most you would pay to {job} faster, more accurately and with less effort, "
        "whatever the product that lets you?"
    )
    unit = f" (in {settings.currency})" if settings.currency else ""
    return (Question(id=PAY, part="pay", form="number", text=text + unit),)


def _profile(asked: ProfileQuestion) -> Question:
    text = f"{asked.name[:1].upper()}{asked.name[1:]}?"
    choices: Sequence[Choice] = ()
    form: Form = "text"
    if asked.type == "flag":
        form, choices = "choice", (Choice(code="yes", text="Yes"), Choice(code="no", text="No"))
    elif asked.type == "choice":
        form, choices = "choice", [Choice(code=str(i), text=text) for i, text in enumerate(asked.choices, 1)]
    elif asked.type in ("number", "date"):
        form = "number" if asked.type == "number" else "date"
    return Question(
        id=profile_id(asked.name),
        part="profile",
        form=form,
        text=text,
        choices=tuple(choices),
        attribute=asked.name,
    )
