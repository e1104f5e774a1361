"""Hop 1: what stands at the start of a line of talk, and which of it is a speaker's label.

Knows the ways in which recorders, transcribers and chat programs write "who, when". Does not know who asks and who
answers: `readers/roles.py` tells that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from jtbd_nlp.readers.clock import seconds

Form = Literal["colon", "emphasis", "timed", "bracket", "alone", "time"]
RoleWord = Literal["interviewer", "participant", "other", "speaker"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CLOCK: Final = r"(?:\d{1,2}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?"
_OPEN, _CLOSE = r"[\[(<{]?", r"[\])>}]?"
_CHAT_STAMP: Final = re.compile(
    r"^\[?(?:\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{4}-\d{2}-\d{2}),? "
    r"\d{1,2}:\d{2}(?::\d{2})?(?:[ \u202f]?[AP]M)?\]?(?: -)? (?=\S)",
    re.IGNORECASE,
)
_TIME_FIRST: Final = re.compile(
    rf"^{_OPEN}({_CLOCK})(?:\s*-{{1,2}}>?\s*({_CLOCK}))?{_CLOSE}(?=[\s:|\-–—]|$)\s*(?:[-–—|:]\s+)?(.*)$", re.DOTALL
)
_TIME_AFTER: Final = re.compile(
    rf"^(?P<name>[^\s:*\[(][^:*\[(\n]{{0,58}}?)(?:,?\s*[\[(]\s*(?P<t1>{_CLOCK})(?:\s*-{{1,2}}>?\s*{_CLOCK})?\s*[\])]|"
    rf"(?:,?[ \t]+|:\s+)(?P<t2>{_CLOCK})(?:\s*-{{1,2}}>?\s*{_CLOCK})?)\s*(?P<colon>[:：]?)\s*(?P<rest>.*)$",
    re.DOTALL,
)
_COLON: Final = re.compile(
    r"^(?:>>+\s*|-\s+|\d{1,4}[.)]\s+)?(?P<name>[^\s:：*<>\[\]|][^:：*<>\[\]|\n]{0,58}?)\s?[:：](?=\s|$|[^\s/\d:])\s*(?P<rest>.*)$",
    re.DOTALL,
)
_BRACKET: Final = re.compile(
    r"^(?:\[(?P<square>[^\W_][\w. -]{0,24})\]|<(?P<angle>[^\W_][\w. '-]{0,30})>)\s*:?\s*(?P<rest>.*)$", re.DOTALL
)
_EMPHASIS: Final = re.compile(
    r"^(?P<marks>\*{1,3}|_{1,3})(?=\S)(?P<inner>[^*\n]{1,80}?)\s*(?P=marks)(?P<rest>.*)$", re.DOTALL
)
_Q_AND_A: Final = re.compile(r"^(?P<name>[QA]|Question|Answer)\s?\d{0,3}\s?[.:)]\s+(?P<rest>.*)$", re.DOTALL)
_DASH: Final = re.compile(r"^(?P<name>[^\W\d_]+(?: \d{1,3})?)\s+[-–—]\s+(?P<rest>\S.*)$", re.DOTALL)
_STAGE_DIRECTION: Final = re.compile(
    r"\s*(?:,\s*(?:TYPING|typing|off mic|on phone|via \w+)|\((?:[a-z][^)]*|[^)]*\?)\))$"
)

_INTERVIEWER_WORDS: Final = _words("""
    interviewer interviewers moderator facilitator host cohost co-host researcher questioner question q ai
    assistant bot chatbot claude int iv mod fac analyst anchor presenter asker interviewer1 interviewer2 i
""")
_PARTICIPANT_WORDS: Final = _words("""
    participant interviewee respondent guest user customer client patient answer a informant subject
    human expert candidate resp par iee consumer shopper tester
""")
_OTHER_WORDS: Final = _words("""
    narrator narration announcer operator technician observer observers notetaker note-taker scribe
    captioner stenographer transcriber transcriptionist translator interpreter sponsor ad advert advertisement
    break music system intro outro recording voiceover jingle
""")
_SPEAKER_WORDS: Final = _words("""
    speaker spk voice person male female man woman unknown everyone all both crosstalk
