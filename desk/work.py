"""What waits on somebody's desk."""
