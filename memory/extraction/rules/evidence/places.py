"""Whether a name is one of a place: by the list, by how places are called, or by a place that stands beside it."""

from collections.abc import Sequence

from memory.extraction.rules.scene import Scene
from memory.extraction.rules.text.nouns import PLACES
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words

_NAMED = PLACES | words(
    """aberdeen bath belfast bonn bradford brighton canterbury cardiff carlisle chester coventry derby derry devon
    dorset dundee durham ely essex exeter fife galway gloucester hereford hull inverness ipswich kent lancaster leith
    lincoln limerick luton newport norfolk norwich oxford paisley penzance perth peterborough preston reading ripon
    salford slough somerset stirling suffolk sunderland surrey sussex swansea swindon torquay truro wakefield watford
    wells winchester wolverhampton worcester wrexham york cornwall cumbria yorkshire orkney skye shetland jersey
    guernsey anglesey donegal kerry mayo sligo tipperary waterford wexford ulster munster connacht leinster
    alabama alaska arizona arkansas colorado connecticut delaware hawaii idaho illinois indiana iowa kansas kentucky
    louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada oklahoma
    oregon pennsylvania tennessee utah vermont wisconsin wyoming alberta manitoba ontario quebec saskatchewan
    baltimore cincinnati cleveland columbus memphis minneapolis nashville oakland omaha phoenix pittsburgh raleigh
    savannah tampa toledo tucson tulsa brooklyn queens manhattan bronx boulder anchorage honolulu albuquerque
    adelaide brisbane canberra darwin hobart queensland tasmania dunedin christchurch hamilton
    kerala goa punjab gujarat rajasthan bihar assam odisha telangana karnataka maharashtra haryana sikkim bengaluru
    gurgaon gurugram noida kochi kozhikode thrissur trivandrum mysore mysuru madurai coimbatore vizag nagpur nashik
    indore bhopal lucknow patna ranchi amritsar shimla dehradun agra varanasi surat vadodara rajkot guwahati
    trinidad jamaica barbados tobago bahamas haiti guyana suriname panama guatemala honduras nicaragua paraguay
    albania algeria andorra angola armenia azerbaijan bahrain bangladesh belarus benin bhutan bosnia botswana
    burundi cambodia cameroon chad congo fiji gabon gambia ghana gibraltar greenland iran jordan kazakhstan kosovo
    kuwait kyrgyzstan laos lesotho liberia libya liechtenstein macedonia madagascar malawi malaysia maldives mali
    mauritania mauritius moldova monaco mongolia montenegro mozambique myanmar namibia niger oman palestine qatar
    rwanda samoa seychelles singapore somalia sudan tajikistan togo tonga turkmenistan uzbekistan vanuatu yemen
    africa asia europe america scandinavia britain uk usa us eu uae ireland burma tibet siberia bali java crete
    corfu rhodes sardinia corsica mallorca majorca menorca ibiza tenerife lanzarote madeira brittany normandy provence
    burgundy alsace andalusia galicia lombardy piedmont umbria puglia saxony hesse bremen dortmund duisburg essen
    mannheim nuremberg potsdam rostock kiel mainz karlsruhe heidelberg freiburg erfurt dresden jena linz basel
    lausanne lugano zug cannes dijon grenoble lille metz nancy reims rennes rouen strasbourg tours avignon calais
    cadiz cordoba granada malaga murcia pamplona salamanca zaragoza valladolid vigo alicante coimbra faro braga evora
    bari bergamo brescia catania como ferrara lecce lucca mantua modena padua parma pavia perugia pisa ravenna rimini
    siena verona vicenza antwerp bruges liege namur leiden delft arnhem breda haarlem maastricht nijmegen tilburg
    stavanger trondheim tromso lund uppsala vasteras aalborg espoo oulu narva parnu daugavpils klaipeda gdynia
    katowice lublin poznan szczecin torun wroclaw plzen ostrava kosice nitra brasov cluj iasi sibiu timisoara plovdiv
    varna split zadar dubrovnik rijeka maribor novi nis podgorica patras thessaloniki izmir ankara antalya bursa
    beirut damascus amman baghdad basra doha muscat riyadh jeddah aleppo haifa jaffa jerusalem nazareth
    abuja kano ibadan enugu kumasi mombasa kisumu nakuru arusha dodoma zanzibar harare bulawayo durban pretoria
    soweto windhoek gaborone lilongwe antananarivo tunis fez marrakech tangier alexandria giza aswan luxor
    chengdu guangzhou shenzhen wuhan nanjing tianjin busan incheon daegu sapporo nagoya kobe fukuoka hiroshima
    cebu davao penang ipoh johor surabaya bandung medan hue danang rawalpindi islamabad peshawar sylhet chittagong
    colombo kandy galle mandalay yangon phuket pattaya recife salvador brasilia curitiba fortaleza rosario mendoza
    cusco arequipa guayaquil cali cartagena maracaibo merida oaxaca puebla tijuana monterrey guadalajara cancun
    hackney camden croydon islington peckham brixton tooting wimbledon soho lewisham ealing walthamstow barnet bromley
    deptford dalston clapham putney richmond kingston twickenham margate whitstable scarborough whitby grimsby"""
)
_ENDINGS = tuple(
    words(
        """ton ham ford bury ley wick worth mouth pool port thorpe stead minster chester cester caster dale combe shire
        stow burgh borough ville burg berg stadt dorf heim furt hausen brück grad gorod pur pura abad nagar garh puram
        patnam polis kirk holm köping wijk hoven recht dijk fjord vik stan land field wood haven bridge moor
        hurst gate"""
    )
)
_LEAST = 3
"""Letters before such an ending."""
_BEGIN = words(
    """new north south east west great little upper lower saint st st. san santa los las la le el port mount fort cape
    lake bad nova novi sri abu tel kuala ho rio buenos addis hong puerto costa villa milton stoke isle"""
)
_LAST = words(
    """park hill hills green heath beach island islands bay valley springs falls city town village county road street
    lane avenue square quay island cross common court harbour gardens spa regis wells sands peninsula coast
    district estate terrace crescent"""
)


def is_place(name: str, scene: Scene, tokens: Sequence[Token] = ()) -> bool:
    """`tokens`: the clause, in which `, Texas` may follow the name."""
    if kind := scene.type_of(name):
        return kind == "location"
    return _is_called_so(name) or _lies_in(name, tokens)


def _is_called_so(name: str) -> bool:
    lows = name.casefold().split()
    if len(lows) > 1 and (lows[0] in _BEGIN or lows[-1] in _LAST):
        return True
    parts = {lows[0], lows[-1], *lows[-1].split("-")}
    return bool(parts & _NAMED) or any(
        lows[-1].endswith(ending) and len(lows[-1]) - len(ending) >= _LEAST for ending in _ENDINGS
    )


def _lies_in(name: str, tokens: Sequence[Token]) -> bool:
    """`Kells, Ireland`, `Hove near Brighton`: a place that is known stands behind it."""
    last = name.split()[-1].casefold()
    for at, token in enumerate(tokens[:-2]):
        if token.low == last and tokens[at + 1].low in (",", "in", "near"):
            return _is_called_so(tokens[at + 2].text)
    return False
