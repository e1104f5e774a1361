"""Finds names in transcripts: by the pinned spaCy pipeline, by form, and by what the transcript itself says of people.

Presidio puts the finders together: it knows the forms of e-mail addresses and of phone numbers in many countries, and
takes finders of our own. Nothing is fetched: the pipeline is handed over loaded, where Presidio would download one of
its own choice, and the endings of internet names are those that come with tldextract. Loading takes seconds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import spacy
from presidio_analyzer import (
    AnalyzerEngine,
    Pattern,
    PatternRecognizer,
    RecognizerRegistry,
)
from presidio_analyzer.nlp_engine import NerModelConfiguration, NlpArtifacts, SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import PhoneRecognizer, SpacyRecognizer
from spacy.language import Language

from jtbd_nlp.domain import Transcript
from jtbd_nlp.models import resolve
from jtbd_nlp.pseudonyms.book import Book, Kind, Name, parts_of
from jtbd_nlp.pseudonyms.finders import (
    A_PLACE,
    AN_ORGANISATION,
    BODIES,
    DIGITS,
    HANDLE,
    INTRODUCTION,
    LANGUAGE,
    WITHIN_NAMES,
    Bodies,
    CensusNames,
    Doers,
    Email,
    Patterns,
    given_names,
)
from jtbd_nlp.pseudonyms.replacing import name_of, replace_names
from jtbd_nlp.pseudonyms.well_known import is_a_name_word, is_no_courtesy, is_well_known
from jtbd_nlp.readers.labels import label_class
from jtbd_nlp.statements.parsing import PARSER

KINDS: Final[dict[str, Kind]] = {
    "PERSON": "person",
    "LOCATION": "place",
    "ORGANIZATION": "organisation",
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "HANDLE": "other",
}
# Numbers are written as at home: without a country code they are tried as of these.
_REGIONS: Final = ("US", "GB", "DE", "FR", "IN", "CA", "AU", "NL", "ES", "IT")
_LABELS: Final = {
    "PERSON": "PERSON",
    "GPE": "LOCATION",
    "LOC": "LOCATION",
    "FAC": "LOCATION",
    "ORG": "ORGANIZATION",
}
_IGNORED: Final = (
    *("CARDINAL", "DATE", "EVENT", "LANGUAGE", "LAW", "MONEY", "NORP"),
    *("ORDINAL", "PERCENT", "PRODUCT", "QUANTITY", "TIME", "WORK_OF_ART"),
)
# "written in Cobol", "the Quillwort library": a program; must not catch "I used Eva's program".
_A_PROGRAM: Final = (
    r"(?:\b(?:using|install(?:ed|ing|s)?|import(?:ed|ing|s)?|written in|(?:language|library|package|program|tool|app|"
    r"framework) called) {name}(?!['\u2019]s|\w)|(?<!\w){name} (?:library|package|programs?|app|framework|install)\b)"
)
_WORD: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|['\u2019-](?=[^\W\d_]))*")
_LETTER: Final = re.compile(r"[^\W\d_]")
_PARTICLES: Final = frozenset({"van", "von", "de", "der", "den", "da", "del", "di", "la", "le", "al", "bin"})


class Recogniser:
    """Finds names in transcripts, one after the other; make one and keep it."""

    def __init__(self) -> None:
        nlp = load_pipeline()
        self._engine = _LoadedEngine(nlp)
        registry = RecognizerRegistry(
            recognizers=[
                SpacyRecognizer(supported_language=LANGUAGE, supported_entities=["PERSON", "LOCATION", "ORGANIZATION"]),
                Email(supported_language=LANGUAGE),
                PhoneRecognizer(supported_language=LANGUAGE, supported_regions=_REGIONS),
                Patterns("PERSON", INTRODUCTION),
                Patterns("ORGANIZATION", AN_ORGANISATION),
                Doers(),
                CensusNames(),
                Patterns("LOCATION", A_PLACE),
                Bodies(),
                PatternRecognizer("HANDLE", patterns=[Pattern("a name in a network", HANDLE, 0.5)]),
                PatternRecognizer("PHONE_NUMBER", patterns=[Pattern("digits in groups", DIGITS, 0.5)]),
            ],
            supported_languages=[LANGUAGE],
        )
        self._analyzer = AnalyzerEngine(
            registry=registry, nlp_engine=self._engine, supported_languages=[LANGUAGE], default_score_threshold=0.4
        )

    def names(self, transcript: Transcript) -> tuple[Name, ...]:
        """The names in what is said and in who says it, each once, sorted."""
        labels = dict.fromkeys(turn.speaker for turn in transcript.turns)
        speakers = {name for name in map(speakers_name, labels) if name}
        texts = [turn.text for turn in transcript.turns]
        found = Counter[Name]()
        for text, artifacts in zip(texts, self._artifacts(texts), strict=True):
            found.update(self._names_in(text, artifacts))
        words = Counter(word for text in texts for word in _WORD.findall(text))
        mentioned = {name for name in _one_kind_each(found) if not _is_a_word(name, found[name], words)}
        programs = {name.text for name in mentioned if _is_a_program(name, texts)}
        mentioned = {
            name for name in mentioned if name.text.split()[0] not in programs or name.text.split()[-1] in BODIES
        }
        mentioned = _people_first(mentioned | _longer_and_shorter(mentioned, texts, words))
        people = {Name("person", speaker) for speaker in speakers}
        people |= {name for name in mentioned if name.kind == "person"}
        parts = _parts_named_alone(people, speakers, words)
        rest = {name for name in mentioned if name.kind != "person" and Name("person", name.text) not in parts}
        return tuple(sorted(people | parts | rest))

    def _artifacts(self, texts: list[str]) -> Iterator[NlpArtifacts]:
        for _, artifacts, *_ in self._engine.process_batch(texts, LANGUAGE, batch_size=32):
            yield artifacts

    def _names_in(self, text: str, artifacts: NlpArtifacts) -> Iterator[Name]:
        hits = self._analyzer.analyze(text, language=LANGUAGE, nlp_artifacts=artifacts)
        for hit in hits:
            kind = KINDS.get(hit.entity_type)
            start, end = _whole_words(text, hit.start, hit.end)
            name = _trimmed(text[start:end], kind) if kind else ""
            if kind and _may_be(kind, name):
                yield Name(kind, name)


def replace_all(transcripts: Sequence[Transcript]) -> tuple[tuple[Transcript, ...], Book]:
    """Transcripts of one study with pseudonyms in place of names, and which stands for what."""
    recogniser = Recogniser()
    names = [name for t in transcripts for name in (*recogniser.names(t), name_of(t))]
    book = Book().with_names(names, taken={turn.speaker for t in transcripts for turn in t.turns})
    return tuple(replace_names(t, book) for t in transcripts), book


def load_pipeline() -> Language:
    """Load the English pipeline of `models/manifest.toml` with its named entities.

    Raises:
        ModelUnavailableError, ModelMismatchError: see `models.resolve`.
    """
    return spacy.load(resolve(PARSER).folder)


def speakers_name(label: str) -> str | None:
    """Whom a speaker's label names: "Eva Novak", and "Jane" in "Interviewer Jane"; nobody in "Moderator" or "P7"."""
    if any(char.isdigit() for char in label) or len(_LETTER.findall(label)) < 2:
        return None
    named = label if label_class(label) is None else " ".join(p for p in parts_of(label) if label_class(p) is None)
    return named if any(is_a_name_word(part) for part in parts_of(named)) else None


