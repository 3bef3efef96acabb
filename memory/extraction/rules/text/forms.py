"""Verbs in all their forms."""

from memory.extraction.rules.text.words import words

_IRREGULAR = """
have has had had having
do does did done doing
be is was been being
go goes went gone going
get gets got gotten getting
make makes made made making
speak speaks spoke spoken speaking
know knows knew known knowing
leave leaves left left leaving
lead leads led led leading
buy buys bought bought buying
sell sells sold sold selling
quit quits quit quit quitting
drive drives drove driven driving
begin begins began begun beginning
find finds found found finding
cost costs cost cost costing
eat eats ate eaten eating
study studies studied studied studying
marry marries married married marrying
hold holds held held holding
become becomes became become becoming
sit sits sat sat sitting
run runs ran run running
stop stops stopped stopped stopping
drop drops dropped dropped dropping
prefer prefers preferred preferred preferring
stand stands stood stood standing
bear bears bore borne bearing
say says said said saying
tell tells told told telling
think thinks thought thought thinking
take takes took taken taking
give gives gave given giving
meet meets met met meeting
see sees saw seen seeing
teach teaches taught taught teaching
come comes came come coming
keep keeps kept kept keeping
grow grows grew grown growing
ship ships shipped shipped shipping
write writes wrote written writing
earn earns earned earned earning
program programs programmed programmed programming
use uses used used using
build builds built built building
drink drinks drank drunk drinking
read reads read read reading
shut shuts shut shut shutting
steal steals stole stolen stealing
split splits split split splitting
grind grinds ground ground grinding
refer refers referred referred referring
scan scans scanned scanned scanning
plug plugs plugged plugged plugging
fit fits fitted fitted fitting
fly flies flew flown flying
ride rides rode ridden riding
sew sews sewed sewn sewing
knit knits knitted knitted knitting
break breaks broke broken breaking
lose loses lost lost losing
win wins won won winning
send sends sent sent sending
spend spends spent spent spending
swim swims swam swum swimming
sleep sleeps slept slept sleeping
wake wakes woke woken waking
feed feeds fed fed feeding
pay pays paid paid paying
put puts put put putting
set sets set set setting
hang hangs hung hung hanging
lend lends lent lent lending
rise rises rose risen rising
fall falls fell fallen falling
bring brings brought brought bringing
catch catches caught caught catching
sing sings sang sung singing
draw draws drew drawn drawing
choose chooses chose chosen choosing
forget forgets forgot forgotten forgetting
swap swaps swapped swapped swapping
log logs logged logged logging
plan plans planned planned planning
commit commits committed committed committing
submit submits submitted submitted submitting
transfer transfers transferred transferred transferring
travel travels travelled travelled travelling
enrol enrols enrolled enrolled enrolling
cancel cancels cancelled cancelled cancelling
jog jogs jogged jogged jogging
lie lies lay lain lying
die dies died died dying
babysit babysits babysat babysat babysitting
overlook overlooks overlooked overlooked overlooking
undergo undergoes underwent undergone undergoing
throw throws threw thrown throwing
understand understands understood understood understanding
"""
"""Lemma, third person, past, participle, -ing."""
_REGULAR = words(
    """
    accept acquire adjoin adopt adore announce answer apply appoint approve arrive ask assemble attend
    authenticate base believe belong borrow build call cater celebrate certify claim close coach code collect
    commute complete compose compress comprise conduct connect consider consist construct contact contain
    continue convert cook coordinate create decorate deliver depart depend deploy derive describe design detest
    develop diagnose dislike divorce donate edit elect employ encrypt enjoy establish expect expire export
    extend finalise finalize finish follow found freelance generate graduate handle happen harvest hate head
    headquarter hear help hire hope host illustrate implement import include inhabit inherit install insure
    integrate interpret invest join launch learn like listen live loathe locate look love maintain major manage
    manufacture measure meditate mention mentor migrate moderate move name need neighbour nominate occupy offer
    open operate organise organize originate oversee owe own paint perform plan play postpone practice practise
    prepare prescribe produce promote publish purchase raise reach rebuild receive recommend recover redecorate
    refer refurbish refuse register rehearse reject relate relocate rely remodel renew renovate rent repair
    replace report represent require reschedule reside resign respond restore retire retrain return save
    schedule serve settle share skate specialise specialize start stay stem study subscribe suffer supervise
    support suppose surround switch sync talk touch train translate travel treat try tune turn tutor upgrade
    vaccinate visit volunteer walk want watch wear weigh wish work
    """
)
_NOUNS_TOO = words(
    """abolish access discharge sue expand christen baptise poll forward replant emigrate
    archive assign automate award back backup bake bank bill board book border breed brew burgle camp care
    carry chair change charge check clean clear climb clone commission compete configure cover curate cut cycle
    damage dance date debug defeat demo deprecate destroy direct discontinue discover display dive divide document
    double downgrade download draft educate email end enroll enter exercise exhibit face fetch file film fish fix
    flood fork fracture fund gamble garden govern grind groom group hand hike hunt increase injure interview
    introduce invent invite invoice iron issue land last lease lecture license limit link lower mend merge monitor
    mount mow order park pass patent phone photograph pickle plant point port post power premiere present print
    process record recruit redesign reduce refactor release remove rename rescue reserve resolve restrict review
    rewrite roast row sail scan score scrap service sharpen shop shorten sign ski smoke solve sort split sponsor
    sprain stock store stream supply surf survive test tour track trademark unveil update upload vandalise vape
    vote wash water weed welcome worship
    bike rehearse address
    add adjust analyse arrange assess assist attend audit avoid balance brake burn calculate chat chew chop clip colour
    comb combine compare complain concentrate consult cool copy cough cross cry defend delay dial dine discuss
    distribute doubt dress drill dust encourage entertain exchange explain explore farm fasten fight fire fold furnish
    gather glue greet guarantee heal hop hug hurry ignore improve inform instruct itch joke juggle jump kick kiss laugh
    lean lick list market match melt mix motivate nap negotiate note notice observe overlook paddle paste pause pinch
    place pluck pour preserve press promote protect pump push qualify queue rain remain remind repeat reply respond
    reuse rinse rub rush satisfy scrape search season separate shake share shave shine shiver shock shout skip
    slice slip slow smash smile sneeze snow soak sound spare spell spill spoil spray spread squeeze stamp state
    strengthen stretch struggle suffer suit suspect swing taste telephone thank tie tip transport trap trip trouble
    trust undress unpack value wait wander warm warn whisper whistle wipe worry wrap yell zip
    allow bandage barbecue blog boil bury carve compost courier dispense engrave excavate fertilise forage glaze golf
    grill guard guide haul herd inspect kayak label lift massage narrate pave pilot preach quilt race rake recycle
    pray refund sculpt shelve sketch solder staple stew survey tidy tow trade umpire upholster whittle wreck wrestle
    agree bathe beep bother bottle broadcast brush catalogue count crack crash crochet darn dye embroider empty fail
    fill flow foster frame grate heat hoover house inject knead leak limp line lisp load lock lodge marinate mark
    matter milk mind miss nurse overheat pack patch peel pick plait plaster plough polish proofread provide prune pull
    rattle remember reopen rest rewire rotate sack sand seat seem shear shovel show shower sieve sleepwalk slice smell
    snore socialise sow squeak stack stitch stutter text tile twist type unload unlock vacuum view wax weld wire
    wrap"""
)
"""Where a sentence may begin anew only what is surely a verb counts; after a subject these do, too."""
_IRREGULAR_NOUNS_TOO = """
admit admits admitted admitted admitting
chat chats chatted chatted chatting
chop chops chopped chopped chopping
clip clips clipped clipped clipping
fight fights fought fought fighting
hurt hurts hurt hurt hurting
hug hugs hugged hugged hugging
nap naps napped napped napping
rub rubs rubbed rubbed rubbing
shake shakes shook shaken shaking
shine shines shone shone shining
skip skips skipped skipped skipping
slip slips slipped slipped slipping
spread spreads spread spread spreading
swing swings swung swung swinging
tie ties tied tied tying
tip tips tipped tipped tipping
trip trips tripped tripped tripping
wrap wraps wrapped wrapped wrapping
zip zips zipped zipped zipping
bend bends bent bent bending
kneel kneels knelt knelt kneeling
patrol patrols patrolled patrolled patrolling
podcast podcasts podcast podcast podcasting
scrub scrubs scrubbed scrubbed scrubbing
shoot shoots shot shot shooting
trim trims trimmed trimmed trimming
bet bets bet bet betting
burst bursts burst burst bursting
dig digs dug dug digging
freeze freezes froze frozen freezing
fry fries fried fried frying
hem hems hemmed hemmed hemming
let lets let let letting
light lights lit lit lighting
mop mops mopped mopped mopping
snap snaps snapped snapped snapping
spin spins spun spun spinning
stick sticks stuck stuck sticking
sweep sweeps swept swept sweeping
tear tears tore torn tearing
weave weaves wove woven weaving
"""

