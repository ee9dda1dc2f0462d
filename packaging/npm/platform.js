// Finds the executables of this system.
"use strict";

exports.executable = (name) => {
  const suffix = process.platform === "win32" ? ".exe" : "";
  try {
    return require.resolve(`@tai-chat/${process.platform}-${process.arch}/${name}${suffix}`);
  } catch {
    return undefined;
  }
};
