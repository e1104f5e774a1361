"""Forms of English verbs that phrases are written with: -ing form, he/she/it form, base of an -ing noun.

Part of hop 2. Spelling rules with short lists of exceptions; knows no parser.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from jtbd_nlp.statements.wording import word_set

_THIRD: Final = {"be": "is", "have": "has", "do": "does", "go": "goes"}
_GERUND: Final = {"be": "being", "die": "dying", "lie": "lying", "tie": "tying", "see": "seeing", "agree": "agreeing"}
# Longer verbs that double their last letter although only one-syllable verbs do by rule.
_DOUBLING: Final = word_set(
    "begin forget prefer refer occur admit commit submit permit control regret transfer upset reset equip debug "
    "unplug input output format program overlap recur omit defer fulfil blog prep"
)
_ONE_SYLLABLE_CVC: Final = re.compile(r"^[^aeiou]*(?:qu)?[aeiou][^aeiouwxy]$")
_ENDS_IN_SILENT_E: Final = re.compile(
    r"(?:[aeiou][vz]|[lrn][vz]|[aeiou]c|[nr]c|[rd]g|(?:ha|ra|le)ng|(?:[bpdtgf]|[^c]k|ck)l|[nrlpw]s|[iyoa]s|ous|yz|yp|"
    r"(?:^|[^aeo])at|ereat|oat|creat|[^eoa]it|[aeu]t|[^o]ot|[aeiou]g|uir|(?:^|[^o])id|[ou]d|[^aeo][aiou]r|[^aeo]in|[^aeo]i[bkmpl]|ap|[^o]op|"
    r"[^eo]ak|[^o]ok|[^o]ol|us|[aou]m|ul|[^ao]u|ud|ast|ift?h|eath|ach)$"
)
_NO_SILENT_E: Final = word_set(
    "edit visit audit credit exit profit benefit limit format focus discuss access process address canvas bus "
    "debut develop bargain reason begin coin join hair repair stair avoid treat eat beat heat repeat cheat seat "
    "chat float unit consider monitor bring sing ring string cling swing hang bang gang pair air recruit suit "
    "gallop gossip worship virus bias market target budget interpret inhibit exhibit inherit solicit cohabit "
    "deposit author refactor mentor tutor favor favour color colour labor labour vector mirror error anchor "
    "motor factor doctor custom blossom teach reach coach preach approach attach detach last cast fast "
    "broadcast forecast blast contrast boast coast toast roast orbit spirit pilot pivot ballot carrot outfit "
    "bandit model label travel signal total group soup hour tour pour our scour shout scout spot sprout layout "
    "pick sick read lead load thread upload download onboard board add interest quiet greet meet feet sheet "
    "tweet beam team dream stream steam cream scream seem deem claim aim exclaim prohibit tailor podcast breach "
    "gas bookkeep proclaim maim trim swim zoom room boom broom groom bloom loom fathom bottom"
)
_NO_GERUND: Final = word_set("something anything nothing everything thing")
_DOUBLED_BY_NATURE: Final = ("ss", "zz", "ff")
_DOUBLE_L: Final = word_set(
    "call fill sell tell spell pull roll poll install enroll bill kill drill skill spill still grill fall smell"
)


@lru_cache(maxsize=4096)
def gerund(verb: str) -> str:
    """Return the -ing form of a base-form verb, particles kept: "find out" -> "finding out", "plan" -> "planning"."""
    head, space, rest = verb.partition(" ")
    if head in _GERUND:
        form = _GERUND[head]
    elif head.endswith("e") and not head.endswith(("ee", "oe", "ye")):
        form = head[:-1] + "ing"
    elif _ONE_SYLLABLE_CVC.match(head) or head in _DOUBLING:
        form = head + head[-1] + "ing"
    else:
        form = head + "ing"
    return form + space + rest


@lru_cache(maxsize=4096)
def third_person(verb: str) -> str:
    """Return the he/she/it form of a base-form verb, particles kept: "find out" -> "finds out", "try" -> "tries"."""
    head, space, rest = verb.partition(" ")
    if head in _THIRD:
        form = _THIRD[head]
    elif head.endswith("y") and head[-2:-1] not in set("aeiou"):
        form = head[:-1] + "ies"
    elif head.endswith(("s", "x", "z", "ch", "sh", "o")):
        form = head + "es"
    else:
        form = head + "s"
    return form + space + rest


@lru_cache(maxsize=4096)
def base_of_gerund(word: str) -> str:
    """Return the likely base form of a lower-case -ing word: "planning" -> "plan", "writing" -> "write".

    A word that is no -ing form ("string", "bed") is returned as it is.
    """
    stem = word[:-3]
    if not word.endswith("ing") or word in _NO_GERUND or len(stem) < 2 or not re.search(r"[aeiouy]", stem):
        return word
    if stem[-1] == stem[-2] and not stem.endswith(_DOUBLED_BY_NATURE) and stem not in _DOUBLE_L:
        return stem[:-1] if not stem.endswith(("ee", "oo")) else stem
    if stem in _NO_SILENT_E or stem.endswith(("w", "x", "y")):
        return stem
    # A one-syllable verb with one vowel and one last consonant would have doubled it, so an e is missing.
    if _ONE_SYLLABLE_CVC.match(stem) or _ENDS_IN_SILENT_E.search(stem):
        return stem + "e"
    return stem
