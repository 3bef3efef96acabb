"""What is eaten and drunk, as far as people do without it."""

from memory.extraction.rules.text.words import words

FOODS = words(
    """alcohol almonds anchovies aubergine avocado avocados bacon bananas beans beef beer beetroot bread broccoli
    butter cabbage caffeine carbs carrots celery cheese chicken chickpeas chocolate cilantro coconut coffee cola
    coriander corn crab cream cucumber cucumbers curry dairy duck eggplant eggs fish fruit garlic gluten goat grains
    grapefruit ham honey lactose lamb leeks lentils liver lobster mayonnaise meat milk mushrooms mussels mustard nuts
    oats octopus olives onion onions oysters pasta peanuts peas pepper peppers pickles pork potatoes poultry prawns
    rice salmon salt sausages seafood sesame shellfish shrimp soda soy spinach spirits squid sugar sushi sweets tea
    tofu tomatoes tuna turkey veal vegetables venison vodka walnuts wheat whisky wine yoghurt yogurt"""
)
