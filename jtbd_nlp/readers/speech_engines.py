"""The JSON of each speech recogniser and transcript editor: how to tell it, where its words, speakers and times are.

Part of hop 1, used by `speech_json.py`. An engine is known by its keys, never by the file's name. Fields that a tool
leaves out or sets to null are treated alike. Times become seconds.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from jtbd_nlp.readers.drafts import DraftTurn
from jtbd_nlp.readers.json_nodes import Node
from jtbd_nlp.readers.spoken_words import SpokenWord, speaker_name, turns_of_words

_ISO_DURATION: Final = re.compile(r"PT(?:(\d{1,4})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?")


@dataclass(frozen=True, slots=True)
class Engine:
    """One tool's JSON: its name in `Draft.format`, what to call it, its shape test and its reader."""

    name: str
    title: str
    matches: Callable[[Node], bool]
    turns: Callable[[Node], list[DraftTurn]]


def _cue(text: str, speaker: str | None, start: float | None, end: float | None) -> DraftTurn:
    return DraftTurn(" ".join(text.split()), speaker=speaker, start=start, end=end, is_cue=True)


def _first_has(listed: Node, *keys: str) -> bool:
    return listed.first().has(*keys)


# Whisper: the CLI, faster-whisper, whisperX (adds speakers), OpenAI's API, and whisper.cpp


def _is_whisper(root: Node) -> bool:
    return _first_has(root.get("segments"), "text", "start") or _first_has(root.get("segments"), "text", "seek")


def _whisper(root: Node) -> list[DraftTurn]:
    segments = root.get("segments").each()
    words = [word for segment in segments for word in segment.get("words").each_if_any()]
    if any(word.has("speaker") for word in words):
        return turns_of_words([_timed_word(word) for word in words])
    return [
        _cue(
            s.get("text").text(), speaker_name(s.get("speaker").value), s.get("start").seconds(), s.get("end").seconds()
        )
        for s in segments
    ]


def _is_whisper_cpp(root: Node) -> bool:
    return _first_has(root.get("transcription"), "text", "offsets")


def _whisper_cpp(root: Node) -> list[DraftTurn]:
    return [
        _cue(
            segment.get("text").text(),
            speaker_name(segment.get("speaker").value),
            segment.get("offsets").get("from").seconds(per_second=1000),
            segment.get("offsets").get("to").seconds(per_second=1000),
        )
        for segment in root.get("transcription").each()
    ]


# AssemblyAI: milliseconds; utterances only where speakers were asked for


def _is_assemblyai(root: Node) -> bool:
    return root.has("words", "text", "utterances") or root.has("words", "text", "audio_duration")


def _assemblyai(root: Node) -> list[DraftTurn]:
    if root.get("utterances").each_if_any():
        return [
            _cue(
                utterance.get("text").text(),
                speaker_name(utterance.get("speaker").value),
                utterance.get("start").seconds(per_second=1000),
                utterance.get("end").seconds(per_second=1000),
            )
            for utterance in root.get("utterances").each()
        ]
    return turns_of_words([_timed_word(word, per_second=1000) for word in root.get("words").each()])


# Deepgram: speakers stand on words; an utterance may straddle a change of speaker, so words decide


def _is_deepgram(root: Node) -> bool:
    return _first_has(root.get("results").get("channels"), "alternatives")


def _deepgram(root: Node) -> list[DraftTurn]:
    channels = root.get("results").get("channels").each()
    best = [channel.get("alternatives").first() for channel in channels]
    words = [
        (_timed_word(word), number)
        for number, alternative in enumerate(best)
        for word in alternative.get("words").each_if_any()
    ]
    if len(channels) > 1 and not any(word.speaker for word, _ in words):
        on_channels = [SpokenWord(w.text, w.start, w.end, f"Channel {number}") for w, number in words]
        return turns_of_words(sorted(on_channels, key=lambda word: (word.start or 0.0, word.speaker or "")))
    if any(word.speaker for word, _ in words):
        return turns_of_words([word for word, _ in words])
    if utterances := root.get("results").get("utterances").each_if_any():
        return [
            _cue(u.get("transcript").text(), None, u.get("start").seconds(), u.get("end").seconds()) for u in utterances
        ]
    if words:
        return turns_of_words([word for word, _ in words])
    return [_cue(alternative.get("transcript").text(), None, None, None) for alternative in best]


# Amazon Transcribe, and its Call Analytics


def _is_aws(root: Node) -> bool:
    return root.get("results").has("transcripts", "items")


