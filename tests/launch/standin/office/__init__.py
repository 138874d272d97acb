"""The smallest office the launcher can open: its own health check, an event port, a worker and a beat."""
