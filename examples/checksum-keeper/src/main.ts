#!/usr/bin/env node
import { runKeeper } from "./command-line.ts";

await runKeeper();
