"""The window: shows what jobs compute, and sends back what the person wants."""