Forms = dict[str, frozenset[tuple[str, str]]]
KINDS = ("third", "past", "participle", "ing")


def _regular(lemma: str) -> tuple[str, str, str, str]:
    if lemma.endswith("e"):
        return lemma + "s", lemma + "d", lemma + "d", lemma[:-1] + "ing"
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return lemma[:-1] + "ies", lemma[:-1] + "ied", lemma[:-1] + "ied", lemma + "ing"
    third = lemma + ("es" if lemma.endswith(("s", "sh", "ch", "x", "z")) else "s")
    return third, lemma + "ed", lemma + "ed", lemma + "ing"


def _declined(table: str) -> dict[str, tuple[str, ...]]:
    return {lemma: tuple(forms) for lemma, *forms in (line.split() for line in table.strip().splitlines())}


_SURE = _declined(_IRREGULAR)
_DECLINED = _SURE | _declined(_IRREGULAR_NOUNS_TOO)


def form_of(lemma: str, kind: str) -> str:
    """`form_of("fly", "past")` is "flew"; a lemma that is not known goes by the rule."""
    return (_DECLINED.get(lemma) or _regular(lemma))[KINDS.index(kind)]


def _table(lemmas: frozenset[str]) -> Forms:
    table: dict[str, set[tuple[str, str]]] = {}
    for lemma in lemmas:
        table.setdefault(lemma, set()).add((lemma, "base"))
        for kind in KINDS:
            table.setdefault(form_of(lemma, kind), set()).add((lemma, kind))
    return {form: frozenset(found) for form, found in table.items()}


FORMS = _table(_REGULAR | _SURE.keys())
"""Each form of a known verb: (lemma, kind) with kind base, third, past, participle or ing."""
VERB_FORMS = _table(_REGULAR | _DECLINED.keys() | _NOUNS_TOO)
"""With verbs that are as often nouns (`cover`, `test`): for a place where a verb is expected."""
