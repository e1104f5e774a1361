"""Where words stand and what stands around them: shared by everything that shows a quote.

Also keeps the quote lock: nothing leaves the program as evidence that is not, character for character, in its turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from jtbd_nlp.domain import ActionStatement, Analysis, Aside, Evidence, NeedStatement, Role, Transcript, Turn
from jtbd_nlp.errors import AnalysisError

Statement = ActionStatement | NeedStatement

N_CONTEXT_WORDS: Final = 18
# Scripts without spaces have no words to count.
N_CONTEXT_CHARACTERS: Final = 240
N_QUESTION_CHARACTERS: Final = 240
# How far back a question may stand and still be what the quote answers.
MAX_TURNS_BACK: Final = 4
_WORD: Final = re.compile(r"\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteInContext:
    """A quote as a reader wants it: who, where, after which question, between which words.

    `before + quote + after` is a stretch of the turn, cut at white space where there is any; `is_cut_before` and
    `is_cut_after` say whether the turn goes on there. `question` is "" where nobody asked shortly before. `start_s`
    are seconds or None.
    """

    speaker: str
    transcript: str
    turn: int
    start_s: float | None
    question: str
    before: str
    quote: str
    after: str
    is_cut_before: bool
    is_cut_after: bool
    is_led: bool

    @property
    def place(self) -> str:
        """Where to find it: "p07, turn 12, 1:02"."""
        parts = [self.transcript, f"turn {self.turn}"]
        return ", ".join(parts if self.start_s is None else [*parts, clock_time(self.start_s)])


def check_quotes(analysis: Analysis) -> None:
    """Keep the quote lock on a whole analysis: every quote is in its turn, every id named is that of a statement.

    That holds also for what is quoted beside the statements: counter-evidence, words of struggle, questions.

    Raises:
        AnalysisError: a statement's quote is not `turn.text[start:end]`, its transcript or turn does not exist, two
            statements share an id, or a step, need, stage or the coverage names a statement that is not there.
    """
    transcripts = {transcript.id: transcript for transcript in analysis.transcripts}
    for statement in analysis.statements:
        _check_quote(f"statement {statement.id}", statement.evidence, transcripts)
    for owner, evidence in _quoted_beside(analysis):
        _check_quote(owner, evidence, transcripts)
    known = {statement.id for statement in analysis.statements}
    if len(known) != len(analysis.statements):
        raise AnalysisError("two statements have the same id")
    needs = {need.id for need in analysis.needs}
    for need in analysis.needs:
        if unknown := sorted(set(need.contradicts) - needs):
            raise AnalysisError(f"{need.id}: names a need that is not there: {unknown[0]}")
    for owner, named in _named_statements(analysis):
        if unknown := sorted(set(named) - known):
            raise AnalysisError(f"{owner}: names a statement that is not there: {unknown[0]}")


def check_evidence(evidence: Mapping[str, Evidence], transcripts: Iterable[Transcript]) -> None:
    """Keep the quote lock on evidence by id.

    Raises:
        AnalysisError: a quote is not `turn.text[start:end]`, or its transcript or turn does not exist.
    """
    by_id = {transcript.id: transcript for transcript in transcripts}
    for evidence_id, quoted in evidence.items():
        _check_quote(f"evidence {evidence_id}", quoted, by_id)


def quote_in_context(
    statement: Statement | Aside, transcript: Transcript, *, n_words: int = N_CONTEXT_WORDS
) -> QuoteInContext:
    """Set a statement's quote between up to `n_words` words on each side, with the question asked before it."""
    return evidence_in_context(statement.evidence, transcript, is_led=statement.led, n_words=n_words)


def evidence_in_context(
    evidence: Evidence, transcript: Transcript, *, is_led: bool, n_words: int = N_CONTEXT_WORDS
) -> QuoteInContext:
    """Set a quote of a transcript between up to `n_words` words on each side; see `quote_in_context`."""
    span = evidence.span
    turn = transcript.turns[span.turn]
    first, last = context_bounds(turn.text, span.start, span.end, n_words=n_words)
    return QuoteInContext(
        speaker=turn.speaker,
        transcript=transcript.id,
        turn=span.turn,
        start_s=turn.start,
        question=question_before(transcript, turn),
        before=turn.text[first : span.start],
        quote=turn.text[span.start : span.end],
        after=turn.text[span.end : last],
        is_cut_before=bool(turn.text[:first].strip()),
        is_cut_after=bool(turn.text[last:].strip()),
        is_led=is_led,
    )


