"""What the catalogue needs of its surroundings: waiting for the database, addresses of clients,
encryption, logs. It knows no model."""
