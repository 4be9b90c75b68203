"""Where things are: the area tree, estates and buildings, coordinates and the base map."""