def _aws(root: Node) -> list[DraftTurn]:
    results = root.get("results")
    speakers = _aws_speakers(results)
    words = []
    for item in results.get("items").each():
        start = item.get("start_time").seconds()
        named = speaker_name(item.get("speaker_label").value) or speakers.get(start)
        words.append(
            SpokenWord(
                item.get("alternatives").first().get("content").text(),
                start,
                item.get("end_time").seconds(),
                named if start is not None else None,
                clings=item.get("type").value == "punctuation",
            )
        )
    return turns_of_words(words)


def _aws_speakers(results: Node) -> dict[float | None, str]:
    speakers: dict[float | None, str] = {}
    for segment in results.get("speaker_labels").get("segments").each_if_any():
        for item in segment.get("items").each_if_any():
            if name := speaker_name(item.get("speaker_label").value):
                speakers[item.get("start_time").seconds()] = name
    for channel in results.get("channel_labels").get("channels").each_if_any():
        for item in channel.get("items").each_if_any():
            if name := speaker_name(channel.get("channel_label").value):
                speakers[item.get("start_time").seconds()] = name
    return speakers


def _is_aws_call(root: Node) -> bool:
    return _first_has(root.get("Transcript"), "ParticipantRole", "Content") or _first_has(
        root.get("Transcript"), "ParticipantId", "Content"
    )


def _aws_call(root: Node) -> list[DraftTurn]:
    return [
        _cue(
            said.get("Content").text(),
            speaker_name(said.get("ParticipantRole", "ParticipantId").value),
            said.get("BeginOffsetMillis").seconds(per_second=1000),
            said.get("EndOffsetMillis").seconds(per_second=1000),
        )
        for said in root.get("Transcript").each()
    ]


# Google Cloud Speech-to-Text, v1 and v2, plain or inside a long-running operation


def _google_results(root: Node) -> Node:
    return root.get("response").get("results") if root.has("response") else root.get("results")


def _is_google(root: Node) -> bool:
    alternative = _google_results(root).first().get("alternatives").first()
    return alternative.has("transcript") and not alternative.has("timestamps")


def _google(root: Node) -> list[DraftTurn]:
    results = _google_results(root).each()
    spoken = [[_google_word(w) for w in _google_words(result)] for result in results]
    tagged = [word for words in spoken for word in words if word.speaker]
    if not tagged:
        return [_google_cue(result, words) for result, words in zip(results, spoken, strict=True)]
    # With diarisation the last result says all words of the others again, now with speakers.
    if 2 * len(spoken[-1]) >= sum(map(len, spoken)):
        return turns_of_words(spoken[-1])
    return turns_of_words([word for words in spoken for word in words])


def _google_words(result: Node) -> list[Node]:
    return result.get("alternatives").first().get("words").each_if_any()


def _google_word(word: Node) -> SpokenWord:
    tag = word.get("speakerLabel", "speakerTag", "speaker_tag", "speaker_label").value
    return SpokenWord(
        word.get("word").text(),
        _google_time(word.get("startTime", "startOffset", "start_time", "start_offset")),
        _google_time(word.get("endTime", "endOffset", "end_time", "end_offset")),
        None if tag in (0, "0") else speaker_name(tag),
    )


def _google_time(time: Node) -> float | None:
    if not isinstance(time.value, dict):
        return time.seconds()
    whole = time.get("seconds").seconds() or 0.0
    return round(whole + (time.get("nanos").seconds(per_second=1e9) or 0.0), 6)


def _google_cue(result: Node, words: Sequence[SpokenWord]) -> DraftTurn:
    alternative = result.get("alternatives").first()
    text = alternative.get("transcript").text() if alternative.has("transcript") else ""
    return _cue(text, None, words[0].start if words else None, words[-1].end if words else None)


# IBM Watson: words as [word, from, to]; speakers by the time at which a word begins


def _ibm_results(root: Node) -> list[Node]:
    outer = root.get("results").each_if_any()
    return outer if outer and outer[0].has("results") else [root]


def _is_ibm(root: Node) -> bool:
    first = _ibm_results(root)[0].get("results").first().get("alternatives").first()
    return first.has("timestamps")


def _ibm(root: Node) -> list[DraftTurn]:
    turns = []
    for part in _ibm_results(root):
        speakers = {
            label.get("from").seconds(): speaker_name(label.get("speaker").value)
            for label in part.get("speaker_labels").each_if_any()
        }
        sentences = [
            [_ibm_word(word, speakers) for word in result.get("alternatives").first().get("timestamps").each_if_any()]
            for result in part.get("results").each()
        ]
        if any(speakers.values()):
            turns += turns_of_words([word for sentence in sentences for word in sentence])
        else:
            turns += [turn for sentence in sentences for turn in turns_of_words(sentence)]
    return turns


