"""What a body looks like from outside: kinds, archives, documents. Unpacks nothing to disk, runs nothing."""
