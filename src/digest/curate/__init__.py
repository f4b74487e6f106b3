"""Articles become stories, in categories, ranked and chosen, each with its reasons. Pure: reads and writes nothing."""
