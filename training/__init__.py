"""The corpus written for this project, and the recipe that trains the tone model from it; nothing here is shipped."""