def _ibm_word(word: Node, speakers: dict[float | None, str | None]) -> SpokenWord:
    text, start, end = (word.each() + [Node(None, word.place)] * 3)[:3]
    begins = start.seconds()
    said = text.text()
    return SpokenWord("" if said.startswith("%HES") else said, begins, end.seconds(), speakers.get(begins))


# Speechmatics, first format (speakers beside the words) and the present one


def _is_speechmatics_1(root: Node) -> bool:
    return root.has("words", "speakers") and _first_has(root.get("words"), "name", "time", "duration")


def _speechmatics_1(root: Node) -> list[DraftTurn]:
    speaker_at = _timeline(
        [(s.get("time").seconds() or 0.0, speaker_name(s.get("name").value)) for s in root.get("speakers").each()]
    )
    words = []
    for word in root.get("words").each():
        start = word.get("time").seconds() or 0.0
        length = word.get("duration").seconds() or 0.0
        words.append(SpokenWord(word.get("name").text(), start, round(start + length, 6), speaker_at(start)))
    return turns_of_words(words)


def _is_speechmatics_2(root: Node) -> bool:
    return _first_has(root.get("results"), "alternatives", "type", "start_time")


def _speechmatics_2(root: Node) -> list[DraftTurn]:
    words = []
    for heard in root.get("results").each():
        alternative = heard.get("alternatives").first()
        if alternative.value is None:
            continue
        channel = speaker_name(heard.get("channel").value)
        words.append(
            SpokenWord(
                alternative.get("content").text(),
                heard.get("start_time").seconds(),
                heard.get("end_time").seconds(),
                speaker_name(alternative.get("speaker").value) or channel,
                clings=heard.get("attaches_to").value == "previous" or heard.get("type").value == "punctuation",
            )
        )
    return turns_of_words(words)


# Rev: the values of a monologue's elements, put together, are its text


def _is_rev(root: Node) -> bool:
    return _first_has(root.get("monologues"), "elements")


def _rev(root: Node) -> list[DraftTurn]:
    names = {
        speaker.get("id").value if isinstance(speaker.get("id").value, int | str) else None: speaker.get("name").value
        for speaker in root.get("speakers").each_if_any()
    }
    turns = []
    for monologue in root.get("monologues").each():
        elements = monologue.get("elements").each()
        mark = monologue.get("speaker").value
        given = monologue.get("speaker_info").get("display_name").value
        named = given or (names.get(mark) if isinstance(mark, int | str) else None)
        times = [(e.get("ts").seconds(), e.get("end_ts").seconds()) for e in elements if e.get("ts").value is not None]
        turns.append(
            _cue(
                "".join(e.get("value").text() for e in elements if e.get("value").value is not None),
                speaker_name(named) or speaker_name(mark),
                times[0][0] if times else None,
                times[-1][1] if times else None,
            )
        )
    return turns


# BBC Kaldi: speakers as segments of the sound beside the words


def _is_kaldi(root: Node) -> bool:
    return _first_has(_kaldi_body(root).get("words"), "word", "punct")


def _kaldi_body(root: Node) -> Node:
    return root.get("retval") if root.has("retval") else root


def _kaldi(root: Node) -> list[DraftTurn]:
    body = _kaldi_body(root)
    segments = body.get("segmentation").get("segments").each_if_any()
    speaker_at = _timeline(
        [(s.get("start").seconds() or 0.0, speaker_name(s.get("speaker").get("@id", "id").value)) for s in segments]
    )
    words = []
    for word in body.get("words").each():
        start, end = word.get("start").seconds(), word.get("end").seconds()
        # The sound was cut without regard to words: where most of the word lies decides.
        middle = start if start is None or end is None else (start + end) / 2
        words.append(SpokenWord(word.get("punct", "word").text(), start, end, speaker_at(middle or 0.0)))
    return turns_of_words(words)


def _timeline(starts: Sequence[tuple[float, str | None]]) -> Callable[[float], str | None]:
    """Who speaks at a time: whoever of `starts` began last."""
    ordered = sorted(starts, key=lambda pair: pair[0])
    times = [time for time, _ in ordered]

    def speaker_at(time: float) -> str | None:
        found = bisect_right(times, time + 1e-6) - 1
        return ordered[found][1] if found >= 0 else None

    return speaker_at


# Transcript editors of news rooms: autoEdit 2, and Digital Paper Edit with its successors


def _is_autoedit(root: Node) -> bool:
    return _first_has(root.get("text"), "paragraph") or _first_has(root.get("text"), "speaker", "paragraph")


def _autoedit(root: Node) -> list[DraftTurn]:
    turns = []
    for stretch in root.get("text").each():
        speaker = speaker_name(stretch.get("speaker").value)
        for paragraph in stretch.get("paragraph").each():
            turns += turns_of_words([_timed_word(word, speaker=speaker) for word in paragraph.get("line").each()])
    return turns


