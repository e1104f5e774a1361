"""Finds names in transcripts: by the pinned spaCy pipeline, by form, and by what the transcript itself says of people.

Presidio puts the finders together: it knows the forms of e-mail addresses and of phone numbers in many countries, and
takes finders of our own. Nothing is fetched: the pipeline is handed over loaded, where Presidio would download one of
its own choice, and the endings of internet names are those that come with tldextract. Loading takes seconds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Final

import names as census  # type: ignore[import-untyped]  # lists of names in plain text
import spacy
from presidio_analyzer import (
    AnalyzerEngine,
    EntityRecognizer,
    Pattern,
    PatternRecognizer,
    RecognizerRegistry,
    RecognizerResult,
)
from presidio_analyzer.nlp_engine import NerModelConfiguration, NlpArtifacts, SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import EmailRecognizer, PhoneRecognizer, SpacyRecognizer
from spacy.language import Language
from spacy.tokens import Token
from tldextract import TLDExtract

from jtbd_nlp.domain import Transcript
from jtbd_nlp.models import resolve
from jtbd_nlp.pseudonyms.book import Book, Kind, Name, parts_of
from jtbd_nlp.pseudonyms.replacing import name_of, replace_names
from jtbd_nlp.pseudonyms.well_known import is_a_name_word, is_no_courtesy, is_well_known
from jtbd_nlp.readers.labels import label_class
from jtbd_nlp.statements.parsing import PARSER

LANGUAGE: Final = "en"
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
# "My name is Eva", "this is Tom Reed speaking"; must not catch "my name is on the list".
_INTRODUCTION: Final = re.compile(
    r"\b(?:[Mm]y name(?:'s|\u2019s| is)|[Nn]ame is|[Cc]all me|[Tt]his is|I am|I'm|I\u2019m"
    r"|(?:colleague|boss|manager|wife|husband|partner|friend|sister|brother|daughter|son|mother|father|mum|mom|dad"
    r"|cousin|neighbou?r|doctor|nurse|teacher|tutor|student|client|landlord|flatmate|roommate)"
    r"(?:,| is called| named| called)?|[Tt]hank you,?|[Tt]hanks,?|[Hh]i,?|[Hh]ello,?"
    r"|Dr\.?|Mrs?\.?|Ms\.?|Miss|Prof(?:\.|essor)?|Aunt|Uncle|Grandma|Grandpa)"
    r"\s+(?P<name>[A-Z][\w'\u2019-]+(?:\s+(?:(?:van|von|de|der|den|da|del|di|la|le|al|bin|Mc|O')\s+)*[A-Z][\w'\u2019-]+){0,2})"
)
_AN_ORGANISATION: Final = re.compile(
    r"\b(?:[Ww]ork(?:s|ed|ing)? (?:for|at)|[Jj]oined|employed (?:by|at)|employer,|company called|[Ss]tarted at|job at)"
    r"\s+(?:the\s+)?(?P<name>[A-Z][\w&'\u2019-]+(?:\s+(?:(?:and|of|&)\s+)?[A-Z][\w&'\u2019-]+){0,3})"
)
# "I moved to Grenoble", "she lives in Leeds"; must not catch "I moved to Excel", which is well known.
_A_PLACE: Final = re.compile(
    r"\b(?:liv(?:e|es|ed|ing)|born|grew up|mov(?:e|es|ed|ing)|based|flew|flight|trip|travel(?:s|led|ed|ling|ing)?)"
    r"(?: \w+)? (?:in|to|from|near)\s+(?P<name>[A-Z][\w'\u2019-]+(?: [A-Z][\w'\u2019-]+)?)"
)
# Nine digits and more in groups, with a country code or a first zero: "01273 496 0999".
_DIGITS: Final = r"(?<!\w)(?:\+\d{1,3}|\(?0)(?:[ ()./-]{0,2}\d){8,13}(?!\w)"
# A name in a network, "@mkennedy"; must not catch what follows the @ of an e-mail address.
_HANDLE: Final = r"(?<![\w.@])@\w{3,}"
# What the last word of an organisation's name may say that it is, and the small words within such a name.
_BODIES: Final = frozenset(
    """
    Foundation University Institute Institution College School Academy Hospital Clinic Bank Council Committee
    Commission Society Association Federation Agency Department Ministry Bureau Museum Library Trust Union Group Company
    Corporation
    """.split()  # noqa: SIM905 - a list of words
)
_WITHIN_NAMES: Final = frozenset({"of", "and", "for", "the", "&"})
# "written in Cobol", "the Bluefin library", "Conda install": a program; must not catch "I used Eva's program".
_A_PROGRAM: Final = (
    r"(?:\b(?:using|install(?:ed|ing|s)?|import(?:ed|ing|s)?|written in|(?:language|library|package|program|tool|app|"
    r"framework) called) {name}(?!['\u2019]s|\w)|(?<!\w){name} (?:library|package|programs?|app|framework|install)\b)"
)
_DO: Final = frozenset(
    """
    say tell ask think know want help show answer live love hate promise write explain agree disagree decide drive teach
    cook suggest insist complain laugh smile worry forget remember phone email text talk speak listen hope feel wonder
    """.split()  # noqa: SIM905 - a list of words
)
_DONE_TO: Final = frozenset(
    """call ask tell thank meet phone text email marry hire visit invite trust remind message ring""".split()  # noqa: SIM905 - a list of words
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
                _Email(supported_language=LANGUAGE),
                PhoneRecognizer(supported_language=LANGUAGE, supported_regions=_REGIONS),
                _Patterns("PERSON", _INTRODUCTION),
                _Patterns("ORGANIZATION", _AN_ORGANISATION),
                _Doers(),
                _CensusNames(),
                _Patterns("LOCATION", _A_PLACE),
                _Bodies(),
                PatternRecognizer("HANDLE", patterns=[Pattern("a name in a network", _HANDLE, 0.5)]),
                PatternRecognizer("PHONE_NUMBER", patterns=[Pattern("digits in groups", _DIGITS, 0.5)]),
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
            name for name in mentioned if name.text.split()[0] not in programs or name.text.split()[-1] in _BODIES
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


class _Email(EmailRecognizer):
    """E-mail addresses; Presidio's own finder would fetch the list of internet endings, and keep it on disk."""

    _endings = TLDExtract(suffix_list_urls=(), cache_dir=None)

    def validate_result(self, pattern_text: str) -> bool | None:
        """True where the ending is known; None, which counts as well, where it may be somebody's own."""
        return True if self._endings(pattern_text).fqdn else None


