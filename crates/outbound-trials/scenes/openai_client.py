"""Plays an SDK that Stainless makes in a scene: `openai_client.py openai URL SCENE`."""

import sys

from openai import OpenAI

from playing import place, play

who, url, scene = sys.argv[1:]
url = place(url, scene)
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


play(scene, call)
