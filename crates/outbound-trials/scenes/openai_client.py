"""Plays an SDK that Stainless makes in a scene: `openai_client.py openai URL SCENE`."""

import json
import sys
import time
import urllib.request

from openai import OpenAI

who, url, scene = sys.argv[1:]
if scene == "late-post":
    url = urllib.request.urlopen(f"{url}/late").read().decode()
more = {"timeout": 1.0} if scene.startswith("silent") else {}
client = OpenAI(
    api_key="the-secret-key", base_url=f"{url}/{who}/{scene}",
    # Its bearer token is dropped by its HTTP client; keys in other headers are what APIs have.
    default_headers={"Syllable-API-Key": "the-secret-key"}, **more)


def call():
    if scene.endswith("-post"):
        client.embeddings.create(model="m", input="x", encoding_format="float")
    else:
        client.models.retrieve("m")


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