def context_bounds(text: str, start: int, end: int, *, n_words: int = N_CONTEXT_WORDS) -> tuple[int, int]:
    """Where the words around `text[start:end]` begin and end: up to `n_words` on each side, fewer if they are long."""
    left, right = text[:start], text[end:]
    first = max(_start_of_last_words(left, n_words), len(left) - N_CONTEXT_CHARACTERS)
    return first, end + min(_end_of_first_words(right, n_words), N_CONTEXT_CHARACTERS)


def question_before(transcript: Transcript, turn: Turn) -> str:
    """The last thing an interviewer said shortly before `turn`, its end if it is long."""
    for earlier in reversed(transcript.turns[max(0, turn.index - MAX_TURNS_BACK) : turn.index]):
        if earlier.role is Role.INTERVIEWER:
            text = " ".join(earlier.text.split())
            if len(text) <= N_QUESTION_CHARACTERS:
                return text
            # What is asked stands at the end of a long turn.
            end = text[-N_QUESTION_CHARACTERS:]
            return "… " + (end.partition(" ")[2] or end)
    return ""


def clock_time(seconds: float) -> str:
    """Write seconds as m:ss, or h:mm:ss from an hour on: 62.4 is 1:02."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def printable(text: str) -> str:
    """Replace control characters, which terminals obey and web pages may not hold, by U+FFFD; line ends by a space.

    Marks that turn the writing direction of what follows are replaced too: they could make a place read as another.
    """
    return _CONTROLS.sub("\ufffd", _LINE_ENDS.sub(" ", text))


_LINE_ENDS: Final = re.compile(r"\r\n|[\t\n\v\f\r\x85\u2028\u2029]")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def _quoted_beside(analysis: Analysis) -> Iterable[tuple[str, Evidence]]:
    """What is quoted without being a statement: what speaks against steps, what needs derive from, questions."""
    for step in analysis.steps:
        yield from ((step.id, aside.evidence) for aside in step.counter)
    for need in analysis.needs:
        yield from ((need.id, aside.evidence) for aside in need.asides)
    for stage in analysis.stages:
        yield from ((f"stage {stage.stage}", question) for question in stage.asked.questions)


def _check_quote(owner: str, evidence: Evidence, transcripts: Mapping[str, Transcript]) -> None:
    span = evidence.span
    place = f"{owner} ({evidence.transcript}, turn {span.turn}, {span.start} to {span.end})"
    transcript = transcripts.get(evidence.transcript)
    if transcript is None:
        raise AnalysisError(f"{place}: the analysis has no such transcript")
    if not 0 <= span.turn < len(transcript.turns):
        raise AnalysisError(f"{place}: the transcript has no such turn")
    text = transcript.turns[span.turn].text
    if not 0 <= span.start < span.end <= len(text) or text[span.start : span.end] != evidence.quote:
        raise AnalysisError(f"{place}: the quote is not what stands there")


def _named_statements(analysis: Analysis) -> Iterable[tuple[str, tuple[str, ...]]]:
    for step in analysis.steps:
        yield step.id, step.statements
    for need in analysis.needs:
        yield need.id, need.statements
    for stage in analysis.stages:
        yield f"stage {stage.stage}", stage.nearest
    yield "coverage", analysis.coverage.largest_unexplained


def _start_of_last_words(text: str, n_words: int) -> int:
    starts = [match.start() for match in _WORD.finditer(text)]
    return 0 if len(starts) <= n_words else starts[-n_words] if n_words else len(text)


def _end_of_first_words(text: str, n_words: int) -> int:
    ends = [match.end() for match in _WORD.finditer(text)]
    return len(text) if len(ends) <= n_words else ends[n_words - 1] if n_words else 0
