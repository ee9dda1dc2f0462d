// Replaces the launchers with the executables, so that no Node process stays running. If that
// fails, the launchers stay and work.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { executable } = require("./platform.js");

// On Windows, npm's wrapper runs these files with Node.
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
    console.error(`warning: ${name} stays a Node launcher: ${error.message}`);
  }
}
