"""What the next release might do to the patients' table: widen it, bind it, index it; as an upgrade has to."""