class _Patterns(EntityRecognizer):
    """What stands in a place where a name is expected."""

    def __init__(self, entity: str, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        super().__init__(supported_entities=[entity], supported_language=LANGUAGE)

    def load(self) -> None:
        pass

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        del entities
        starts = {token.idx: token for token in nlp_artifacts.tokens}
        return [
            RecognizerResult(self.supported_entities[0], found.start("name"), found.end("name"), 0.6)
            for found in self._pattern.finditer(text)
            if (token := starts.get(found.start("name"))) is not None and token.pos_ == "PROPN"
        ]


class _CensusNames(EntityRecognizer):
    """Given names of the United States' census, and families: "Dwayne", "the Hendersons"; must not catch "will"."""

    def __init__(self) -> None:
        super().__init__(supported_entities=["PERSON"], supported_language=LANGUAGE)

    def load(self) -> None:
        self._given = _given_names()
        self._family = _census("dist.all.last")

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        del text, entities
        return [
            RecognizerResult("PERSON", token.idx, token.idx + len(token.text), 0.5)
            for before, token in pairwise([None, *nlp_artifacts.tokens])
            if (token.pos_ == "PROPN" or (token.is_sent_start and token.pos_ == "NOUN"))
            and is_a_name_word(token.text)
            and self._is_one(before, token.text)
        ]

    def _is_one(self, before: Token | None, word: str) -> bool:
        is_family = before is not None and before.lower_ == "the" and word.endswith("s")
        return word.upper() in self._given or (is_family and word[:-1].upper() in self._family)


@cache
def _census(name: str) -> frozenset[str]:
    lines = resources.files(census).joinpath(name).read_text(encoding="ascii").splitlines()
    return frozenset(line.split()[0] for line in lines)


def _given_names() -> frozenset[str]:
    return _census("dist.male.first") | _census("dist.female.first")


class _Doers(EntityRecognizer):
    """Capitalised words that do what people do: "Priya rode along", "I called Wei"; must not catch "Jira crashed"."""

    def __init__(self) -> None:
        super().__init__(supported_entities=["PERSON"], supported_language=LANGUAGE)

    def load(self) -> None:
        pass

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        del text, entities
        return [
            RecognizerResult("PERSON", token.idx, token.idx + len(token.text), 0.5)
            for token in nlp_artifacts.tokens
            if token.pos_ == "PROPN"
            and is_a_name_word(token.text)
            and (
                (token.dep_ == "nsubj" and token.head.lemma_ in _DO)
                or (token.dep_ in ("dobj", "dative") and token.head.lemma_ in _DONE_TO)
            )
        ]


class _Bodies(EntityRecognizer):
    """Organisations whose names say what they are: "Python Software Foundation"; must not catch "the Foundation"."""

    def __init__(self) -> None:
        super().__init__(supported_entities=["ORGANIZATION"], supported_language=LANGUAGE)

    def load(self) -> None:
        pass

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        del text, entities
        ends = [token for token in nlp_artifacts.tokens if token.text in _BODIES and token.pos_ == "PROPN"]
        spans = [(_first_of_name(end), end) for end in ends]
        return [
            RecognizerResult("ORGANIZATION", first.idx, end.idx + len(end.text), 0.7)
            for first, end in spans
            if first.i < end.i
        ]


def _first_of_name(last: Token) -> Token:
    """Where a name begins that ends in this word: as far as capitalised names reach, over small words within."""
    first, doc = last, last.doc
    while first.i:
        before = doc[first.i - 1]
        if before.lower_ in _WITHIN_NAMES and before.i:
            before = doc[before.i - 1]
        if before.pos_ != "PROPN" or not before.text[:1].isupper():
            break
        first = before
    return first


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
    may_begin = is_no_courtesy if kind == "organisation" and words[-1:] and words[-1] in _BODIES else is_a_name_word
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
    if " " in name.text or name.text.upper() in _given_names() or name.kind not in ("person", "place", "organisation"):
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
            initials = "".join(part[0] for part in parts if part not in _WITHIN_NAMES)
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
