"""The time people share: availability, appointments and their reservations, the flow of the day."""
