/** A process that opens queue files and prints what each came to: "opened", or a code. Arguments: the files. */
import { CodedError } from "jobkit-core";
import { openSqliteQueue } from "jobkit-sqlite";

const codes: string[] = [];
for (const path of process.argv.slice(2))
  try {
    await (await openSqliteQueue({ path }))[Symbol.asyncDispose]();
    codes.push("opened");
  } catch (error) {
    codes.push(error instanceof CodedError ? error.code : String(error));
  }
process.stdout.write(JSON.stringify(codes));