def _is_paper_edit(root: Node) -> bool:
    return _first_has(root.get("words"), "start", "text") and _first_has(root.get("paragraphs"), "start", "speaker")


def _paper_edit(root: Node) -> list[DraftTurn]:
    paragraphs = root.get("paragraphs").each()
    starts = sorted((p.get("start").seconds() or 0.0, i) for i, p in enumerate(paragraphs))
    filled: list[list[SpokenWord]] = [[] for _ in paragraphs]
    for node in root.get("words").each():
        word = _timed_word(node)
        found = bisect_right(starts, ((word.start or 0.0) + 1e-6, len(starts))) - 1
        filled[starts[max(found, 0)][1]].append(word)
    turns = []
    for _, i in starts:
        speaker = speaker_name(paragraphs[i].get("speaker").value)
        turns += turns_of_words([SpokenWord(w.text, w.start, w.end, speaker, w.clings) for w in filled[i]])
    return turns


# Azure speech (batch), ElevenLabs


def _is_azure(root: Node) -> bool:
    return _first_has(root.get("recognizedPhrases"), "nBest")


def _azure(root: Node) -> list[DraftTurn]:
    phrases = root.get("recognizedPhrases").each()
    channels = {phrase.get("channel").value for phrase in phrases if isinstance(phrase.get("channel").value, int)}
    turns = []
    for phrase in phrases:
        start, length = _azure_time(phrase, "offset"), _azure_time(phrase, "duration")
        mark = phrase.get("speaker").value
        channel = phrase.get("channel").value
        turns.append(
            _cue(
                phrase.get("nBest").first().get("display", "lexical").text(),
                speaker_name(mark) or (f"Channel {channel}" if len(channels) > 1 else None),
                start,
                None if start is None or length is None else round(start + length, 6),
            )
        )
    return sorted(turns, key=lambda turn: turn.start or 0.0)


def _azure_time(phrase: Node, name: str) -> float | None:
    ticks = phrase.get(f"{name}InTicks")
    if ticks.value is not None:
        return ticks.seconds(per_second=1e7)
    written = phrase.get(name).value
    parts = _ISO_DURATION.fullmatch(written) if isinstance(written, str) else None
    if parts is None:
        return None
    hours, minutes, rest = (float(part or 0) for part in parts.groups())
    return round(hours * 3600 + minutes * 60 + rest, 6)


def _is_elevenlabs(root: Node) -> bool:
    return root.has("text", "words") and _first_has(root.get("words"), "text", "type", "speaker_id")


def _elevenlabs(root: Node) -> list[DraftTurn]:
    spoken = [word for word in root.get("words").each() if word.get("type").value != "spacing"]
    return turns_of_words([_timed_word(word) for word in spoken])


def _timed_word(word: Node, *, speaker: str | None = None, per_second: float = 1.0) -> SpokenWord:
    """A word under the names that most tools use."""
    return SpokenWord(
        word.get("punctuated_word", "text", "word").text(),
        word.get("start", "startTime").seconds(per_second=per_second),
        word.get("end", "endTime").seconds(per_second=per_second),
        speaker or speaker_name(word.get("speaker", "speaker_id").value),
    )


# In this order: what is told by more keys comes before what is told by fewer.
ENGINES: Final = (
    Engine("deepgram", "Deepgram", _is_deepgram, _deepgram),
    Engine("aws-transcribe", "Amazon Transcribe", _is_aws, _aws),
    Engine("aws-call-analytics", "Amazon Transcribe Call Analytics", _is_aws_call, _aws_call),
    Engine("ibm-watson", "IBM Watson", _is_ibm, _ibm),
    Engine("speechmatics", "Speechmatics", _is_speechmatics_2, _speechmatics_2),
    Engine("speechmatics-1", "Speechmatics 1.0", _is_speechmatics_1, _speechmatics_1),
    Engine("google-speech", "Google Speech-to-Text", _is_google, _google),
    Engine("rev", "Rev", _is_rev, _rev),
    Engine("bbc-kaldi", "BBC Kaldi", _is_kaldi, _kaldi),
    Engine("digital-paper-edit", "Digital Paper Edit", _is_paper_edit, _paper_edit),
    Engine("autoedit2", "autoEdit 2", _is_autoedit, _autoedit),
    Engine("elevenlabs", "ElevenLabs", _is_elevenlabs, _elevenlabs),
    Engine("assemblyai", "AssemblyAI", _is_assemblyai, _assemblyai),
    Engine("azure-speech", "Azure Speech", _is_azure, _azure),
    Engine("whisper-cpp", "whisper.cpp", _is_whisper_cpp, _whisper_cpp),
    Engine("whisper", "Whisper", _is_whisper, _whisper),
)
