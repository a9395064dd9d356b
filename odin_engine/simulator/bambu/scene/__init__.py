"""What the printer's camera sees: chamber, bed, head, and the part growing in its colour.

Nothing here is drawn until somebody looks; one picture takes some milliseconds.
"""

from odin_engine.simulator.bambu.scene.draw import HEIGHT, WIDTH, draw
from odin_engine.simulator.bambu.scene.look import Scene, imagine, look
from odin_engine.simulator.bambu.scene.part import Place, places
from odin_engine.simulator.bambu.scene.plate import PlatePictures, draw_plate

__all__ = [
    "HEIGHT",
    "WIDTH",
    "Place",
    "PlatePictures",
    "Scene",
    "draw",
    "draw_plate",
    "imagine",
    "look",
    "places",
]
