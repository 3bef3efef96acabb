"""Open words that the grammar knows: occupations, relations, nationalities, given names, what firms are called by."""

from memory.extraction.rules.text.given import MORE_GIVEN
from memory.extraction.rules.text.words import words

RELATIONS = {
    noun: key
    for key, nouns in {
        "married_to": "wife husband spouse partner",
        "has_child": "son daughter kid child baby twins sons daughters kids children",
        "has_parent": "mother father mom mum dad parents mama papa da maw mam mammy mummy mommy daddy",
        "has_sibling": "brother sister sibling twin brothers sisters siblings",
        "has_pet": "dog cat pet puppy kitten parrot hamster rabbit horse goldfish dogs cats pets puppies kittens"
        " retriever labrador poodle beagle terrier bulldog dachshund spaniel corgi husky collie chihuahua pug greyhound"
        " whippet tortoise turtle gecko lizard snake canary budgie cockatiel gerbil ferret pony donkey goat rabbits"
        " staffy parrots hamsters tabby",
        "has_friend": "friend friends buddy flatmate-friend bestie bff",
        "reports_to": "manager boss supervisor",
    }.items()
    for noun in nouns.split()
}
"""`my <noun> Anna`: what Anna is to the speaker."""
OTHER_RELATIONS = words(
    """colleague coworker co-worker neighbour neighbor teammate roommate flatmate cousin uncle aunt nephew niece
    grandmother grandfather grandma grandpa granny grandson granddaughter godmother godfather godson goddaughter
    in-laws nan nana grampa gramps
    stepbrother stepsister stepson stepdaughter stepchild stepmother stepfather stepmum stepdad stepmom
    half-brother half-sister girlfriend boyfriend fiancé fiancée fiance fiancee
    housemate mother-in-law father-in-law sister-in-law brother-in-law son-in-law daughter-in-law
    nanny babysitter childminder gp client
    customer mentor mentee intern assistant landlord teacher coach trainer dentist doctor classmate cofounder
    co-founder"""
)
SERVING = words(
    """accountant barber coach dentist dermatologist doctor electrician gardener gynaecologist hairdresser landlady
    landlord lawyer mentor nanny notary optician orthodontist paediatrician pediatrician physiotherapist plumber
    psychiatrist psychologist solicitor teacher therapist trainer tutor vet"""
)
"""`my dentist is Ida Roos`: what she is, and not only to the speaker."""
PRACTICES = SERVING | words(
    """baker butcher cardiologist chiropodist chiropractor cleaner counsellor counselor gp masseur masseuse mechanic
    midwife optometrist osteopath physio podiatrist stylist surgeon tailor tattooist"""
)
"""Whose move is one of their practice: where they live, nobody said."""
FEMALE = words("""wife daughter daughters mother mom mum mama sister sisters stepmother stepdaughter aunt niece""")
MALE = words("husband son sons father dad papa brother brothers stepfather stepson uncle nephew")

