"""Words: small closed lists of general English that clauses are judged by. No study's vocabulary has a place here.

Part of hop 2. Lemmas unless said otherwise, all lower case.
"""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Verbs that only say how the next verb is meant: "need to find a slot" is finding, not needing.
NEED_VERBS: Final = _words("need have must got gotta")
WANT_VERBS: Final = _words("want wanna like love wish hope prefer plan intend aim expect")
LIKING_VERBS: Final = _words("like love prefer")  # wanting only with "would"
TRY_VERBS: Final = _words("try attempt seek struggle strive")
PHASE_VERBS: Final = _words("""
    start begin keep continue stop finish go tend use get come end help let make proceed
""")
CHAIN_VERBS: Final = NEED_VERBS | WANT_VERBS | TRY_VERBS | PHASE_VERBS
# Adjectives that do the same: "I am able to see it".
CAN_ADJECTIVES: Final = _words("able unable")
CHAIN_ADJECTIVES: Final = CAN_ADJECTIVES | _words("willing ready supposed likely going bound about")

LIGHT_VERBS: Final = _words("do get make take have go give put come let keep")
BEING_VERBS: Final = _words("""
    be have seem appear become feel look sound remain exist mean contain belong depend
""")
COGNITION_VERBS: Final = _words("""
    think know mean guess believe suppose feel remember understand imagine assume agree forget wonder like love
    hate enjoy prefer hope want wish care appreciate realize realise
""")
# With a subject and nothing but a clause these say how sure one is, not what one does: "I think it works".
PARENTHESIS_VERBS: Final = _words("think know mean guess suppose believe feel say")
SAYING_VERBS: Final = _words("say tell talk ask mention speak explain describe answer call discuss suggest")
NEGATORS: Final = _words("not n't n’t never nor neither hardly barely rarely without")

# Prepositions that belong to the verb when its only object hangs on them: "look for a slot", "sign up for it".
LEXICAL_PREPOSITIONS: Final = _words("""
    for to with on at into about of from through after in over against toward towards around across onto upon
""")
# After these a preposition's noun says when, not what: "log in on Monday".
TIME_NOUNS: Final = _words("""
    second minute hour day week month year morning afternoon evening night weekend time moment past future
    monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday beginning end while first
    point case example instance way course general fact
""")
HABIT_WORDS: Final = _words("""
    usually always often typically generally sometimes normally regularly mostly mainly frequently occasionally
    every each daily weekly monthly annually whenever routinely constantly tend
""")

I_WORDS: Final = _words("i me my mine myself im i'm")
WE_WORDS: Final = _words("we us our ours ourselves")
YOU_WORDS: Final = _words("you your yourself y'all one u ya")
THEY_WORDS: Final = _words("""
    they them he she him her who someone somebody everyone everybody people anyone anybody folk person guy other
    colleague team manager boss staff nobody
""")
IT_WORDS: Final = _words("it this that there which these those what thing something everything nothing")
PRODUCT_WORDS: Final = _words("""
    app application tool system software site website page machine program bot chatbot ai model computer device
    phone screen button service platform product assistant server browser feature version
""")
# What notes tell about besides people: papers and parts of programs, which do nothing of the job.
DOCUMENT_WORDS: Final = _words("""
    form document report letter email mail message invoice receipt list file folder record chart sheet spreadsheet
    ticket order request note log calendar page link notification alert dashboard database field menu window printer
    scanner terminal portal workflow process policy rule contract agreement certificate label badge map schedule
    computer laptop tablet camera sensor robot elevator register counter calculator monitor newsletter
    number paper container trailer server browser weather
""")
# Nouns of people, besides those that end as people's names of trades do ("teacher", "inspector", "therapist").
PEOPLE_WORDS: Final = _words("""
    clerk nurse staff team crew colleague coworker man woman person people someone somebody participant assistant
    parent mother father child kid son daughter husband wife partner friend neighbour neighbor family patient client
    guest student pupil intern trainee technician chef cook boss lead chief guard pilot judge agent accountant attendant
    consultant applicant resident president secretary representative volunteer guy lady everyone everybody nobody both
    couple group member crowd owner user employee interviewee
""")
PEOPLE_ENDINGS: Final = ("er", "or", "ist", "ian", "eer", "man", "woman", "person")


FILLERS: Final = _words("""
    yeah yes yep no okay ok so well um uh hmm mm right sure oh and but like alright basically honestly actually
""")

# Left out at the end of a clause; punctuation and words that only join it to the next.
EDGE_WORDS: Final = _words(', . ; : ! ? - -- – — ... … ( [ " “ ‘ and or but so because')

# Word classes counted inside a clause, with the words (surface or lemma) that speak for them.
WORD_CLASSES: Final = {
    "difficulty": _words("""
        hard difficult difficulty tough tricky challenging challenge struggle complicated complex cumbersome
        tedious painful pain painstaking awkward harder hardest hardly impossible trouble problem problematic
        issue obstacle barrier
    """),
    "time": _words("""
        time hour minute second day week month year forever long longer slow slowly slower wait delay late fast
        faster quick quickly quicker instantly immediately speed eventually turnaround deadline overdue while
    """),
    "wish": _words("wish hope want ideal ideally prefer rather love better should nice"),
    "inability": _words("""
        can't cannot couldn't unable inability fail failure miss lack missing lose lost without unavailable no
    """),
    "uncertainty": _words("""
        unsure uncertain uncertainty unclear confusing confused confuse confusion mystery guess wonder unknown
        vague ambiguous ambiguity sure clear clearly trust trustworthy reliable unreliable reliability doubt
        confident confidence skeptical
    """),
    "worry": _words("""
        worry worried concern concerned afraid fear scary scared anxious stress stressful stressed nervous
        overwhelming overwhelmed frustrating frustrated frustration frustrate annoying annoyed upset
        discouraging risk risky danger dangerous security privacy safe safety
    """),
    "cost": _words("""
        cost costly expensive cheap cheaper price money pay afford fee budget worth waste save saver dollar free
    """),
    "error": _words("""
        error wrong mistake incorrect incorrectly inaccurate accurate accuracy accurately bug broken break fault
        faulty false hallucination hallucinate mess problem correct precise consistent inconsistent crash
        misunderstand duplicate
    """),
    "effort": _words("""
        effort work easy easier easily simple simpler simplify manual manually repetitive boring tiring
        exhausting energy effortless convenient helpful useful useless efficient efficiency efficiently
        productive productivity burden hassle again redo
    """),
    "quality": _words("""
        good bad great poor terrible awful perfect excellent quality enough too important crucial critical
        essential key valuable helpful limited limit lacking generic appropriate relevant irrelevant satisfying
        satisfied disappointing
    """),
    "quantity": _words("""
        many much lot lots few several all none every each half most more less enough bunch ton tons amount
        number multiple
    """),
    "interview": _words("""
        recording record screen share sharing question interview interviewer transcript mention mentioned
        earlier answer chat conversation hear
    """),
    "sequence": _words("first then next after before finally later once afterwards"),
    "thanks": _words("thank thanks hello hi bye goodbye welcome pleasure"),
}
