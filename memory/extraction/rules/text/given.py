"""Given names beside those of `nouns`; none that is an English word, a place or a month."""

from memory.extraction.rules.text.words import words

MORE_GIVEN = words(
    """
    helga ingeborg oluwa bashir farida katharyn kathryn nadia tomek ilse jakob esme ruta ivar signe maarika aoife liv
    abdul abdullah abena achim ada adaeze adebayo adeola aditi aditya afonso agata aidan aiko aileen aino aksel
    alana aled alejandra aleksi alena alessia alfie alisa alistair allison alva amadou amaya amelie amit amrita
    anders andile andriy aneta angus anika anil anjali anke anneli annette anouk ansgar anthea antje anwar aoife
    arash archie ariana arjan armando arnaud arvid aryan ashok asma astrit atsuko aude audrey aurelie aylin ayo
    babak baptiste bashir beata becca benita benny berit bert berta bertil bhavna birgitta birte bjork blanca
    bodil brigid britta bronagh bronwyn bryan bryce caitlin callum carina carlotta carsten casper cassie
    catalina celia cesar chanel charlie chidera chinedu chinwe chukwu ciara cillian clemence clement clotilde
    colette conor corinna cosima cristian cyril dafydd dagmar dagny daisuke damien danilo danuta darren davide
    davor dawid declan delia delphine demetrius denisa desiree devon dimitri dina divya dolly dominic dominika
    dora dorian dorota dragan dragana dunja eamon ebba eckhard edda edita edwin efua egon eino eirik eivind
    ekaterina elin elina elisa elke elodie eloise elvira emeka emilie emine emmanuel enzo erica erika erkan
    ernesto esme esteban estelle etienne eugenia eunice evan ewa ewan fadi fatemeh fatou felicia felicity fergus
    fernanda filip finn flavia flora franca franz frederik fredrik friedrich fumiko gabriele gary gaspard georgi
    georgina gerda gianni gilles gisela giuseppe gonzalo gopal goran gosia greer gregor gretchen grzegorz gudrun
    guido gulnara gunther gwendolyn hamid hamza haruka haruki hasan hedda hedwig heike heiko helge henning
    henriette henrike hermann hilary hilde hirohito hortense huda hussein ikram ilaria ilona ilya imogen inga
    inge inger inigo ioana iolanda irena iris irma isak iseult isolde istvan ivana ivo iwona jacek jadwiga
    jarmila jarmo jaroslav jasmin jasper javad jelle jenna jenny jesper jiho jiri jirka jitka joachim joanne
    jocelyn jolanda jolene jorgen joris josie jost jovan judit jules juliana julie juliet juliette jurgen
    justyna jyoti kaito kalle kamil kana karina karla karolina kasia kateřina katharina kathy kavya keira keisha
    kerstin kieran kiran kirsi kjell klara knut koen kojo konstantin krisztina krzysztof kunal kyra lachlan
    lakshmi lamine lasse laszlo latisha laurence laurent laurie leandro leif lenka lennart leonie leopold
    leticia lidija liesbeth lilian liliana lina linnea lino lior livia lorena loretta lorna lothar louisa luan
    lubos lucie lucien lucja ludmila luisa lukasz lutz lyudmila maarten mable maciej madeleine mads maeve
    mahmoud maida maike mairead maisie maksim malcolm malgorzata malin mallory mandla manon manuela marcela
    marcin marguerite marika marit marita maritza marjan marjolein markus marte martijn marwan mathias mathilde
    matilda matilde matteo matthijs matyas mauricio maurizio mayumi melanie melinda meret merete michel mieke
    milos minh mirela mirko mohan moira morag morten moses moshe mukesh myriam nadine nadja naveed nell nelly
    nerea nesrin ngozi niamh nicolas nicoletta niels nigel nikhil nikola nilufer nisha nobuko noriko nour nuno
    nuria obinna odette odile ola olaf olivier oluwaseun ondrej orhan oriol orsolya osman ottilie owen oyelaran
    paloma pamina parisa pascale peggy pekka penelope pernille petr petter philippa phoebe piet pieter pilar
    pippa polina pooja prakash prisca przemek rabia radka rafaela rahul raimund ramon ramona ranjit rashid
    rasmus raul reinhard renee rhys ricarda rikke riku rohan roisin rolf rosalie rosanna roza ruben rubina
    rudolf runa ruslan ruxandra saba sabrina sachin saeed sakura salim salome salvatore samir sander sanna sanne
    santino saoirse sarita saskia satoshi sayed seamus sefa seiko selim severin shanti shauna shirin shirley
    shreya sibylle siegfried sigrid silke silvana simona sinead siobhan slavica snezana solveig soren stacey
    stanley steffen steffi stijn stine suki sunniva suzanne svea swati sylvie szymon tadhg takumi tamar tarek
    tariro tatsuya tejas tess thabo thandiwe thijs thilo thomasina tibor timo timothy tobiasz tomislav tomoko
    torben torsten tove tristan trudy tuuli twan ugo ulf ulla ursa uwe vaclav valeria vanja vasile vaughan
    verena veronika vesna vidar vijay vilma viola violeta vittoria vivek vivienne vlasta volker wafa walid
    wanjiru wassim wenche wiebke wiktor wilma wioletta wolfgang xander xenia ximena yannick yaroslav yasmine
    yevgeny yoko yosef yousef yuko yuto yves yvette zahra zbigniew zdenek zelda zeynep zlata zora zsofia zsuzsa"""
)
