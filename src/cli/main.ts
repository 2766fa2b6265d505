// The program behind bin/longwire.js: hands process and commands to program.ts and sets the exit code. Ends by running
// out of work, so that nothing written is lost.
import { connect } from "./connect.ts";
import { decode } from "./decode/decode.ts";
import { doctor } from "./doctor/doctor.ts";
import { echo } from "./echo.ts";
import { runCommandLine } from "./program.ts";
import { record } from "./record/record.ts";
import { replay } from "./record/replay.ts";
import { serve } from "./serve.ts";

// A reader that went away (`| head`) is no fault worth a stack trace; what it would have read is not missed.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

process.exitCode = await runCommandLine(process.argv.slice(2), process, {
  serve,
  echo,
  connect,
  doctor,
  decode,
  record,
  replay,
});
