"""Verbs that say what they say, and what may stand behind them.

Left out on purpose: light verbs (make, take, get, give, put), whose object decides what they mean.
"""

from memory.extraction.rules.text.words import words

HELD = words(
    """own manage maintain oversee handle supervise coordinate organise organize moderate chair host operate sponsor
    fund supply represent employ rent lease drive ride wear coach tutor mentor grow breed bake brew knit sew edit
    publish sell import export deliver offer produce contain include require store process track monitor serve
    cover share lead head run use teach design illustrate translate build attend study feed babysit insure
    generate measure weigh surround border occupy accept speak cook read watch write record print restore repair
    photograph paint face own prefer follow describe display bill charge comprise stream enjoy cost last need sing
    perform practise practice carry owe employ stock breed govern head"""
)
"""With an object, so as long as it is said in the present."""
LYING = {
    "live": "in near with at on by outside",
    "reside": "in near with at",
    "work": "with from out in on",
    "stay": "with at in",
    "sit": "in on at behind under next between",
    "stand": "in on at behind next between",
    "lie": "in on near between",
    "hang": "in on above over behind",
    "sleep": "in on at",
    "swim": "in at with",
    "run": "on in under with",
    "cycle": "to in with",
    "jog": "in with along",
    "row": "for with on",
    "sail": "on with",
    "ski": "in at with",
    "climb": "in at with",
    "commute": "by to from via",
    "travel": "by for",
    "volunteer": "at for with as in",
    "belong": "to",
    "depend": "on",
    "rely": "on",
    "connect": "to with",
    "integrate": "with",
    "sync": "with to",
    "point": "to at",
    "specialise": "in",
    "specialize": "in",
    "consist": "of",
    "derive": "from",
    "originate": "from",
    "suffer": "from",
    "recover": "from",
    "subscribe": "to",
    "train": "at with for under",
    "practise": "at with in",
    "practice": "at with in",
    "rehearse": "in at with",
    "perform": "in at with",
    "stream": "on",
    "post": "on",
    "sell": "on at to",
    "sing": "in with at",
    "dance": "in at with",
    "study": "at under with for",
    "ship": "to from with",
    "deliver": "to",
    "invest": "in",
    "teach": "at in",
    "play": "for in with",
    "serve": "on in",
    "meet": "in at with on",
    "report": "to",
    "bank": "with",
    "listen": "to on",
    "park": "in at on",
    "save": "for",
    "close": "during for",
    "open": "during for",
    "shop": "at in",
    "worship": "at in",
    "lecture": "at in on",
    "come": "from",
    "respond": "to",
    "answer": "to",
    "care": "for",
    "look": "after",
}
"""The prepositions that a state may have behind it."""
DONE = words(
    """acquire adopt announce appoint approve archive assemble attend automate bake begin book borrow break brew
    build buy cancel celebrate chair choose clear climb clone close commission complete compose configure
    construct convert create curate debug decorate defeat deliver demo deploy design develop direct discover
    document donate download draft edit elect enter exhibit extend feed film finish fix fork found fracture
    generate grow harvest hike hire host inherit injure install integrate interview invent invite join knit launch
    lease lend lose merge migrate moderate move nominate open order organise organize paint pass patent photograph
    plant port postpone premiere prepare present print produce publish purchase read rebuild receive record
    recruit redecorate redesign refactor refurbish register reject release remodel remove rename renew renovate
    rent repair replace reschedule rescue reserve resolve restore retire return review rewrite scan schedule score
    sell send settle sew ship sign solve sprain start study submit survive swap teach test tour trademark transfer
    translate undergo unveil upgrade upload visit welcome win write learn deprecate retire adopt steal introduce
    replace abolish scrap discontinue archive start raise increase reduce lower cut leave extend double shorten"""
)
"""With an object, something that came about."""
GONE = {
    "move": "to into from out back",
    "relocate": "to from",
    "fly": "to from with over into",
    "travel": "to through from with around",
    "drive": "to from through",
    "sail": "to from around",
    "cycle": "to from through",
    "hike": "in to through",
    "go": "to on",
    "return": "to from",
    "arrive": "in at on from",
    "depart": "from for",
    "graduate": "from in with",
    "retire": "from as",
    "subscribe": "to",
    "enrol": "in at on",
    "enroll": "in at on",
    "register": "for with at",
    "migrate": "from to",
    "upgrade": "from to",
    "transfer": "to from",
    "merge": "with",
    "meet": "with at",
    "train": "as",
    "open": "in at on",
    "start": "at in as",
    "work": "on",
    "stay": "at in with",
    "die": "of in from",
    "sign": "with",
    "speak": "at",
    "perform": "at in",
    "run": "in",
    "compete": "in",
}
"""The prepositions that something which came about may have behind it."""
GROWN = {("grow", "up"): "grew_up", ("sign", "up"): "signed_up", ("move", "in"): "moved_in", ("end", "up"): ""}
"""Verbs with a particle, and a preposition behind it."""
ALONE = words(
    """arrive begin close die end expire finish graduate land launch leave marry open retire return ship start shut"""
)
"""What may come about with nothing but its time."""
SUFFERED = words(
    """write make build host store locate design found manage own run lead fund sponsor publish manufacture produce
    insure schedule plan book license develop maintain deliver print paint keep mount deploy install register
    connect link supervise teach coach power back assign hire employ sign review approve restrict limit configure
    park surround divide split organise organize record release launch open close buy sell renovate restore
    rebuild repair renew cancel replace migrate move postpone extend order ship import export supply cover sort
    group translate illustrate edit compose direct film bake brew grow breed train raise educate vaccinate elect
    appoint nominate inherit adopt steal deprecate introduce discontinue abolish scrap back damage destroy flood
    burgle promote upgrade downgrade treat vandalise"""
)
"""`is stored in`, `was built by`: told with the preposition."""
PLACING = words(
    """in on at by with for to from of as into under near within behind above between across through outside next
    close before after during"""
)
PHRASAL = {
    ("look", "after"): "looks_after",
    ("care", "for"): "cares_for",
    ("give", "up"): "gave_up",
    ("take", "up"): "took_up",
    ("set", "up"): "set_up",
    ("give", "away"): "gave_away",
    ("hand", "over"): "handed_over",
    ("take", "over"): "took_over",
    ("sign", "up"): "signed_up",
    ("move", "in"): "moved_in",
    ("move", "out"): "moved_out",
}
"""Verbs with a particle of their own."""
UNDER_WAY = words(
    """renovate restore build write read learn prepare organise organize redecorate develop translate edit design
    rebuild refurbish train mentor host migrate construct remodel raise study record paint teach decorate"""
)
"""What one is at for weeks: `renovating the kitchen`."""
DAILY = words(
    """submit commission approve review visit check open close order send pay deliver water walk clean wash iron cook
    prepare publish update upload download buy book sign issue invoice bill sort file archive scan back test
    deploy release ship mow weed harvest pickle brew roast grind sharpen tune tutor phone email fetch
    attend host organise organize plan schedule assign train answer repair mend service groom exercise"""
)
"""With an object, what is done again and again where it is said in the present."""
LIGHT = words("keep make take do")
HOW = words(
    """offshore abroad remotely nights part-time full-time freelance alone nearby upstairs downstairs overseas outdoors
    indoors underground"""
)
"""What may stand for a place behind a verb of being somewhere."""
GIVEN_UP = words("drive smoke drink play sing dance swim fly ride dive hunt fish run teach travel vape gamble")
"""What one may be said to do no longer without saying what."""
MOVING = words("move relocate fly travel drive sail cycle hike go return arrive depart run")
"""To a place, or it is a figure of speech: `went to pieces`."""
LOOSE = words("raise cut return finish close open move lower reduce increase pass start begin draw extend double")
"""With a bare noun mostly a figure of speech: `cut corners`, `raised my voice`."""
