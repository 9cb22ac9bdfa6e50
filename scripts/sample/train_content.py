"""The train topics of the sample, domain by domain."""

from sample import (
    train_animals,
    train_birds,
    train_buildings,
    train_cities,
    train_elements,
    train_food,
    train_instruments,
    train_inventions,
    train_languages,
    train_metals,
    train_moons,
    train_mountains,
    train_people,
    train_rivers,
    train_rivers_more,
    train_space,
    train_sports,
)
from sample.topic import Topic

TOPICS: tuple[Topic, ...] = (
    *train_elements.TOPICS,
    *train_metals.TOPICS,
    *train_space.TOPICS,
    *train_moons.TOPICS,
    *train_rivers.TOPICS,
    *train_rivers_more.TOPICS,
    *train_mountains.TOPICS,
    *train_animals.TOPICS,
    *train_birds.TOPICS,
    *train_buildings.TOPICS,
    *train_instruments.TOPICS,
    *train_inventions.TOPICS,
    *train_sports.TOPICS,
    *train_food.TOPICS,
    *train_languages.TOPICS,
    *train_cities.TOPICS,
    *train_people.TOPICS,
)
