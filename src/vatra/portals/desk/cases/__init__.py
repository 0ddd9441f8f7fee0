"""Cases at the desk: the list, the case with everything in it, each change one small page."""
