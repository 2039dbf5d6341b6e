/** A pool alone, without a scheduler: first come, first served, and given back by scope. */
import { Pool } from "jobkit-core";

using printers = new Pool("printers", 2);

async function print(page: string, slots: number): Promise<void> {
  using _lease = await printers.acquire(slots, AbortSignal.timeout(1_000));
  console.log(`${page} holds ${printers.held} of ${printers.size}`);
  await Promise.resolve();
}
// The large request came second and is not overtaken by the small one behind it.
await Promise.all([print("a", 1), print("poster", 2), print("b", 1)]);
console.log(printers.tryAcquire(3 - printers.size)?.slots, printers.waiting);
try {
  await printers.acquire(3);
} catch (error) {
  console.log(String(error));
}

// Prints:
// a holds 1 of 2
// poster holds 2 of 2
// b holds 1 of 2
// { printers: 1 } 0
// CodedError: waiting for 3 of the 2 slots of pool printers
