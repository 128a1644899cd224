-- Calendar text is only ever in columns named sealed: they hold what the
-- store's key has encrypted. Ids, versions, dates and codes stand in clear.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE people (
  id TEXT PRIMARY KEY, address TEXT NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE sides (
  person TEXT NOT NULL, side INTEGER NOT NULL, cursor TEXT NOT NULL DEFAULT '',
  covers TEXT NOT NULL DEFAULT '', swept INTEGER NOT NULL DEFAULT 0, identity TEXT NOT NULL DEFAULT '',
  privacy TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (person, side)
) WITHOUT ROWID;
CREATE TABLE mirror (
  person TEXT NOT NULL, side INTEGER NOT NULL, id TEXT NOT NULL,
  presence INTEGER NOT NULL, problem TEXT NOT NULL DEFAULT '', enum TEXT NOT NULL DEFAULT '',
  sealed BLOB NOT NULL,
  PRIMARY KEY (person, side, id)
) WITHOUT ROWID;
CREATE TABLE links (
  id INTEGER PRIMARY KEY AUTOINCREMENT, person TEXT NOT NULL, state INTEGER NOT NULL, uid TEXT NOT NULL,
  business TEXT NOT NULL, exchange TEXT NOT NULL, clear TEXT NOT NULL, sealed BLOB NOT NULL
);
CREATE INDEX links_person ON links (person);
CREATE INDEX links_shared ON links (uid, business) WHERE uid <> '' AND business <> '';
CREATE INDEX links_ends ON links (person, business);
CREATE INDEX links_exchange ON links (person, exchange);
CREATE TABLE journal (
  id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL REFERENCES runs (id), person TEXT NOT NULL,
  phase INTEGER NOT NULL, sent INTEGER NOT NULL DEFAULT 0, claim TEXT NOT NULL,
  making TEXT NOT NULL, candidates TEXT NOT NULL DEFAULT '', sealed BLOB NOT NULL
);
CREATE INDEX journal_person ON journal (person);
CREATE INDEX journal_making ON journal (making) WHERE making <> '';
CREATE INDEX journal_run ON journal (run);
CREATE TABLE claims (
  claim TEXT PRIMARY KEY, person TEXT NOT NULL, entry INTEGER, link INTEGER
) WITHOUT ROWID;
CREATE INDEX claims_entry ON claims (entry) WHERE entry IS NOT NULL;
CREATE INDEX claims_link ON claims (link) WHERE link IS NOT NULL;
CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT, person TEXT NOT NULL, started INTEGER NOT NULL, cause TEXT NOT NULL,
  ended INTEGER NOT NULL DEFAULT 0, report TEXT NOT NULL DEFAULT ''
);
CREATE INDEX runs_person ON runs (person, ended);
CREATE TABLE history (
  id INTEGER PRIMARY KEY, entry INTEGER NOT NULL, run INTEGER NOT NULL REFERENCES runs (id), person TEXT NOT NULL,
  kind INTEGER NOT NULL, side INTEGER NOT NULL, fields INTEGER NOT NULL, outcome INTEGER NOT NULL,
  removes INTEGER NOT NULL, reason TEXT NOT NULL, notified INTEGER NOT NULL, at INTEGER NOT NULL, link INTEGER NOT NULL,
  sealed BLOB NOT NULL
);
CREATE INDEX history_run ON history (run, id);
CREATE INDEX history_deletions ON history (person, removes, at);
CREATE INDEX history_age ON history (at);
-- Who had people told of a change by mail, at most once for each.
CREATE TABLE notices (
  entry INTEGER PRIMARY KEY, by TEXT NOT NULL, at INTEGER NOT NULL, people INTEGER NOT NULL, sent INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX notices_age ON notices (at);
CREATE TABLE answers (
  person TEXT NOT NULL, side INTEGER NOT NULL, id TEXT NOT NULL, choice INTEGER NOT NULL, partner TEXT NOT NULL,
  business INTEGER NOT NULL, exchange INTEGER NOT NULL, -- the fields in which each is right
  PRIMARY KEY (person, side, id)
) WITHOUT ROWID;
-- was and became are keyed digests of one field's content.
CREATE TABLE trail (
  id INTEGER PRIMARY KEY, person TEXT NOT NULL, link INTEGER NOT NULL, field INTEGER NOT NULL,
  was TEXT NOT NULL, became TEXT NOT NULL, answered INTEGER NOT NULL, at INTEGER NOT NULL
);
CREATE INDEX trail_person ON trail (person, at);
CREATE INDEX trail_link ON trail (link);
CREATE TABLE approved (person TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE previews (digest TEXT PRIMARY KEY, at INTEGER NOT NULL, hashes TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE failures (
  account TEXT NOT NULL, secret TEXT NOT NULL, failed INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (account, secret)
) WITHOUT ROWID;
CREATE TABLE pulses (person TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
