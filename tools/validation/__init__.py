"""How far off each way of sharing out cut areas is, measured on published files."""
