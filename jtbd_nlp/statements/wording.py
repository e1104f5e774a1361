"""General English word lists and word forms that phrases and needs are written with.

Part of hop 2. Knows no parser and no study: every list is closed-class or everyday English, none comes from a job.
"""

from __future__ import annotations

from typing import Final


def word_set(words: str) -> frozenset[str]:
    """Return the white-space separated `words` as a set; "_" inside a word stands for a space."""
    return frozenset(w.replace("_", " ") for w in words.split())


MAX_WORDS: Final = 8
SHORT_WORDS: Final = 6

# Short forms of talk, written out.
SHORTENED: Final = {
    "info": "information",
    "docs": "documents",
    "pic": "picture",
    "pics": "pictures",
    "vids": "videos",
    "convo": "conversation",
    "convos": "conversations",
    "stats": "statistics",
    "specs": "specifications",
    "reqs": "requirements",
    "apps": "applications",
}
PERSON_PRONOUNS: Final = word_set("i me we us you he him she her they them one y'all ya")
THING_PRONOUNS: Final = word_set("it this that these those them they one ones")
REFLEXIVES: Final = word_set("myself yourself himself herself itself ourselves yourselves themselves oneself")
PRONOUNS: Final = PERSON_PRONOUNS | THING_PRONOUNS | REFLEXIVES
POSSESSIVES: Final = word_set("my our your his her its their whose mine yours ours theirs one's")

