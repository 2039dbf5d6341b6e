/** Chance as an argument. The daemon hands in the real one, tests a seeded one. */
export interface Random {
  /** A number from 0 (included) to 1 (excluded), evenly spread. */
  next(): number;
}
