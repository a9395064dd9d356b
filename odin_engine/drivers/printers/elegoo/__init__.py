"""Elegoo machines that speak SDCP V3: Centauri, Saturn 4, Mars 5 and their like."""
