"""Verbs of everyday talk, by who does them and by what must stand behind them."""

from memory.extraction.rules.text.words import words

CONCRETE = words(
    """bake bathe bike book bottle brew broadcast brush build catalogue clean coach commute cook crochet cut cycle
    darn decorate deliver dig drive dye edit embroider employ fetch file film fit foster freeze frame fry garden grate
    groom grow hang harvest heat hem hire hoover inject install invoice iron jog knead knit lend light load lodge
    mark marinate mend milk mop mow nurse order pack paint park patch peel photograph pickle plait plant plaster play
    plough polish post practise practice prescribe print proofread prune repair rent rewire ride roast row sand sew
    shear shovel sieve sing slice sow spin stack stitch store study sweep swim tile translate tune type unload vacuum
    vaccinate walk wash water wax weave weed weld wire wrap write feed wear babysit barbecue blog breed camp carve
    compost curate dance dispense draft engrave excavate fertilise forage glaze golf grill guard haul herd hike hunt
    illustrate inspect kayak label lecture massage mentor narrate patrol pave podcast quilt rake recycle rehearse
    restore sail scrub sculpt skate sketch solder sponsor stream supervise surf tidy trim tutor umpire upholster
    whittle wrestle perform operate service shoot"""
)
"""Of people; hardly ever a figure of speech, so that a plain object or place is enough behind them."""
ANCHORED = words(
    """answer ask bill bring buy call carry change charge check clear close come cost count cover do draw drop earn eat
    empty end enter exercise fill find finish fly get give go grind handle have help hold host issue keep land lead
    leave let line lock look make manage measure meet move open organise organize owe own pay phone pick plan prepare
    process publish pull put read receive record release report rest return rotate run sack save see sell send
    serve set share shop show shower sign sit ski sleep smoke sort spend start stay stock supply swap take teach test
    text train travel treat turn unlock update upload use view visit volunteer wake watch weigh work
    drink head invoice cater deploy host monitor debug pray"""
)
"""Of people; their object decides what they mean, so that a number, a name or a time that comes again must be there."""
OF_THINGS = words(
    """accept arrive beep begin break charge close come contain cost cover crash cut end expire fail fill fit flood flow
    freeze get give go grow happen have heat hold include land last lead leak leave lie look meet need open overheat
    pay print process produce provide rattle reach receive record renew require return run seat send serve set ship
    show shut sit smell squeak stand start stay stick stock stop store supply take train travel turn use weigh work"""
)
"""Of things that have no name of a person."""
PERSONAL_ALONE = words(
    "drive swim cycle snore stutter limp smoke vape meditate knit crochet sew commute lisp sleepwalk"
)
"""What says enough without anything behind it."""
SCHEDULED = words(
    """start begin end finish close open retire leave arrive depart come go move launch expire return fly travel visit
    graduate reopen land run marry upgrade migrate"""
)
"""In the present with a day to come: it will be so then."""
HAPPENED = words(
    """break burst do buy catch change close crack crash cut drop fail fall finish fix flood get have injure join leak
    lose mend miss open pass quit replace retire run sell snap split sprain start steal swap switch tear turn twist win
    move fit install order hire sack adopt foster find lend borrow sign paint build write book plant pull
    swim climb cycle donate swap upgrade come deliver hurt"""
)
"""What came about, where it is told with a number, a name, a day or a part of the body."""
UNDER_WAY = words("use rent run coach train teach study lend share learn work lodge foster store sell save")
"""What one is doing is so for long."""
PHRASAL = {
    (verb, particle)
    for verb, particles in {
        "hand": "in out over",
        "drop": "off",
        "pick": "up",
        "fill": "in out",
        "clean": "out up",
        "lock": "up",
        "open": "up",
        "set": "up",
        "hang": "up out",
        "log": "in",
        "sign": "in out off",
        "top": "up",
        "back": "up",
        "warm": "up",
        "put": "out",
        "take": "out",
        "sort": "out",
        "tidy": "up",
        "wash": "up",
        "write": "down up",
        "print": "out",
        "help": "out",
    }.items()
    for particle in particles.split()
}
"""With their particle as plain as a concrete verb."""
DENIED = words(
    """accept answer bet book borrow charge cook cycle deliver do email fly gamble hire lend open phone post ride serve
    ship shop ski socialise swim take use lift handle touch sell stock allow offer refund teach text
    travel vote watch wear work"""
)
"""What one may be told never to do."""