ATTRIBUTES = {
    noun: key
    for key, nouns in {
        "name": "name|full name|first name|given name",
        "birthday": "birthday|date of birth|birth date|birthdate",
        "age": "age",
        "anniversary": "anniversary|wedding anniversary",
        "email": "email|e-mail|email address|e-mail address|mail address|work email|personal email|work e-mail",
        "phone": "office phone|work phone|home phone|work number|phone|phone number|telephone number|mobile"
        "|mobile number|cell|cell number|cell phone"
        "|number|telephone",
        "nationality": "nationality|citizenship",
        "pronouns": "pronouns",
        "role": "role|job|job title|title|position|profession|occupation|current role|current job|current position"
        "|new role|new job title|new title|day job",
        "works_at": "employer|current employer|new employer|company|workplace",
        "lives_in": "home|home city|city|home base|current city|residence",
        "reports_to": "manager|boss|supervisor|line manager|direct manager|new manager|new boss"
        "|current manager|team lead"
        "|current boss|direct supervisor",
        "member_of": "team|group|department|new team",
        "works_on": "project|current project|main project|side project|new project|projects|side projects",
        "studied_at": "university|alma mater|college",
        "speaks": "languages|native language|mother tongue|first language|second language|native tongue",
        "likes": "hobby|hobbies|passion|main hobby|biggest passion|greatest passion|interests",
        "allergic_to": "allergy|allergies|food allergies|food allergy|only allergy",
        "diet": "diet",
        "current_focus": "focus|current focus|main focus|top priority|main priority|current priority|priority",
        "deadline": "deadline|due date",
        "mood": "mood",
        "blood_type": "blood type|blood group",
        "shoe_size": "shoe size",
        "height": "height",
        "weight": "weight",
        "middle_name": "middle name",
        "surname": "surname|last name|family name",
        "hometown": "hometown|home town",
        "birthplace": "birthplace|place of birth",
        "owns": "car|bike|bicycle|motorbike|motorcycle|laptop|computer|tablet|camera|guitar|piano|watch",
        "timezone": "timezone|time zone",
        "status": "status",
    }.items()
    for noun in nouns.split("|")
}
"""`my <noun> is …`."""
THING_ATTRIBUTES = {
    noun: key
    for key, nouns in {
        "price": "price|cost|list price|retail price|unit price",
        "sku": "sku|article number|item number|product code|part number",
        "belongs_to": "category|product category",
        "manufacturer": "manufacturer|maker|producer",
        "return_window": "return window|return period|returns window",
        "opening_hours": "opening hours|hours|business hours|store hours|opening times",
        "located_in": "headquarters|head office|hq|main office",
        "has_ceo": "ceo|chief executive",
        "founded_by": "founder",
        "deadline": "deadline|due date",
        "status": "status",
        "budget": "budget",
    }.items()
    for noun in nouns.split("|")
}
"""`the <noun> of X is …`, `X's <noun> is …`, `X has a <noun> of …`."""

CHIEFS = words("""ceo cto cfo coo cmo cio ciso cpo cro chairman chairwoman chair founder cofounder co-founder""")
ROLES = CHIEFS | words(
    """accountant actor actress caretaker janitor administrator admin advisor adviser agent analyst anesthetist
    apprentice
    archaeologist architect archivist artist assistant associate astronaut astronomer athlete attorney auditor
    author baker banker barber barista bartender beekeeper biologist blacksmith bookkeeper bricklayer broker
    builder butcher buyer carer caregiver carpenter cartographer cashier chef chemist chiropractor choreographer
    cleaner clerk coach comedian composer conductor consultant contractor controller cook coordinator copywriter
    counsellor counselor courier curator dancer dean dentist designer detective dev developer devops dietitian
    diplomat director dispatcher diver doctor dramaturge driver economist editor educator electrician engineer
    entrepreneur estimator examiner executive farmer filmmaker firefighter fisherman florist forester freelancer
    gardener geologist glazier goldsmith graphic grocer guard guide hairdresser handyman headmaster historian
    host hotelier hydrologist illustrator importer inspector instructor intern interpreter inventor investigator
    janitor jeweller joiner journalist judge juggler lawyer lead lecturer librarian lifeguard linguist locksmith
    logistician machinist magistrate maintainer manager marketer mason mathematician mechanic mediator merchant
    meteorologist midwife miner model musician nanny neurologist notary novelist nurse nutritionist officer
    operator optician optometrist organist paediatrician painter paralegal paramedic partner pathologist
    pediatrician pharmacist philosopher photographer physician physicist physiotherapist pianist pilot planner
    plumber poet policeman policewoman politician postdoc postman potter president principal producer professor
    programmer prosecutor psychiatrist psychologist publisher radiologist ranger realtor receptionist recruiter
    referee registrar reporter researcher restaurateur roofer sailor salesman salesperson saleswoman scholar
    scientist sculptor seamstress secretary senator shopkeeper singer sociologist soldier solicitor specialist
    statistician steward stewardess student strategist superintendent supervisor surgeon surveyor tailor teacher
    technician technologist tester therapist trader trainee trainer translator treasurer trucker tutor
    undertaker veterinarian vet violinist virologist waiter waitress watchmaker webmaster weaver welder
    winemaker woodworker writer zookeeper zoologist vp evp svp head sre dba pm commissioner chancellor mayor
    minister ambassador bosun captain commander lieutenant sergeant ombudsman"""
)
"""Heads of occupations; "I'm a …" is a role only with one of them."""
STATE_ROLES = words("""president minister mayor ambassador king queen chancellor governor senator commissioner""")
FIELDS = words(
    """engineering design product marketing sales operations finance people data growth research security staff
    support communications hr it legal procurement logistics strategy technology infrastructure quality
    analytics development partnerships content education nursing surgery science sciences engineering
    mathematics physics biology chemistry history medicine law economics education innovation compliance
    business"""
)
"""`head of <field>` is a role, `CEO of Acme` is a role at a firm."""

