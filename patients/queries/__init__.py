from patients.queries.duplicates import Duplicate, possible_duplicates
from patients.queries.finder import Found, finder_rows
from patients.queries.typeahead import typeahead

__all__ = ["Duplicate", "Found", "finder_rows", "possible_duplicates", "typeahead"]