""")

_CLASS_OF: Final[dict[str, RoleWord]] = {
    **dict.fromkeys(_SPEAKER_WORDS, "speaker"),
    **dict.fromkeys(_OTHER_WORDS, "other"),
    **dict.fromkeys(_PARTICIPANT_WORDS, "participant"),
    **dict.fromkeys(_INTERVIEWER_WORDS, "interviewer"),
}

# First words of a line that end in a colon and are no speakers, however often they recur.
_NO_SPEAKERS: Final = _words("""
         interview transcript episode meeting call conversation note notes example examples tip tips warning
    update edit ps re subject from to cc date time duration     location place title summary topic topics
    keywords agenda pros cons pro con step steps goal goals problem     problems solution result results
    conclusion conclusions introduction background context purpose source url     link http https file version
    copyright license licence recorded length language participants interviewees     attendees speakers
    present status action actions next todo total price cost age gender occupation role     email phone
    address name session day week month year part chapter section figure table image photo caption
    observation observations finding findings insight insights quote quotes pain gain likes dislikes also
    however remember important answer-key first second third finally lastly firstly secondly thirdly anyway
    basically because so and but or yes no well okay ok
""")
_PARTICLES: Final = _words("""
    de da di del della der den van von la le el al bin ibn y e of the and und et dos das do du zu
