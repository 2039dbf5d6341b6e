/** A step from version `version - 1` to `version`: statements, run in order in one transaction. */
export interface Migration {
  readonly version: number;
  readonly statements: readonly string[];
}