class _LoadedEngine(SpacyNlpEngine):
    """Presidio's way to spaCy, over a pipeline that is loaded already: what it would load, it would also download."""

    def __init__(self, nlp: Language) -> None:
        super().__init__(
            ner_model_configuration=NerModelConfiguration(
                model_to_presidio_entity_mapping=_LABELS, labels_to_ignore=_IGNORED
            )
        )
        self.nlp: dict[str, Language] = {LANGUAGE: nlp}  # type: ignore[assignment]  # declared without a type there


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The span and what hangs on it by a hyphen: "Jin" of "Jin-woo" is half a name."""
    while start and (text[start - 1].isalpha() or (text[start - 1] in "-" and text[start - 2 : start - 1].isalpha())):
        start -= 1
    while end < len(text) and (text[end].isalpha() or (text[end] in "-" and text[end + 1 : end + 2].isalpha())):
        end += 1
    return start, end


def _trimmed(text: str, kind: Kind) -> str:
    """A name without what is no part of it: possessives, articles, titles, words before and after that name nobody."""
    if kind not in ("person", "place", "organisation"):
        return text.strip()
    text = re.sub(r"['\u2019]s?$", "", text.strip().strip('.,;:!?"()[]\u2026 '))
    words = text.split()
    # "Python Software Foundation" is one, though Python is a tool.
    may_begin = is_no_courtesy if kind == "organisation" and words[-1:] and words[-1] in BODIES else is_a_name_word
    while words and (not may_begin(words[0].strip(".,")) or not parts_of(words[0])):
        words = words[1:]
    while words and kind == "person" and not is_a_name_word(words[-1].strip(".,")):
        words = words[:-1]
    return " ".join(words).rstrip(".,;:")


def _may_be(kind: Kind, name: str) -> bool:
    if kind in ("email", "phone", "other"):
        return True
    if len(name) < 2 or "\n" in name or len(name.split()) > 6 or is_well_known(name):
        return False
    if kind == "person":
        return all(part[0].isupper() or part in _PARTICLES for part in parts_of(name)) and not any(
            char.isdigit() for char in name
        )
    return name[0].isupper()


def _is_a_word(name: Name, n_found: int, words: Mapping[str, int]) -> bool:
    """Whether what was taken for a name is a word that the same people also write small ("Select", "Scheme").

    Who is called Will or Rose is spoken of more than once, or introduced.
    """
    if name.kind not in ("person", "place", "organisation") or " " in name.text or name.text.lower() == name.text:
        return False
    n_small = words.get(name.text.lower(), 0)
    return n_small > 0 if name.kind != "person" else n_small > 2 * n_found


def _is_a_program(name: Name, texts: list[str]) -> bool:
    """Whether what was taken for a name is spoken of as a program is; who has a common given name stays a person."""
    if " " in name.text or name.text.upper() in given_names() or name.kind not in ("person", "place", "organisation"):
        return False
    pattern = re.compile(_A_PROGRAM.replace("{name}", re.escape(name.text)))
    return any(pattern.search(text) for text in texts)


def _people_first(names: set[Name]) -> set[Name]:
    """Two words of which the first is a person's name are that person's, whatever else they were taken for."""
    people = {name.text for name in names if name.kind == "person"}
    return {
        Name("person", name.text) if len(words := name.text.split()) == 2 and words[0] in people else name
        for name in names
    }


def _longer_and_shorter(names: set[Name], texts: list[str], words: Mapping[str, int]) -> set[Name]:
    """Names of people and places with the capitalised word after them; beginnings and initials of organisations' names.

    "Gareth" is also "Gareth Pritchard", and "Aberdare High School" is "Aberdare High" or AHS for short.
    """
    more = set()
    for name in names:
        if name.kind in ("person", "place") and " " not in name.text:
            for found in re.finditer(rf"(?<!\w){re.escape(name.text)} ([A-Z][\w'\u2019-]+)", "\n".join(texts)):
                after = found[1].removesuffix("'s").removesuffix("\u2019s")
                if is_a_name_word(after) and not is_well_known(after) and not words.get(after.lower()):
                    more.add(Name(name.kind, f"{name.text} {after}"))
        parts = name.text.split()
        if name.kind == "organisation" and len(parts) > 2:
            begin = " ".join(parts[:-1])
            is_said_alone = sum(t.count(begin) for t in texts) > sum(t.count(name.text) for t in texts)
            more |= {Name(name.kind, begin)} if is_said_alone and parts[-2][0].isupper() else set()
            initials = "".join(part[0] for part in parts if part not in WITHIN_NAMES)
            more |= {Name(name.kind, initials)} if len(initials) > 2 and words.get(initials) else set()
    return more


def _parts_named_alone(people: set[Name], speakers: set[str], words: Mapping[str, int]) -> set[Name]:
    """The parts of people's names that stand alone somewhere, or may in another interview: those of speakers."""
    parts = {(part, name.text in speakers) for name in people for part in parts_of(name.text) if " " in name.text}
    return {
        Name("person", part)
        for part, is_speakers in parts
        if len(part) > 2 and is_a_name_word(part) and (is_speakers or not words.get(part.lower()))
    }


def _one_kind_each(found: Mapping[Name, int]) -> set[Name]:
    """Each text as what it was found to be most often: a person before a place before an organisation where equal."""
    rank = {"person": 0, "place": 1, "organisation": 2}
    best: dict[str, Name] = {}
    for name in sorted(found, key=lambda n: (-found[n], rank.get(n.kind, 3), n)):
        best.setdefault(name.text, name)
    return set(best.values())
