"""Ground floor: what every domain needs and no printing words."""
