-- A store of schema version 1, with a mined memory that a person has edited and one that was forgotten.
-- Never edit: it stands for files that exist. A later version adds a file of its own.

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

INSERT INTO revision (number, author, at, written, forgotten, linked, unlinked) VALUES (1, 'miner:segment', 1700000000000, 2, 0, 0, 0);
INSERT INTO revision (number, author, at, written, forgotten, linked, unlinked) VALUES (2, 'miner:segment', 1700000000000, 0, 0, 1, 0);
INSERT INTO revision (number, author, at, written, forgotten, linked, unlinked) VALUES (3, 'person:cli', 1700000000001, 2, 0, 0, 0);
INSERT INTO revision (number, author, at, written, forgotten, linked, unlinked) VALUES (4, 'person:cli', 1700000000002, 0, 1, 0, 0);
INSERT INTO node (id, key, type, content, category, weight, created_at, version, revision, author) VALUES (1, 'episode/2023-11-14/socket', 'session', '# Socket work', 'episode', 0.5, 1700000000000, 1, 1, 'miner:segment');
INSERT INTO node (id, key, type, content, category, weight, created_at, version, revision, author) VALUES (2, 'fix/socket', 'semantic', 'The socket needs a timeout.', 'fix', 0.9, 1700000000000, 2, 3, 'person:cli');
INSERT INTO version (node, version, key, type, content, category, weight, revision, author, at) VALUES (1, 1, 'episode/2023-11-14/socket', 'session', '# Socket work', 'episode', 0.5, 1, 'miner:segment', 1700000000000);
INSERT INTO version (node, version, key, type, content, category, weight, revision, author, at) VALUES (2, 1, 'fix/socket', 'semantic', 'The socket hangs.', 'fix', 0.5, 1, 'miner:segment', 1700000000000);
INSERT INTO version (node, version, key, type, content, category, weight, revision, author, at) VALUES (2, 2, 'fix/socket', 'semantic', 'The socket needs a timeout.', 'fix', 0.9, 3, 'person:cli', 1700000000001);
INSERT INTO version (node, version, key, type, content, category, weight, revision, author, at) VALUES (3, 1, 'old/thing', 'day', 'x', 'note', 0.5, 3, 'person:cli', 1700000000001);
INSERT INTO version (node, version, key, type, content, category, weight, revision, author, at) VALUES (3, 2, 'old/thing', 'day', NULL, 'note', 0.5, 4, 'person:cli', 1700000000002);
INSERT INTO link (low, high, type, forward, strength, revision) VALUES (1, 2, 'about', 0, 0.800000011920929, 2);
INSERT INTO link_version (low, high, type, revision, forward, strength) VALUES (1, 2, 'about', 2, 0, 0.800000011920929);
INSERT INTO entity (node, name) VALUES (1, 'file:src/socket.ts');
INSERT INTO entity (node, name) VALUES (2, 'file:src/socket.ts');
INSERT INTO mined (id, root, transcript, generation, number, key, node, is_episode, episode, at, line, type, content, category, created_at, entities) VALUES (1, '/t', 'p/s.jsonl', 0, 0, 'episode/2023-11-14/socket', 1, 1, NULL, 1700000000000, 4, 'session', '# Socket work', 'episode', 1700000000000, '["file:src/socket.ts"]');
INSERT INTO mined (id, root, transcript, generation, number, key, node, is_episode, episode, at, line, type, content, category, created_at, entities) VALUES (2, '/t', 'p/s.jsonl', 0, 0, 'fix/socket', 2, 0, 'episode/2023-11-14/socket', 1700000000000, 4, 'semantic', 'The socket hangs.', 'fix', 1700000000000, '["file:src/socket.ts"]');
INSERT INTO receipt (mined, number, transcript, line, uuid, at) VALUES (1, 0, 'p/s.jsonl', 4, 'u-4', 1700000000000);
INSERT INTO receipt (mined, number, transcript, line, uuid, at) VALUES (2, 0, 'p/s.jsonl', 4, 'u-4', 1700000000000);
INSERT INTO transcript (id, root, name, inode, size, head_hash, head_bytes, offset, line, generation, state, lines_kept, lines_skipped, mtime) VALUES (1, '/t', 'p/s.jsonl', '12', 900, 'abababababababababababababababababababababababababababababababab', 900, 900, 7, 0, 'current', 6, '{"not-json":1}', 1700000000000);
INSERT INTO segment (transcript, generation, number, state, episode, outcome) VALUES (1, 0, 0, '{"turns":1}', 'episode/2023-11-14/socket', 'mined');
INSERT INTO seen (hash, transcript, generation, segment, turn) VALUES (-8040711846854280105, 1, 0, 0, 1);
INSERT INTO visit (node, agent, at, outcome) VALUES (1, 'linker', 1700000000000, 'processed');
INSERT INTO dirty_node (node) VALUES (1);
INSERT INTO dirty_node (node) VALUES (2);
INSERT INTO dirty_entity (name, held_before) VALUES ('file:src/socket.ts', 0);
INSERT INTO words (rowid, key, content, parts) VALUES (1, 'episode/2023-11-14/socket', '# Socket work', '');
INSERT INTO words (rowid, key, content, parts) VALUES (2, 'fix/socket', 'The socket needs a timeout.', '');
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
PRAGMA user_version = 1;