# Verbs that only say that, when, how gladly or by whom another verb is done: the other verb is the step.
CHAIN_VERBS: Final = word_set(
    "need try want have start begin continue keep end get go come love like prefer hope "
    "manage attempt tend use aim intend wish happen seem decide choose seek proceed plan "
    "help let stop finish enjoy hate struggle strive remember forget dare bother expect "
    "offer got wanna gonna gotta venture opt endeavour endeavor resort jump dive sit "
    "spend waste mean consider avoid work look"
)
# Of those, the ones that chain with "-ing" or "to" but carry meaning of their own otherwise; "work to", "look to".
CHAIN_ONLY_TO: Final = word_set("work look mean seek consider avoid stop remember forget")
# Verbs of having another do it; the object is who or what does it.
DELEGATING_VERBS: Final = word_set("ask have get let make tell use allow enable help want need instruct prompt")
TOOL_NOUNS: Final = word_set(
    "ai tool app application software program programme website site chatbot bot "
    "assistant internet web online computer laptop phone smartphone platform model system "
    "technology llm gpt chatgpt it this that spreadsheet browser plugin feature"
)
# Verbs whose "it" may well be a tool.
TOOL_VERBS: Final = word_set(
    "use try ask tell prompt trust install open run test teach train learn work play build rely"
)
# Nouns that as "by/via/in/on/through X" tell the means, not the deed.
MEANS_NOUNS: Final = TOOL_NOUNS | word_set(
    "email e-mail mail text message letter zoom call hand pen paper camera calculator "
    "prompt keyboard device tablet spreadsheet whatsapp google screen button link page "
    "tab window menu"
)
MEANS_PREPOSITIONS: Final = word_set("in on with using via through by from at over into off")
DROPPED_PREPOSITIONS: Final = word_set(
    "via like as during after before since until till per than because despite unlike "
    "within throughout besides without except depending given regarding concerning upon "
    "amid beyond"
)
TEMPORAL_NOUNS: Final = word_set(
    "time times day days week weeks month months year years hour hours minute minutes "
    "second seconds moment morning afternoon evening night today tomorrow yesterday "
    "tonight monday tuesday wednesday thursday friday saturday sunday january february "
    "march april may june july august september october november december weekend while "
    "once period spring summer autumn fall winter past future decade ago point stage end "
    "beginning start middle"
)
# A time beside them is how long or when, not what it is done to: "wait ten minutes", "ring the afternoon before".
LASTING_VERBS: Final = word_set(
    "wait last stay sit stand sleep lie rest live work walk run drive ride fly travel train practise practice rehearse "
    "ring call phone visit meet"
)
# Nouns that name nothing by themselves.
EMPTY_NOUNS: Final = word_set(
    "thing things stuff lot lots bit kind sort type something anything everything nothing "
    "one ones everyone everybody someone somebody anyone anybody own whatever ahead etc "
    "rest ton yourself ways way"
)
# Nouns that name nothing after a preposition: "in this case", "in the first place".
EMPTY_CONTEXTS: Final = EMPTY_NOUNS | word_set(
    "case cases fact example instance reason point course general addition order terms "
    "sense extent level basis part side place matter respect regard idea sake mind "
    "particular hand question manner fashion people person guys guy folk front light line "
    "detail depth advance turn response return mine scratch"
)
# Nouns that a "to" clause completes: "find ways to save water".
COMPLETED_NOUNS: Final = word_set(
    "way ways time place opportunity opportunities chance ability option options "
    "permission right need plan plans effort reason "
    "steps method methods money"
)
PERSON_NOUNS: Final = word_set(
    "people person man woman men women child children kid kids parent friend family guest "
    "client customer patient student pupil user staff team colleague coworker boss owner "
    "tenant seller buyer agent expert guy adult boy girl mother father mom dad mum son "
    "daughter husband wife partner neighbour neighbor member doctor nurse officer "
    "community audience crowd public participant candidate applicant recipient individual "
    "human visitor passenger driver"
)
PERSON_ENDINGS: Final = (
    "ist",
    "ian",
    "eer",
    "yer",
    "cher",
    "mer",
    "ner",
    "ker",
    "der",
    "ger",
    "tor",
    "sor",
    "ant",
)
# Things that end as people do.
NO_PERSONS: Final = word_set(
    "order folder reminder header border shoulder powder ladder gender binder holder cylinder calendar summer hammer "
    "timer dinner corner banner scanner container toner marker sticker locker cracker blocker tracker bunker factor "
    "sensor motor monitor indicator vector sector tractor reactor elevator generator calculator restaurant grant plant "
    "variant constant warrant career checklist wishlist playlist charger trigger ledger finger hunger danger burger "
    "merger hanger drawer layer prayer cursor mirror error"
)
SELF_PRONOUNS: Final = word_set("me us i we myself ourselves you")
# Verbs of moving or settling that only lead to another deed: "go and check", "sit down and write".
GOING_VERBS: Final = word_set("go try come sit get stop jump turn stand log take call ring phone")
# Verbs that are always done to something: said without an object, they mean what was spoken of before.
TRANSITIVE_VERBS: Final = word_set(
    "accept acquire adapt add adjust analyse analyze answer apply approve arrange assemble assess assign attach "
    "automate book bring build buy calculate cancel capture change check choose clarify clean close collect "
    "combine compare compile complete confirm connect copy correct cover create customize cut debug define "
    "delegate delete deliver deploy describe design determine develop discard distribute divide document "
    "double-check download draft edit enter estimate evaluate examine execute expand explain explore export extract "
    "fetch file fill find finish fix format formulate gather generate grade handle hire identify implement import "
    "improve include incorporate inform inspect install integrate interpret introduce judge label launch limit "
    "list load locate log maintain manage mark measure merge mix modify monitor name note obtain offer optimise "
    "optimize order organise organize outline pack paste pay perform photograph pick pilot place polish post "
    "prepare present preserve print process produce proofread propose protect provide publish purchase raise "
    "receive recognise recognize recommend record recreate redo reduce refactor refine register rehearse reject "
    "release remove rename repair rephrase replace reply report reproduce request reread research reserve resolve "
    "restore restructure retrieve return reuse review revise reword rework rewrite save scan schedule scrap "
    "secure select sell send separate set share ship shorten sign simplify sketch solve sort split store submit "
    "summarise summarize supply support switch tailor test throw tidy tighten track transcribe transfer translate "
    "trim troubleshoot tweak type unpack update upload use validate verify view visit wrap"
)
MOVING_VERBS: Final = word_set("take bring drive walk carry send move fly push pull lead ship mail drag")
HELPING_VERBS: Final = word_set("start begin end finish help assist aid")
# Verbs that take a person and a deed: "help the patients understand", "remind the tenant to pay".
CAUSING_VERBS: Final = word_set(
    "help let make get ask tell allow encourage teach remind invite convince persuade "
    "train enable instruct force want expect require advise push see watch hear have"
)
# Verbs whose unresolved "them", "him", "her" is somebody.
TELLING_VERBS: Final = word_set(
    "tell ask call contact email meet teach show help remind inform advise train pay hire "
    "interview visit persuade convince encourage message text thank invite approach talk "
    "speak explain"
)
QUANTITY_HEADS: Final = word_set(
    "lot lots bunch couple number kind kinds sort sorts type types bit piece pieces "
    "variety range all one some most many part plenty load loads amount ton tons handful "
    "set series pair rest majority any each both few half much dozen dozens hundreds "
    "thousands version form aspect aspects none pile bulk host array selection more"
)
# Adjectives, quantifiers and intensifiers that judge or measure, and so do not belong in a step.
DROPPED_MODIFIERS: Final = word_set(
    "good great nice big huge little small quick quickly fast slow easy hard difficult "
    "simple actual whole certain specific particular real really very own same other such "
    "more most many much few several various numerous different multiple additional extra "
    "better best worse worst perfect proper properly correct right wrong accurate "
    "accurately careful carefully thorough detailed deep full entire complete overall "
    "general basic main only just even enough another next last first second third final "
    "initial possible potential necessary relevant appropriate suitable useful helpful "
    "interesting important key major minor crucial tough stupid crazy weird cool amazing "
    "awesome beautiful random single ever-so lovely bad terrible horrible annoying "
    "tedious boring current currently previous old new latest recent usual normal typical "
    "regular average extensive exact exactly precise clear clearly unique ideal decent "
    "solid rough some any all every each both no half literal sheer pure fancy fun "
    "favorite favourite giant tiny massive large high low long short lengthy vast "
    "so-called aforementioned kinda sorta like super pretty quite too so"
)
ADVERB_PARTICLES: Final = word_set(
    "up down out in off on over away back through around along together apart aside forward across by about ahead"
)
FILLERS: Final = word_set(
    "like just really actually basically literally kinda sorta um uh uhm er erm ah oh hmm "
    "mm okay ok yeah yes no well right so then now also too very quite pretty maybe "
    "perhaps probably obviously definitely certainly honestly simply mostly usually often "
    "sometimes always never generally typically normally eventually finally immediately "
    "quickly slowly carefully accurately easily efficiently effectively properly "
    "correctly successfully again still already even only ever anyway anyways somehow "
    "somewhat etc please"
)

