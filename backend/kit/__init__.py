"""Tools with no postal word in them; knows no room."""
