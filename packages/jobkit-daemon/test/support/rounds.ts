/**
 * How often a test that draws chance (a race, the moment of a kill) tries it: `usual` times, or as often as the
 * variable ROUNDS says, for a long night. @throws RangeError where that is no whole number from 1 on.
 */
export function roundsOr(usual: number): number {
  const text = process.env["ROUNDS"];
  if (text === undefined || text === "") return usual;
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError(`ROUNDS=${text}: a whole number from 1`);
  return rounds;
}
