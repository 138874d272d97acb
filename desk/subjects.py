"""What of this room one can link to and find from anywhere."""
