"""Words that make a clause something else than it seems, and words that may stand in its slots."""

from memory.extraction.rules.text.lexicon import NEGATIONS
from memory.extraction.rules.text.words import words

IDIOMS = words(
    """ship mind way point fool lesson hell bullet edge heart eye eyes head nerve nerves tongue lip neck bargain cake
    pie bush dust bucket towel stake shots trigger time life love hope faith truth lie lies word words tune
    wonders miracle miracles havoc chaos war peace death soul souls dream dreams sense nonsense crap bullshit
    rubbish attention advantage tale tales circles trouble thing things stuff idea ideas feeling feelings thought
    thoughts opinion opinions world universe moon sky devil god gods angels monkey monkeys clown beast peanuts air
    chances odds luck lot lots bit piece pieces gun guns horse's mess wreck nightmare blast hat hats pants
    trousers secret bullets victim martyr villain mood moods temper band-aid egg eggs baby's spot tooth thumb bone
    crush beef axe guts plate breath bluff blank wool mistakes minds holes mischief tears solution furniture fumes
    patience manners worms chapter household-name problem problems masters lengths heaven voice boredom
    distraction despair favour favor pieces sleep"""
)
"""What makes an act a figure of speech."""
THE_IDIOMS = words(
    """air blame bucket bullet burden bush candle cards cloud clouds corner corners course crown day days devil dust
    earth farm fence fences fire fort game games ground house ice iceberg ladder limit line lines loop lot moon
    music part place plug ride road role rope ropes ship show sky stage strings sun tank thread tide towel town
    wall walls water waters wave waves weight world"""
)
"""What makes it one with nothing but an article: `run the show`, `hit the road`."""
TURNING = NEGATIONS | words(
    """only hardly almost enough much less more few fewer than if whether that those these what how why who whom
    whose which because sometimes occasionally would could should might may must maybe perhaps kind sort ought
    supposedly allegedly pretend pretending dream dreams novel fiction fictional story film movie imagination
    theory metaphor lie jokingly hypothetical imaginary secretly practically virtually basically technically
    honestly literally apparently except unless without instead anything everything something nothing everyone
    anyone someone you your yours yourself us them it me like soon eventually someday forever former ex ex-wife
    ex-husband so-called fake pretty another else other apart rather quite barely sort-of not too myself yourself
    himself herself itself ourselves themselves dragon dragons unicorn unicorns wizard wizards zombie zombies
    ghost ghosts alien aliens vampire vampires elf elves fairy fairies hobbit metaphorically figuratively"""
)
"""Words that turn what stands beside them into something else than was read."""

