"""What is asked about the people: who is out, whose papers lapse, who works here."""