DEMONYMS = words(
    """afghan albanian algerian american argentine argentinian armenian australian austrian azerbaijani bangladeshi
    belarusian belgian bolivian bosnian brazilian british bulgarian cambodian cameroonian canadian chilean chinese
    colombian croatian cuban cypriot czech danish dominican dutch ecuadorian egyptian english estonian ethiopian
    filipino filipina finnish french georgian german ghanaian greek guatemalan hungarian icelandic indian indonesian
    iranian iraqi irish israeli italian jamaican japanese jordanian kazakh kenyan korean kosovan kuwaiti latvian
    lebanese libyan lithuanian luxembourgish macedonian malaysian maltese mexican moldovan mongolian moroccan
    nepalese nepali nigerian norwegian pakistani palestinian panamanian peruvian polish portuguese romanian russian
    rwandan saudi scottish senegalese serbian singaporean slovak slovenian somali spanish sudanese swedish swiss
    syrian taiwanese tanzanian thai tunisian turkish ugandan ukrainian uruguayan uzbek venezuelan vietnamese welsh
    zambian zimbabwean"""
)
LANGUAGES = DEMONYMS & words(
    """albanian armenian bosnian bulgarian chinese croatian czech danish dutch english estonian finnish french
    georgian german greek hungarian icelandic indonesian irish italian japanese kazakh korean latvian lithuanian
    macedonian maltese mongolian nepali norwegian polish portuguese romanian russian serbian slovak slovenian
    somali spanish swedish thai turkish ukrainian uzbek vietnamese welsh filipino"""
) | words(
    """arabic mandarin cantonese hindi bengali urdu tamil telugu punjabi marathi gujarati malayalam persian farsi
    hebrew catalan basque galician swahili zulu afrikaans esperanto latin yiddish flemish tagalog malay pashto
    kurdish amharic yoruba igbo hausa belarusian sinhala khmer lao burmese tibetan romani luxembourgish gaelic
    quechua guarani"""
)
GIVEN = (
    words(
        """aaron abigail adam adele adrian agnes agnieszka ahmed aisha akira alan albert alejandro aleksandra
    alessandro alex alexander alexandra alexei alfred ali alice alicia alina alma alvaro amal amanda amara
    amelia amina amir amy ana anais anastasia andre andrea andreas andrei andrew andris andrzej andy angela
    angelo anita anja ann anna anne annika ansel anthony antoine anton antonio arif arjun arne arnold arthur
    arturo asha astrid ava axel ayesha azra barbara bart beatrice beatriz becky bella ben benedikt benjamin
    bernard beth bettina bianca birgit bjarne bjorn bob bobby bogdan boris brian bridget brigitte bruno camila
    camille candice carla carlos carmela carmen carol carolina caroline cassandra catherine cecilia cedric
    celine charles charlotte chen chiaki chiara chidi chloe chloé chris christian christina christopher claire
    clara clarissa claudia clemens colin connor conrad constance cora craig cristina damian dan dana daniel
    daniela daphne daria dario darius dave david deborah deepak denise dennis derek desmond diana diego dilan
    dirk dmitri dmytro dolores domenico dominik donald donna doris dorothy duarte duncan dylan edgar edith
    edmund eduardo edward eileen elaine elena eleni elias elif elise elizabeth ella ellen ellie elliot elliott
    elsa emil emilia emilio emily emma emre enrico eric erik ernest erwin esther ethan eugene eva evelyn fabian
    fabio farah faruk fatima federico felix fernando fiona fleur florian francesca francisco francois frank fred
    frederick freya frida fritz gabriel gabriela gareth gavin gemma george georgia gerald gerard giorgio
    giovanni giulia gordon grace graham greg greta guillermo gunnar gustav gwen hana hanna hannah hans harry
    hassan heather hector heidi heinrich helen helena henrik henrique henry herbert hilda hiroshi holly howard
    hugo ian ibrahim ida idris ignacio ignatius igor ilse imran ines ingeborg ingrid irene irina isaac isabel
    isabella isla ismail ivan jack jackie jacob jaime jakob jakub jamal james jan jana jane janet janice janis
    jarek jasmine jason javier javiera jean jean-luc jeff jelena jen jennifer jens jeremy jerome jessica jill
    jim joan joanna joao joe joel johan johanna john jonas jonathan jonathon jorge jose josef joseph josephine
    josh joshua joyce juan juanita judith julia julian jun jürgen kaja kamal kamila karen karim karin karl
    kasper kat katarina kate kateryna katherine kathleen katrin katya keiko kelly ken kenji kenneth kevin khalid
    kim kirsten klaus kofi kristina kristof krystyna kurt kwame laila lara larissa lars laura layla lea leah
    leila lena leo leon leonardo leslie liam lidia lila lin linda lionel lisa liudmila liz ljubica logan lorenzo
    louis louise luca lucas lucia luciana lucy ludwig luigi luis lukas luke lydia magda magdalena maggie maja
    malik manfred manuel marcel marco marcus marek margaret margot maria mariam marian marie marina mario marion
    marisa marius mark marko marlene marta martha martin martina mary mateo mathieu matt matthew matthias
    maureen max maya meg megan mehdi mehmet mei melissa mercedes mia michael michaela michal michelle miguel
    mikael mike mikhail mila milan milena mina mira miriam mirjam mohamed mohammad mohammed monica monika moritz
    murat mustafa nabil nadia nancy naomi natalia natasha nathalie nathan neil nia nicholas nick nicola nicole
    nikita niklas nikolai nikolaj nils nina noah noel noemi noor nora norbert norman oksana oleg olga oliver
    olivia omar orla oscar oskar otto pablo pamela paolo pascal patricia patricio patrick paul paula pauline
    paulo pavel pedro pete peter petra philip pia pierre piotr priya priyanka quentin rachel radek rafael rafał
    raj rajesh ralph raquel rasa ravi raymond rebecca regina renata renate rene rhea ricardo richard rita robert
    roberto roger roland roman ronald rory rosa rosalind roxana rupert ruth ryan ryszard sabine sadia salma sam
    samantha sami samira samuel sandra sandro sanjay sara sarah sasha scott sean sebastian selma serena sergei
    sergey sergio shane sharon sheila silvia simon simone slavko sofia sofie sonia sophia sophie stanislav
    stefan stella stephan stephanie stephen steve steven stuart sue sunita suresh susan sven svetlana sylvia
    tadeusz takeshi tamara tania tanya tariq tatiana ted teresa thea theo theresa therese thomas thorsten tiago
    tim tina tobiah tobias todd tom tomas tomasz tommy tony trevor tuomas ulrich ulrike uma ursula valentin
    valentina valerie vanessa vasily vera veronica victor victoria vikram viktor vincent virginia vivian vlad
    vladimir waldemar walter wanda wei wendy werner wilhelm willem william wojciech xavier yara yasmin yolanda
    youssef yuki yuri yusuf yvonne zainab zara zoe zofia zoltan zoë zuzana"""
    )
    | MORE_GIVEN
)
FIRMS = words(
    """inc inc. ltd llc gmbh ag plc corp corporation company group labs lab laboratories bank university college
    institute school hospital clinic foundation systems technologies technology software solutions consulting
    partners ventures capital holdings industries media studios studio press council ministry agency association
    society museum church airlines airways motors pharma pharmaceuticals insurance logistics robotics analytics
    networks academy library"""
)
PLACES = words(
    """amsterdam athens atlanta austin auckland bangalore bangkok barcelona beijing belgrade bergen berlin bern bogota
    bologna bordeaux boston bratislava brussels bucharest budapest cairo calgary chennai chicago cologne copenhagen
    dallas delhi denver dubai dublin edinburgh florence frankfurt geneva genoa ghent glasgow gothenburg hamburg
    hanoi helsinki houston istanbul jakarta johannesburg kaunas kiev kyiv krakow lagos lima lisbon ljubljana london
    lyon madrid malmo manchester marseille melbourne miami milan minsk montreal moscow mumbai munich nairobi naples
    nice oslo ottawa paris perth philadelphia porto prague riga rome rotterdam salzburg santiago sarajevo seattle
    seoul shanghai singapore skopje sofia stockholm stuttgart sydney tallinn tartu tbilisi tokyo toronto toulouse
    trieste turin utrecht aarhus accra algiers antwerp bilbao birmingham bristol brno caracas casablanca cork
    cracow dakar detroit dhaka dresden eindhoven gdansk graz groningen havana innsbruck karachi kampala kathmandu
    khartoum kigali kinshasa kolkata kyoto lahore leeds leicester leipzig leuven liverpool lodz luanda lucerne
    lusaka manila maputo mecca medellin montevideo nantes newcastle nicosia odense osaka palermo plymouth pune
    quito rabat reykjavik sacramento seville sheffield taipei tampere tehran tirana toulon tripoli tunis turku
    uppsala vilamoura yerevan bolivia cuba ecuador ethiopia ghana iran iraq lebanon nepal senegal serbia syria
    tanzania tunisia uganda uruguay venezuela zambia zimbabwe california texas florida ohio bavaria catalonia
    tuscany sicily valencia vancouver vienna vilnius warsaw wellington zagreb zurich argentina australia austria
    belgium brazil bulgaria canada chile china colombia croatia cyprus denmark egypt england estonia finland france
    georgia germany greece hungary iceland india indonesia ireland israel italy japan kenya latvia lithuania
    luxembourg malta mexico morocco netherlands nigeria norway pakistan peru philippines poland portugal romania
    russia scotland serbia slovakia slovenia spain sweden switzerland taiwan thailand turkey ukraine vietnam wales"""
)
TECHNOLOGIES = words(
    """python django postgres postgresql rust go golang java javascript typescript kotlin swift ruby rails react vue
    angular svelte node node.js php c++ c# .net scala haskell elixir clojure erlang perl julia matlab r sql mysql
    sqlite mongodb redis kafka docker kubernetes terraform ansible aws azure gcp linux windows macos vim neovim
    emacs vscode figma photoshop excel notion jira slack git github gitlab pandas numpy pytorch tensorflow spark
    ubuntu debian fedora nginx apache rabbitmq celery flask fastapi laravel cassandra elasticsearch opensearch
    clickhouse snowflake bigquery jenkins helm grafana prometheus datadog firebase supabase netlify vercel heroku
    vite tailwind htmx selenium intellij pycharm trello asana confluence obsidian pulumi next.js nuxt qt freebsd
    hadoop airflow graphql blender autocad sketch unity salesforce sap tableau wordpress shopify"""
)
DIETS = words("""vegetarian vegan pescatarian flexitarian fruitarian lactovegetarian gluten-free keto paleo halal""")
MOODS = words(
    """happy sad tired exhausted stressed excited anxious angry bored overwhelmed nervous frustrated upset depressed
    lonely relaxed calm cheerful grumpy worried thrilled"""
)
STATUSES = words(
    """tour vacation holiday leave sabbatical parental maternity paternity sick annual study unpaid medical retired
    unemployed"""
)
TASTES = words("big huge massive great lifelong real serious avid die-hard keen total")
NAMELESS = DEMONYMS | words(
    """jewish christian muslim catholic buddhist hindu atheist scorpio leo virgo aries taurus gemini cancer libra
    sagittarius capricorn aquarius pisces european african asian american scandinavian bilingual adhd ok team
    god batman superman spiderman napoleon jesus santa satan cinderella sherlock
    french-speaking married single pregnant available busy sick happy"""
)
"""With a capital, and yet nobody's name."""
