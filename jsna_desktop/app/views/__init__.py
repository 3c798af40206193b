"""Wide views of the chosen place: over the map and the profile, each with its tab."""
