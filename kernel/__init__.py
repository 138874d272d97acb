"""The mechanisms every room uses; knows no domain."""
