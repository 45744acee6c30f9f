"""Who goes where today: plans asked for, solved in the background, published as rounds."""
