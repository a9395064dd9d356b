"""What the printer's camera sees: chamber, bed, head, and the part growing in its colour.

Nothing here is drawn until somebody looks; one picture takes some milliseconds.
"""

from odin_engine.simulator.bambu.scene.draw import HEIGHT, WIDTH, draw
from odin_engine.simulator.bambu.scene.look import Scene, look

__all__ = ["HEIGHT", "WIDTH", "Scene", "draw", "look"]
