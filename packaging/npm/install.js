// Puts the executables in the launchers' place, so that a client that starts one starts no
// Node process. Where that is not possible the launchers stay, and work.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { executable } = require("./platform.js");

// There npm's own wrapper runs what is in this place with Node.
if (process.platform === "win32") process.exit(0);
for (const name of ["taid", "tai-mcp"]) {
  const file = executable(name);
  if (file === undefined) continue;
  const place = path.join(__dirname, "bin", name);
  const made = `${place}.new`;
  try {
    fs.rmSync(made, { force: true });
    try {
      fs.linkSync(file, made);
    } catch {
      fs.copyFileSync(file, made);
      fs.chmodSync(made, 0o755);
    }
    fs.renameSync(made, place);
  } catch (error) {
    console.error(`${name} is started by way of Node: ${error.message}`);
  }
}
