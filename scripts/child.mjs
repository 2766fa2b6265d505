// Runs one program with this terminal's input and output, and behaves as it does: signals go down, the exit code comes up.
import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * @param {string} file
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number>} the exit code; 128 + number for a death by signal, 127 when it cannot be started
 */
export function runChild(file, args, env = process.env) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: "inherit", env });
    const stopForwarding = forwardSignals(child);
    child.on("error", (error) => {
      stopForwarding();
      process.stderr.write(`cannot start ${file}: ${error.message}\n`);
      resolve(127);
    });
    child.on("exit", (code, signal) => {
      stopForwarding();
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
}

/**
 * Ctrl-C in a terminal reaches the whole process group, so the child has its own copy of the first SIGINT; one more from
 * here would look like an impatient second Ctrl-C. Without a terminal the signal came to this process alone.
 * @param {import("node:child_process").ChildProcess} child
 * @returns {() => void} stops forwarding
 */
function forwardSignals(child) {
  let interrupts = 0;
  const forward = (/** @type {NodeJS.Signals} */ signal) => {
    if (signal === "SIGINT" && process.stdin.isTTY && interrupts++ === 0) return;
    child.kill(signal);
  };
  const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
  for (const signal of signals) process.on(signal, forward);
  return () => {
    for (const signal of signals) process.off(signal, forward);
  };
}
