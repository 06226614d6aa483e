"""What all clients of Python do in a scene, whoever made them."""

import json
import time
import urllib.request


def place(url, scene):
    """Returns where a scene is played: in one of them, at a port that is opened a little later."""
    return urllib.request.urlopen(f"{url}/late").read().decode() if scene == "late-post" else url


def play(scene, call):
    """Calls as often as the scene wants it, and prints what became of it."""
    failed, message, begun = 0, None, time.time()
    calls = 20 if scene == "idle-get" else 1
    for _ in range(calls):
        try:
            call()
        except Exception as error:
            failed += 1
            message = message or f"{type(error).__name__}: {error}"
        if calls > 1:
            time.sleep(0.15)
    print(json.dumps({"failed": failed, "elapsed": time.time() - begun, "message": message}))
