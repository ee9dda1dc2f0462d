#!/usr/bin/env node
// Runs the executable from the package of this system. install.js replaces this file with the
// executable, except on Windows and where install scripts do not run.
"use strict";
const { spawn } = require("node:child_process");
const { constants } = require("node:os");
const path = require("node:path");
const { executable } = require("../platform.js");

const name = path.basename(__filename);
const file = executable(name);
if (file === undefined) {
  console.error(
    `error: there is no ${name} for this system\n` +
      `caused by: the package @tai-chat/${process.platform}-${process.arch} is not installed\n` +
      "hint: install again without --omit=optional, or build from source",
  );
  process.exit(1);
}
const child = spawn(file, process.argv.slice(2), { stdio: "inherit" });
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
for (const signal of signals) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(`error: cannot run ${file}\ncaused by: ${error.message}\nhint: install tai-mcp again`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
