"""Capitalised words that name nobody: programs and companies that everybody knows, abbreviations, months, courtesies.

Replacing them would hide what people work with, and protect no one. Whoever works for one of these companies is told
apart by what is around it: the list can be overruled by adding the name to the study's pseudonyms.
"""

from __future__ import annotations

import re
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TOOLS: Final = _words(
    """
    acrobat adobe airbnb airtable alexa alibaba amazon android anthropic apple asana aws azure bard bing bitbucket
    bluetooth calendar canva chatgpt chrome claude codex confluence copilot csv dall-e discord docker docs docusign
    doordash dropbox ebay etsy evernote excel facebook facetime figma firefox fitbit garmin gemini git github gitlab
    gmail google gpt grammarly grubhub hubspot icloud illustrator imessage indesign instagram internet ios ipad iphone
    java javascript jira kahoot keynote kindle kubernetes lightroom linkedin linux llm lyft mac macbook mastercard
    mailchimp matlab messenger meta microsoft midjourney miro mysql netflix notion numpy nvidia office onedrive onenote
    openai oracle outlook pandas paypal perplexity photoshop pinterest playstation powerpoint premiere pypi python
    pytorch quickbooks quicken reddit safari salesforce sap sharepoint shopify siri skype slack snapchat sony spotify
    sql stackoverflow steam stripe tableau teams telegram tesla tiktok trello twitter typescript uber ubuntu unity unix
    unreal visa vscode waze wechat whatsapp wikipedia windows word wordpress xbox xero yahoo yelp youtube zapier
    zillow zoom haskell rust kotlin swift perl ruby fortran cobol matlab mathematica cython django flask scipy scikit
    scikit-learn matplotlib jupyter conda anaconda tensorflow keras spark pyspark hadoop verilog arduino photos
    maps drive sheets slides meet
    """
)
_NO_NAMES: Final = _words(
    """
    a an the i and but or so if yes yeah yep no nope ok okay well hi hello hey thanks thank please sorry right sure oh
    um uh hmm mm wow gosh god lord jesus christ bye monday tuesday wednesday thursday friday saturday sunday january
    february march april may june july august september october november december christmas easter thanksgiving
    halloween ramadan english french german spanish chinese japanese italian dutch russian portuguese arabic latin
    covid ai api app apps url pdf html css json hr it qa ux ui ceo cto cfo coo pm vp phd mba tv dvd cd gps sms sim usb
    wifi wi-fi id faq diy rpg npc crm erp seo roi kpi okr mom mum dad grandma grandpa mother father sir madam
    everybody everyone anybody someone he she they we you it this that these those there here what when where why how
    interviewer interviewee moderator participant speaker user assistant customer client doctor nurse teacher
    absolutely actually also basically definitely exactly great good interesting just like maybe mostly not now
    perfect sometimes still then trying very welcome going really only probably
    """
)
_ABBREVIATION: Final = re.compile(r"(?:[A-Z]{1,5}s?|[A-Z]\d+|\d.*)")


def is_well_known(name: str) -> bool:
    """Whether a name says nothing of anybody: each of its words is common, or it is an abbreviation."""
    # "Python-based" and "API-like" say no more than Python and API.
    words = [re.sub(r"-[a-z]+$", "", word) for word in re.findall(r"[^\W_](?:[\w'\u2019&-]*\w)?", name)]
    return all(word.lower() in _TOOLS or word.lower() in _NO_NAMES or _ABBREVIATION.fullmatch(word) for word in words)


def is_a_name_word(word: str) -> bool:
    """Whether a capitalised word may be part of a person's name."""
    return is_no_courtesy(word) and word.lower() not in _TOOLS


def is_no_courtesy(word: str) -> bool:
    """Whether a capitalised word may be part of any name: a tool's is part of some."""
    return word[:1].isupper() and word.lower() not in _NO_NAMES