VAGUE_HEADS = words(
    """thing things stuff way kind sort lot bit fun mess problem question idea reason matter case fact point deal one
    ones bunch couple pile load loads ton tons rest"""
)
PLACE_NOUNS = words(
    """floor building street avenue road lane square town city village suburb district region valley coast island
    hill mountain river lake beach forest park garden yard garage basement attic cellar kitchen bathroom bedroom
    hall hallway corridor lobby room office desk drawer cupboard cabinet wardrobe closet warehouse depot
    barn shed rack cellar station airport harbour harbor port platform gate terminal campus school university
    library museum hospital clinic church market mall shop store restaurant cafe café bakery pharmacy bank hotel
    hostel gym pool studio theatre theater factory plant quarter neighbourhood neighborhood centre center corner
    end side country countryside border archive folder repository repo bucket server cluster cloud account wiki
    channel drive directory branch cage safe box house flat apartment cottage cabin farm wing tower block stairs
    staircase entrance door window roof terrace balcony"""
)
"""Where a thing may be."""
STANDINGS = words(
    """red blue green yellow black white grey gray brown orange purple pink silver golden beige turquoise electric
    wooden second-hand secondhand handmade vegetarian vegan gluten-free waterproof rechargeable open-source
    proprietary public private closed open free mandatory optional deprecated read-only offline online remote
    hybrid bilingual diabetic deaf blind dyslexic colour-blind colorblind epileptic asthmatic lactose-intolerant
    coeliac celiac left-handed right-handed nocturnal spayed neutered vaccinated chipped pregnant retired widowed
    divorced unemployed self-employed freelance adopted furnished unfurnished rented leased insured out-of-
    warranty refundable non-refundable non-smoking pet-friendly wheelchair-accessible sold-out full-time part-time
    bankrupt encrypted password-protected"""
)
"""What may be said of somebody or something in one word, and is so for long."""
JOINED = {
    "in charge": "of",
    "responsible": "for",
    "available": "on in from at for to",
    "open": "on until from to",
    "closed": "on until from for to",
    "interested": "in",
    "good": "at",
    "fluent": "in",
    "afraid": "of",
    "scared": "of",
    "vaccinated": "against",
    "related": "to",
    "compatible": "with",
    "engaged": "to",
    "accountable": "for",
    "eligible": "for",
    "qualified": "as",
    "certified": "for to",
    "subscribed": "to",
    "enrolled": "in at on",
    "insured": "with by",
    "equipped": "with",
    "made": "of from",
    "named": "after",
    "born": "in",
    "subject": "to",
    "part": "of",
    "native": "to",
    "home": "to",
    "intolerant": "to",
    "registered": "with in at as",
    "opposite": "",
}
"""Adjectives with what they ask for."""
GROUPS = words(
    "team staff family company police crew board committee department band firm government group council club"
)
UNITS = words("a per an each every")
SPANS = words(
    """month year week day night hour person head kilo kg piece seat licence license user minute second quarter
    square metre meter"""
)
PARTIES = words(
    """customer contact liaison representative rep client supplier vendor competitor investor bank insurer provider
    contractor subcontractor distributor sponsor publisher shareholder importer exporter tenant donor account
    market region"""
)
"""Who is one to a firm, and hardly ever in a figure of speech."""
SETTLED = words(
    """village town city farm suburb suburbs countryside island hamlet commune orphanage flat house apartment"""
)
"""Where one may have grown up."""
KEPT = words(
    """pigeons bees chickens hens ducks geese goats sheep pigs cows horses ponies rabbits alpacas donkeys fish snakes
    lizards parrots canaries budgies quails ferrets diary journal logbook log blog ledger accounts records minutes"""
)
NOT_MADE = words(
    """mistakes friends ends jokes excuses noises plans decisions promises amends waves faces demands calls enemies
    headlines advances allowances arrangements changes choices claims comparisons efforts errors gains improvements
    judgements lists nights notes points progress sounds steps strides trips wishes"""
)
HAVABLE = words(
    """caravan allotment garden yard pacemaker website blog channel account subscription licence license degree
    diploma visa passport membership office desk printer scanner server cluster budget deadline mortgage loan
    pension insurance contract lease permit key keys collection tattoo tattoos implant implants scar scars hearing
    aid aids glasses lenses braces prosthesis freckles beard moustache dimples greenhouse workshop studio garage
    shed balcony terrace cellar attic pool sauna hut lodge cottage cabin tent camper campervan motorhome trailer
    tractor bike bikes scooter car cars van truck boat kayak canoe yacht piano guitar cello violin drums telescope
    camera drone console fridge freezer oven dishwasher dryer stove heater boiler pump panels charger battery safe
    sponsor agent tenant tenants lodger lodgers cleaner gardener nanny babysitter assistant intern interns
    apprentice apprentices employees staff customers clients subscribers followers suppliers branches shops stores
    warehouses offices grandchildren grandson granddaughter grandsons granddaughters nephew nephews niece nieces
    cousin cousins stepson stepdaughter godson goddaughter roommate roommates flatmate flatmates housemate
    housemates girlfriend boyfriend fiancé fiancée pets chickens hens goats sheep cows bees horses ponies rabbits
    fish staff vans trucks boats dentures allotments"""
)
"""What the speaker may have for long."""
COUNTED = words(
    """people members engineers developers nurses doctors pupils students teachers volunteers drivers players beds rooms
    tables seats desks machines computers laptops nodes hectares acres plots apartments flats units lanes courts
    classrooms guests residents patients colleagues coworkers trees hives looms ovens kilns boilers lifts floors"""
)
"""What a firm or a house has so many of."""
PRACTISED = words(
    """yoga pilates karate judo taekwondo aikido jiu-jitsu crossfit gymnastics ballet aerobics zumba boxing kickboxing
    fencing archery parkour athletics meditation pottery ceramics carpentry woodwork calligraphy embroidery gardening
    ironing laundry cooking shopping"""
)
"""What one does, and nothing else is meant."""
BROKEN = words(
    """arm leg wrist ankle collarbone rib ribs toe finger nose hip foot elbow hand knee jaw pelvis shoulder"""
)
LEFT = words(
    """team company firm band club board project group department committee choir school party council staff crew"""
)
"""What one leaves for good, where the building may be left for lunch."""
STARTED = words(
    """kindergarten school nursery preschool daycare university college uni apprenticeship internship training therapy
    physiotherapy chemotherapy chemo radiotherapy dialysis lessons course courses treatment traineeship doctorate phd"""
)
"""What one may be told to have started."""
UNDERGONE = words(
    """surgery operation stroke transplant miscarriage c-section caesarean bypass biopsy concussion pneumonia covid"""
)
"""What one had once."""
DATED = words(
    """meeting meetings appointment appointments call interview interviews exam exams test date lesson lessons class
    practice training rehearsal haircut check-up checkup viewing flight hearing workshop match game scan recital
    audition inspection audit review conference webinar seminar tournament hotel massage therapy"""
)
"""What one has on a day."""
CHORES = words("accounts books bookkeeping payroll cooking cleaning dishes laundry shopping gardening ironing taxes")
"""What one does with its article: `does the accounts`."""
