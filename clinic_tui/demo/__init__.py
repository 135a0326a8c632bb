"""The sample practice: invented patients, its own SQLite file, its own mail server on loopback. Nothing leaves the machine.

with open_demo(patients=300) as demo:
    play(demo, print)                    # the story, without a screen
    run(demo.config, demo.login)         # or the app, with `demo.syncing()` around it
"""

from clinic_tui.demo.opening import Demo, open_demo
from clinic_tui.demo.play import play

__all__ = ["Demo", "open_demo", "play"]