""")
_INNER_WORD: Final = re.compile(r"^[^\W_][\w'’.\-]*$")


@dataclass(frozen=True, slots=True)
class Mark:
    """What the start of one line says: who (`label`), when (`start`, `end`, seconds), and the words that follow.

    `form` is how it is written; `alone` is a name on a line of its own, `time` a time without a name.
    """

    form: Form
    rest: str
    label: str | None = None
    start: float | None = None
    end: float | None = None


def read_mark(line: str, *, is_markdown: bool = False) -> Mark | None:
    """Read who and when at the start of `line`; None where it starts with plain words.

    A mark is a possibility: "Here is the thing: ..." gives one too. `choose_labels` decides which labels count.
    """
    line = line.strip()
    if is_markdown and line.startswith("#"):
        named = read_mark(line.lstrip("#"))
        return named if named and not named.rest else None
    if is_markdown:
        line = re.sub(r"^(?:>\s+|\\)", "", line)
    stamp = _CHAT_STAMP.match(line)
    if stamp:
        found = _colon(line[stamp.end() :])
        return replace(found, form="timed") if found else None
    emphasised = _emphasis(line) if line[:1] in "*_" else None
    return emphasised or _timed(line) or _bracket(line) or _colon(line) or _alone(line)


def _timed(line: str) -> Mark | None:
    first = _TIME_FIRST.match(line)
    if first:
        start, end = seconds(first[1]), seconds(first[2])
        named = (_emphasis(first[3]) if first[3][:1] in "*_" else None) or _bracket(first[3]) or _colon(first[3])
        if named:
            return replace(named, form="timed", start=start, end=end)
        return Mark("time", first[3], None, start, end)
    after = _TIME_AFTER.match(line)
    if after and (not after["rest"] or after["colon"] or after["t1"]) and is_name_like(after["name"]):
        return Mark("timed", after["rest"], tidy_label(after["name"]), seconds(after["t1"] or after["t2"]))
    return None


def _emphasis(line: str) -> Mark | None:
    match = _EMPHASIS.match(line)
    if not match:
        return None
    inner, rest = match["inner"].strip(), match["rest"].lstrip()
    if not inner.endswith((":", "：")) and not rest.startswith((":", "：")):
        time = _TIME_FIRST.match(rest)
        if time and is_name_like(inner):
            return Mark("timed", time[3], tidy_label(inner), seconds(time[1]))
        inside = _timed(inner)
        if inside and inside.label and not inside.rest and not rest:
            return inside
        return Mark("alone", "", tidy_label(inner)) if not rest and is_name_like(inner) else None
    rest = rest.lstrip(":： ").lstrip()
    named = _timed(inner.rstrip(":：") + ":") or _colon(inner.rstrip(":：") + ":")
    if not named or not named.label or named.rest:
        return None
    time = _TIME_FIRST.match(rest)
    if time and named.start is None:
        return Mark("timed", time[3], named.label, seconds(time[1]))
    return Mark("timed" if named.start is not None else "emphasis", rest, named.label, named.start, named.end)


def _bracket(line: str) -> Mark | None:
    match = _BRACKET.match(line)
    if not match or not match["rest"]:
        return None
    label = match["square"] or match["angle"]
    is_label = bool(match["angle"]) or is_name_like(label) or bool(re.fullmatch(r"\w{1,8}\d{1,3}", label))
    return Mark("bracket", match["rest"], label) if is_label else None


def _colon(line: str) -> Mark | None:
    match = _Q_AND_A.match(line) or _COLON.match(line)
    if not match or not is_name_like(match["name"]):
        match = _DASH.match(line)
        return Mark("colon", match["rest"], match["name"]) if match and label_class(match["name"]) else None
    rest = match["rest"]
    time = _TIME_FIRST.match(rest) if rest[:1] in "[(" else None
    if time:
        return Mark("timed", time[3], tidy_label(match["name"]), seconds(time[1]))
    return Mark("colon", rest, tidy_label(match["name"]))


def _alone(line: str) -> Mark | None:
    return Mark("alone", "", tidy_label(line)) if len(line) <= 40 and is_name_like(line) else None


def tidy_label(label: str) -> str:
    """Strip what belongs to the moment and not to the person: "MEL, TYPING", "Ann (on phone)", double spaces."""
    label = " ".join(label.strip(" \t*_#>").split())
    return _STAGE_DIRECTION.sub("", label).rstrip(",") or label


def is_name_like(text: str) -> bool:
    """Whether `text` could name a speaker: one to five words, capitalised or a known role word, no sentence.

    Catches "Dr. Ann O'Neill", "SPEAKER_01", "P7", "interviewer"; must not catch "Here is the thing", "For example".
    """
    text = _STAGE_DIRECTION.sub("", text.strip())
    text = re.sub(r"\s*\([^)]{1,30}\)$", "", text)
    words = text.replace(",", " ").replace("/", " ").replace("&", " ").split()
    if not 1 <= len(words) <= 5 or len(text) > 48 or words[0].lower().strip(".") in _NO_SPEAKERS:
        return False
    if label_class(text):
        return True
    if not any(char.isalpha() for char in text) or not (words[0][0].isupper() or re.fullmatch(r"\w*\d+", words[0])):
        return False
    if text[-1] in ".?!…" and not re.search(r"\b(?:Jr|Sr|[A-Z])\.$", text):
        return False
    return all(_is_name_word(word) for word in words)


def _is_name_word(word: str) -> bool:
    bare = word.strip(".#")
    return bool(not bare or bare[0].isupper() or bare[0].isdigit() or bare.lower() in _PARTICLES) and (
        not bare or bool(_INNER_WORD.match(bare)) or bool(re.fullmatch(r"\w+", bare))
    )


def label_class(label: str) -> RoleWord | None:
    """What kind of role word a label is or holds ("Moderator 2", "Interviewee_1", "Speaker 1"); None for a name."""
    words = [word.lower() for word in re.split(r"[\s_()\-.,/#]*\d*[\s_()\-.,/#]+|(?<=[A-Za-z])\d+$", label) if word]
    bare = _bare(label)
    if found := _CLASS_OF.get(bare):
        return found
    # "UX Researcher" before "Interviewer Jane"; a "Music Teacher" is no music.
    for candidate in (*words[-1:], *words[:1]) if 1 < len(words) <= 3 else words[:1]:
        found = _CLASS_OF.get(candidate) if len(candidate) > 1 else None
        if found and (found != "other" or candidate == words[-1]):
            return found
    if re.fullmatch(r"p[\s_-]?\d{1,3}|r\d{1,2}|id\d+|fg\d+", label.strip().lower()):
        return "participant"
    return None


def _bare(label: str) -> str:
    return re.sub(r"[\s_#.-]*\d*$", "", label.strip().lower())


def _is_role_word(label: str) -> bool:
    """The whole label is a role word, as "User" is and "Chosen AI" is not."""
    return _bare(label) in _CLASS_OF or (label_class(label) is not None and " " not in label)


def choose_labels(marks: Sequence[Mark | None], *, n_blocks: int) -> frozenset[str]:
    """Tell the labels that name speakers from words that merely stand before a colon.

    A label must recur or be a known role word; one that occurs once counts only where it is written exactly as the
    recurring ones are (capitals, emphasis, a time), as a third person who says goodbye is, or where nearly every line
    has a label.

    Args:
        marks: one a line, None where a line has none.
        n_blocks: number of blank-line separated blocks, against which names on lines of their own are judged.
    """
    spoken = Counter(m.label for m in marks if m and m.label and m.form != "alone")
    forms: dict[str, Counter[str]] = {}
    for mark in marks:
        if mark and mark.label and mark.form != "alone":
            forms.setdefault(mark.label, Counter())[mark.form] += 1
    recurring = {
        label for label, n in spoken.items() if n >= 2 or (label_class(label) and set(forms[label]) != {"bracket"})
    }
    recurring = _without_quoted_words(recurring, marks, forms) or _all_that_talk(marks, spoken)
    if not recurring:
        return _names_alone(marks, n_blocks)
    is_everywhere = spoken.total() >= 0.8 * len(marks)
    once = {label for label in spoken if spoken[label] == 1}
    return frozenset(
        recurring | {label for label in once if is_everywhere or _is_written_like(label, recurring, forms)}
    )


def _without_quoted_words(labels: set[str], marks: Sequence[Mark | None], forms: dict[str, Counter[str]]) -> set[str]:
    """Drop "Satisfied:" said twice in a chat of AI: and User:, or a chat that a User pastes into one turn.

    Only where known role words label most of the talk. Keeps a second guest, if set off alike or heard in two places.
    """
    spoken = {label: forms[label].total() for label in labels}
    known = {label for label in labels if _is_role_word(label)}
    recurring = [spoken[label] for label in known if spoken[label] >= 2]
    if len(recurring) < 2 or sum(recurring) < 0.6 * sum(spoken.values()):
        return labels
    alike = {form for label in known for form in forms[label]}
    heard_after: dict[str, set[int]] = {}
    n_known = 0
    for mark in marks:
        if mark and mark.label in known:
            n_known += 1
        elif mark and mark.label:
            heard_after.setdefault(mark.label, set()).add(n_known)
    is_set_off = alike <= {"timed", "emphasis"}
    return {
        label
        for label in labels
        if label in known
        or (is_set_off and set(forms[label]) <= alike)
        or (spoken[label] >= 4 and len(heard_after[label]) >= 2)
    }


def _is_written_like(label: str, recurring: set[str], forms: dict[str, Counter[str]]) -> bool:
    if not recurring:
        return False
    own = next(iter(forms[label]))
    alike = all(set(forms[other]) == {own} for other in recurring)
    if own in ("timed", "emphasis"):
        return alike
    return (
        own == "colon" and alike and label.isupper() and len(label) > 2 and all(other.isupper() for other in recurring)
    )


def _all_that_talk(marks: Sequence[Mark | None], spoken: Counter[str]) -> set[str]:
    """A tiny file of people who speak once each: times beside all names, or a label on every line and a question."""
    labelled = [m for m in marks if m and m.label and m.form != "alone"]
    timed = {m.label for m in labelled if m.label and m.form == "timed"}
    if len(timed) >= 2:
        return timed
    if len(spoken) >= 2 and len(labelled) == len(marks) and any(m.rest.rstrip().endswith("?") for m in labelled):
        return set(spoken)
    return set()


def _names_alone(marks: Sequence[Mark | None], n_blocks: int) -> frozenset[str]:
    """Names on lines of their own, as Otter writes them without times: at least two, recurring, over most blocks."""
    alone = Counter(m.label for m in marks if m and m.label and m.form == "alone")
    recurring = {label for label, n in alone.items() if n >= 2 or label_class(label)}
    covered = sum(alone[label] for label in recurring)
    return frozenset(recurring) if len(recurring) >= 2 and covered >= max(2, 0.3 * n_blocks) else frozenset()
