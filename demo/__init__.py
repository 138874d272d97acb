"""An invented practice with believable days, so that every page can be judged on something."""
