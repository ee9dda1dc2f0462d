"""An npm registry on loopback that serves the packages of a directory. usage: registry.py DIRECTORY

Prints its URL. Serves the requests of `npm install`: package documents and tarballs."""

import hashlib
import base64
import http.server
import json
import pathlib
import sys
import tarfile
import urllib.parse

packages = {}
for path in pathlib.Path(sys.argv[1]).glob("*.tgz"):
    with tarfile.open(path) as tar:
        manifest = json.load(tar.extractfile("package/package.json"))
    packages[manifest["name"]] = (path, manifest)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked = urllib.parse.unquote(self.path).lstrip("/")
        if asked.startswith("file/"):
            data = packages[asked[5:]][0].read_bytes()
        elif asked in packages:
            path, manifest = packages[asked]
            digest = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
            place = f"http://127.0.0.1:{server.server_port}/file/{urllib.parse.quote(asked, safe='')}"
            version = manifest["version"]
            manifest = {**manifest, "dist": {"tarball": place, "integrity": "sha512-" + digest}}
            document = {"name": asked, "dist-tags": {"latest": version}, "versions": {version: manifest}}
            data = json.dumps(document).encode()
        else:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
