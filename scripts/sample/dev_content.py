"""The topics of the dev pages; none of them, nor their wording, is among the train topics."""

from sample import dev_games, dev_goods, dev_matter, dev_music, dev_nature, dev_people, dev_places, dev_rivers

TOPICS = (
    *dev_rivers.TOPICS,
    *dev_matter.TOPICS,
    *dev_nature.TOPICS,
    *dev_music.TOPICS,
    *dev_places.TOPICS,
    *dev_games.TOPICS,
    *dev_goods.TOPICS,
    *dev_people.TOPICS,
)
