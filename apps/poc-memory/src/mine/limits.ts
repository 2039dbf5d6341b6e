/**
 * Every bound of the miner. Texts are measured by `cost` (text/keep.ts): about the bytes a text takes as
 * JSON, so that no script or escape makes a state larger than 128 KiB. The worst case beside each sums up to
 * about 126,000 bytes.
 */

/** Bounds of the stored state. Lists: entries. Texts: cost. All together stay under 128 KiB of JSON. */
export const stateLimits = {
  /** Turns kept: the first ones tell what it began with, the last ones how it ended. 40 x 720 = 28,800. */
  turns: 40,
  /** Of those, how many from the beginning. */
  turnsFromStart: 12,
  requestCost: 320,
  gistCost: 200,
  /** Changed files by name. 40 x 340 = 13,600. */
  files: 40,
  pathCost: 160,
  /** Different commands. 24 x 520 = 12,480. */
  runs: 24,
  commandCost: 120,
  /** Calls that wait for their result; parallel agents leave several. 8 x 2,700 = 21,600. */
  pending: 8,
  partsPerCall: 4,
  changeCost: 150,
  whyCost: 260,
  /** Failures not yet mended, 4 x 1,800 = 7,200; fixes, 6 x 1,900 = 11,400. */
  failures: 4,
  fixes: 6,
  errorCost: 300,
  errorsPerFailure: 2,
  changesPerFailure: 3,
  /** Commits with their reasons. 8 x 1,650 = 13,200. */
  commits: 8,
  subjectCost: 140,
  bodyCost: 1200,
  pullRequests: 6,
  /** Statements that stand, 20 x 640 = 12,800, and those of the newest answer, 8 x 640 = 5,120. */
  statements: 20,
  unsettled: 8,
  statementCost: 420,
  outcomeCost: 900,
  offerCost: 200,
  /** Ids and names taken from the transcript: a hostile one is cut, not trusted. */
  idCost: 64,
  folderCost: 260,
} as const;

/** Bounds of what comes out, in characters, and of how many. */
export const memoryLimits = {
  /** Longest content of an episode. Typical ones are 600 to 2,500. */
  episodeChars: 4000,
  factChars: 1100,
  titleChars: 100,
  entities: 40,
  receipts: 8,
  keySlugChars: 48,
  episodeSlugChars: 40,
  preferences: 6,
  decisions: 4,
  projects: 3,
  fixes: 5,
  commands: 4,
} as const;

/** Bounds of the work on one entry, so that a hostile one costs no more than a large one. */
export const workLimits = {
  /** Characters of a prompt or answer that are looked at. */
  entryChars: 16_000,
  blocks: 240,
  sentencesPerBlock: 24,
  sentenceChars: 600,
  resultLines: 400,
  lineChars: 400,
  commandChars: 4000,
} as const;
