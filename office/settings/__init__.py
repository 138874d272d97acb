"""One package: base, and what differs in dev, test and production. The environment is read in base only."""