# (verb, particle or "") -> the plainer verb of a job map. The value may be several words.
PLAIN_VERBS: Final[dict[tuple[str, str], str]] = {
    ("figure", "out"): "determine",
    ("figure", ""): "work out",
    ("check", "out"): "check",
    ("reach", "out"): "contact",
    ("put", "together"): "put together",
    ("fill", "out"): "fill in",
    ("write", "up"): "write",
    ("read", "up"): "read up",
    ("double", ""): "double-check",
    ("doublecheck", ""): "double-check",
    ("sort", "out"): "sort out",
    ("jot", "down"): "note",
    ("write", "down"): "write down",
    ("brush", "up"): "refresh",
    ("tidy", "up"): "tidy up",
    ("check", "up"): "check",
    ("test", "out"): "test",
    ("try", "out"): "try out",
    ("send", "out"): "send",
    ("send", "off"): "send",
    ("send", "over"): "send",
    ("start", "off"): "start",
    ("print", "out"): "print",
    ("map", "out"): "map out",
    ("plan", "out"): "plan",
    ("lay", "out"): "lay out",
    ("search", "up"): "search",
    ("google", ""): "look up",
    ("utilize", ""): "use",
    ("utilise", ""): "use",
    ("grab", ""): "get",
    ("ensure", ""): "ensure",
    ("get", "across"): "convey",
    ("change", "up"): "change",
    ("clean", "up"): "clean up",
    ("call", "up"): "call",
    ("ring", "up"): "call",
    ("mix", "up"): "vary",
    ("type", "up"): "write",
    ("type", "out"): "write",
    ("type", ""): "write",
    ("type", "in"): "enter",
    ("put", "in"): "enter",
    ("pull", "up"): "open",
    ("finish", "up"): "finish",
    ("finish", "off"): "finish",
    ("wrap", "up"): "finish",
    ("feed", "in"): "enter",
    ("go", "over"): "review",
    ("see", ""): "see",
}
# (verb, preposition) -> plain transitive verb, where the preposition's object becomes the object.
PLAIN_PREPOSITIONAL: Final[dict[tuple[str, str], str]] = {
    ("look", "for"): "find",
    ("search", "for"): "search for",
    ("deal", "with"): "handle",
    ("go", "over"): "review",
    ("look", "over"): "review",
    ("look", "through"): "look through",
    ("get", "into"): "get into",
    ("reach", "to"): "contact",
    ("decide", "on"): "decide on",
    ("come", "with"): "come up with",
    ("talk", "with"): "talk to",
    ("speak", "with"): "talk to",
    ("speak", "to"): "talk to",
    ("chat", "with"): "talk to",
    ("chat", "to"): "talk to",
    ("run", "through"): "go through",
    ("read", "through"): "read",
    ("read", "over"): "reread",
    ("check", "on"): "check on",
    ("check", "for"): "check for",
    ("check", "with"): "check with",
    ("care", "about"): "consider",
    ("wait", "for"): "wait for",
    ("interface", "with"): "work with",
    ("interact", "with"): "interact with",
    ("engage", "in"): "take part in",
    ("assist", "with"): "help with",
    ("assist", "in"): "help with",
    ("carry", "with"): "continue",
}
# Verbs that leave the deed to their noun: "do research on roofs".
LIGHT_VERBS: Final = word_set("do make take have give perform conduct carry get run undertake create")
# Nouns of deeds and the verb, with its preposition, that does without the light verb.
DEVERBAL: Final[dict[str, str]] = {
    "research": "research",
    "analysis": "analyse",
    "review": "review",
    "search": "search for",
    "comparison": "compare",
    "check": "check",
    "test": "test",
    "edit": "edit",
    "revision": "revise",
    "calculation": "calculate",
    "assessment": "assess",
    "evaluation": "evaluate",
    "decision": "decide on",
    "choice": "choose",
    "change": "change",
    "adjustment": "adjust",
    "correction": "correct",
    "update": "update",
    "improvement": "improve",
    "modification": "modify",
    "estimate": "estimate",
    "inspection": "inspect",
    "investigation": "investigate",
    "summary": "summarize",
    "translation": "translate",
    "payment": "pay",
    "request": "request",
    "purchase": "buy",
    "reservation": "book",
    "booking": "book",
    "suggestion": "suggest",
    "recommendation": "recommend",
    "comment": "comment on",
    "contribution": "contribute",
    "look": "look at",
    "note": "note",
    "use": "use",
    "sense": "make sense of",
    "list": "list",
    "measurement": "measure",
    "verification": "verify",
    "design": "design",
    "preparation": "prepare",
    "planning": "plan",
    "organization": "organize",
    "organisation": "organise",
    "creation": "create",
    "development": "develop",
    "management": "manage",
    "selection": "select",
    "generation": "generate",
    "collection": "collect",
    "validation": "validate",
    "implementation": "implement",
    "communication": "communicate",
    "simplification": "simplify",
    "explanation": "explain",
    "interpretation": "interpret",
    "exploration": "explore",
    "optimization": "optimize",
    "visualization": "visualize",
    "documentation": "document",
    "identification": "identify",
    "maintenance": "maintain",
    "brainstorm": "brainstorm",
    "discussion": "discuss",
    "conversation": "discuss",
    "work": "work on",
    "talk": "discuss",
    "chat": "discuss",
    "debate": "discuss",
    "conversion": "convert",
    "consultation": "consult",
    "installation": "install",
    "negotiation": "negotiate",
    "removal": "remove",
    "delivery": "deliver",
    "rewrite": "rewrite",
    "reduction": "reduce",
    "integration": "integrate",
    "migration": "migrate",
    "automation": "automate",
    "submission": "submit",
    "registration": "register",
    "distribution": "distribute",
    "production": "produce",
    "examination": "examine",
    "classification": "classify",
    "detection": "detect",
    "extraction": "extract",
    "observation": "observe",
    "proofread": "proofread",
}
# Nouns whose verb needs its object named to make sense; without one the light verb stays ("make a list").
NEEDS_OBJECT: Final = word_set("look sense use list choice search comment conversation comparison payment")
# Words that cannot end a phrase.
DANGLING: Final = word_set(
    "the a an of to for with in on at by from into onto about and or but that which who "
    "what how whether than as between against over each"
)
# Verbs of state and speech frame: their clause tells how things are, not what is done.
STATE_VERBS: Final = word_set(
    "be have know think feel seem mean like love hate believe guess suppose sound want "
    "need wish hope say appear become depend remain contain consist belong matter "
    "understand remember agree expect happen exist trust prefer enjoy worry care wonder "
    "realize realise imagine find"
)
# Verbs too empty to be a deed by themselves.
EMPTY_VERBS: Final = word_set("be have do get go come make let help need want try keep start use can will")
# (verb, noun, preposition) -> verb with the preposition's object as its object.
IDIOMS: Final[dict[tuple[str, str, str], str]] = {
    ("get", "touch", "with"): "contact",
    ("get", "contact", "with"): "contact",
    ("be", "touch", "with"): "contact",
    ("get", "hold", "of"): "get hold of",
    ("get", "rid", "of"): "remove",
    ("keep", "track", "of"): "track",
    ("keep", "eye", "on"): "monitor",
    ("keep", "record", "of"): "record",
    ("take", "care", "of"): "take care of",
    ("take", "advantage", "of"): "use",
    ("take", "picture", "of"): "photograph",
    ("take", "photo", "of"): "photograph",
    ("take", "part", "in"): "take part in",
    ("take", "account", "of"): "consider",
    ("pay", "attention", "to"): "watch",
    ("make", "use", "of"): "use",
    ("make", "sense", "of"): "make sense of",
    ("make", "list", "of"): "list",
    ("have", "meeting", "with"): "meet with",
    ("have", "call", "with"): "call",
    ("have", "conversation", "with"): "talk to",
    ("have", "discussion", "with"): "talk to",
    ("have", "chat", "with"): "talk to",
    ("have", "talk", "with"): "talk to",
    ("get", "idea", "of"): "understand",
    ("get", "understanding", "of"): "understand",
    ("get", "sense", "of"): "understand",
    ("get", "picture", "of"): "understand",
    ("have", "look", "at"): "look at",
    ("take", "look", "at"): "look at",
    ("give", "feedback", "on"): "give feedback on",
    ("put", "effort", "into"): "work on",
    ("put", "work", "into"): "work on",
    ("spend", "time", "on"): "work on",
    ("spend", "hour", "on"): "work on",
}
# What "make it ..." does to it.
CHANGING_ADJECTIVES: Final[dict[str, str]] = {
    "better": "improve",
    "nicer": "improve",
    "easier": "simplify",
    "simpler": "simplify",
    "faster": "speed up",
    "quicker": "speed up",
    "bigger": "enlarge",
    "larger": "enlarge",
    "smaller": "reduce",
    "shorter": "shorten",
    "longer": "lengthen",
    "clearer": "clarify",
    "stronger": "strengthen",
    "safer": "secure",
    "cheaper": "reduce the cost of",
}
# (adjective, preposition) after "be" -> verb with the preposition's object as its object.
ADJECTIVE_DEEDS: Final[dict[tuple[str, str], str]] = {
    ("aware", "of"): "know",
    ("mindful", "of"): "consider",
    ("careful", "with"): "take care with",
    ("responsible", "for"): "take responsibility for",
    ("involved", "in"): "take part in",
    ("familiar", "with"): "know",
}
