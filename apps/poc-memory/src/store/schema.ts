/** One step of the durable shape: from version n - 1 to version n, where n is its place in the list, from 1. */
export interface Migration {
  /** What it changes, for the error message when it fails. */
  readonly name: string;
  readonly sql: string;
}

/**
 * The store's schema as a list of steps. Never edit a released step: append one. A new file runs them all.
 *
 * `node` and `link` are what is true now; `version` and `link_version` only ever grow. A link that is gone
 * stays in `link` with strength 0, so that the feed can tell of it. A link is stored once for a pair and a type
 * (`low` < `high`); `forward` says whether `low` points at `high`. `mined` is what each segment yields, from which
 * the nodes of the miner follow. `dirty_node` and `dirty_entity` are the open work of relating; triggers fill
 * them, so no writer can forget to; OR IGNORE does not work in them, because the writer's own clause takes its place.
 */
export const migrations: readonly Migration[] = [
  {
    name: "nodes, links, words, mined memories and progress",
    sql: `
CREATE TABLE revision (
  number INTEGER PRIMARY KEY, author TEXT NOT NULL, at INTEGER NOT NULL,
  written INTEGER NOT NULL, forgotten INTEGER NOT NULL, linked INTEGER NOT NULL, unlinked INTEGER NOT NULL
) STRICT;

CREATE TABLE node (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, type TEXT NOT NULL, content TEXT NOT NULL,
  category TEXT NOT NULL, weight REAL NOT NULL, created_at INTEGER NOT NULL,
  version INTEGER NOT NULL, revision INTEGER NOT NULL, author TEXT NOT NULL
) STRICT;
CREATE INDEX node_by_revision ON node (revision);
CREATE INDEX node_by_time ON node (type, created_at);

CREATE TABLE version (
  node INTEGER NOT NULL, version INTEGER NOT NULL, key TEXT NOT NULL, type TEXT NOT NULL, content TEXT,
  category TEXT NOT NULL, weight REAL NOT NULL, revision INTEGER NOT NULL, author TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (node, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX version_by_key ON version (key);
CREATE INDEX version_gone ON version (revision) WHERE content IS NULL;

CREATE TABLE link (
  low INTEGER NOT NULL, high INTEGER NOT NULL, type TEXT NOT NULL, forward INTEGER NOT NULL,
  strength REAL NOT NULL, revision INTEGER NOT NULL,
  PRIMARY KEY (low, high, type)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_by_high ON link (high);
CREATE INDEX link_by_revision ON link (revision);

CREATE TABLE link_version (
  low INTEGER NOT NULL, high INTEGER NOT NULL, type TEXT NOT NULL, revision INTEGER NOT NULL,
  forward INTEGER NOT NULL, strength REAL NOT NULL,
  PRIMARY KEY (low, high, type, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE entity (node INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (node, name)) STRICT, WITHOUT ROWID;
CREATE INDEX entity_by_name ON entity (name, node);

CREATE VIRTUAL TABLE words USING fts5 (
  key, content, parts, content = '', contentless_delete = 1, tokenize = 'porter unicode61 remove_diacritics 2'
);

CREATE TABLE mined (
  id INTEGER PRIMARY KEY, root TEXT NOT NULL, transcript TEXT NOT NULL, generation INTEGER NOT NULL,
  number INTEGER NOT NULL, key TEXT NOT NULL, node INTEGER, is_episode INTEGER NOT NULL, episode TEXT,
  at INTEGER NOT NULL, line INTEGER NOT NULL, type TEXT NOT NULL, content TEXT NOT NULL, category TEXT NOT NULL,
  created_at INTEGER NOT NULL, entities TEXT NOT NULL,
  UNIQUE (root, transcript, generation, number, key)
) STRICT;
CREATE INDEX mined_by_key ON mined (key, at, transcript, line, root, generation, number);
CREATE INDEX mined_by_node ON mined (node);
CREATE INDEX mined_by_episode ON mined (episode) WHERE episode IS NOT NULL;

CREATE TABLE receipt (
  mined INTEGER NOT NULL, number INTEGER NOT NULL, transcript TEXT NOT NULL, line INTEGER NOT NULL,
  uuid TEXT, at INTEGER NOT NULL, PRIMARY KEY (mined, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE transcript (
  id INTEGER PRIMARY KEY, root TEXT NOT NULL, name TEXT NOT NULL, inode TEXT NOT NULL, size INTEGER NOT NULL,
  head_hash TEXT NOT NULL, head_bytes INTEGER NOT NULL, offset INTEGER NOT NULL, line INTEGER NOT NULL,
  generation INTEGER NOT NULL, state TEXT NOT NULL, lines_kept INTEGER NOT NULL, lines_skipped TEXT NOT NULL,
  mtime REAL NOT NULL, UNIQUE (root, name)
) STRICT;

CREATE TABLE segment (
  transcript INTEGER NOT NULL, generation INTEGER NOT NULL, number INTEGER NOT NULL,
  state TEXT, episode TEXT, outcome TEXT, PRIMARY KEY (transcript, generation, number)
) STRICT;

CREATE TABLE seen (
  hash INTEGER PRIMARY KEY, transcript INTEGER NOT NULL, generation INTEGER NOT NULL,
  segment INTEGER NOT NULL, turn INTEGER NOT NULL
) STRICT;
CREATE INDEX seen_by_transcript ON seen (transcript);

CREATE TABLE visit (
  node INTEGER NOT NULL, agent TEXT NOT NULL, at INTEGER NOT NULL, outcome TEXT NOT NULL, PRIMARY KEY (node, agent)
) STRICT, WITHOUT ROWID;

CREATE TABLE cursor (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE dirty_node (node INTEGER PRIMARY KEY) STRICT;
CREATE TABLE dirty_entity (name TEXT PRIMARY KEY, held_before INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TRIGGER entity_added AFTER INSERT ON entity BEGIN
  INSERT INTO dirty_node SELECT NEW.node WHERE NOT EXISTS (SELECT 1 FROM dirty_node WHERE node = NEW.node);
  INSERT INTO dirty_entity SELECT NEW.name, (SELECT count(*) FROM (SELECT 1 FROM entity WHERE name = NEW.name LIMIT 2000)) - 1
    WHERE NOT EXISTS (SELECT 1 FROM dirty_entity WHERE name = NEW.name);
END;
CREATE TRIGGER entity_removed AFTER DELETE ON entity BEGIN
  INSERT INTO dirty_node SELECT OLD.node WHERE NOT EXISTS (SELECT 1 FROM dirty_node WHERE node = OLD.node);
  INSERT INTO dirty_entity SELECT OLD.name, (SELECT count(*) FROM (SELECT 1 FROM entity WHERE name = OLD.name LIMIT 2000)) + 1
    WHERE NOT EXISTS (SELECT 1 FROM dirty_entity WHERE name = OLD.name);
END;
CREATE TRIGGER mined_added AFTER INSERT ON mined WHEN NEW.node IS NOT NULL BEGIN
  INSERT INTO dirty_node SELECT NEW.node WHERE NOT EXISTS (SELECT 1 FROM dirty_node WHERE node = NEW.node);
END;
CREATE TRIGGER mined_assigned AFTER UPDATE OF node ON mined BEGIN
  INSERT INTO dirty_node SELECT NEW.node WHERE NOT EXISTS (SELECT 1 FROM dirty_node WHERE node = NEW.node);
END;
CREATE TRIGGER mined_removed AFTER DELETE ON mined WHEN OLD.node IS NOT NULL BEGIN
  INSERT INTO dirty_node SELECT OLD.node WHERE NOT EXISTS (SELECT 1 FROM dirty_node WHERE node = OLD.node);
END;
CREATE TRIGGER node_renamed AFTER UPDATE OF key ON node WHEN NEW.key <> OLD.key BEGIN
  INSERT INTO dirty_node SELECT NEW.id WHERE NOT EXISTS (SELECT 1 FROM dirty_node WHERE node = NEW.id);
END;
`,
  },
];
