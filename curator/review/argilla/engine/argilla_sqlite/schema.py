"""The engine's tables in Argilla's database, and the triggers that keep them.

curator_docs     one row per record, narrow, so that a scan reads little
curator_facts    what an Elasticsearch document would hold, one row per value: `metadata.topic`,
                 `suggestions.topic.value`, `responses.decision`, `responses.status`; `source` is
                 the suggestion or response that it came from, `user_id` who responded
curator_text     FTS5, one row per record, one column per field of the dataset in their order;
                 `dataset` holds the dataset's id, which is also how to say "every record"
curator_stale    records whose text is not in it yet (see texts.py)
curator_vectors  one row per vector; `unit` is it at length 1 as float32, NULL until computed
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

VERSION = "2"  # raise when a table or trigger changes: the next start builds all anew
COLUMNS = 16  # of text; a dataset's further fields share the last one
TEXT_COLUMNS = tuple(f"f{n}" for n in range(COLUMNS))

TABLES = f"""
CREATE TABLE curator_docs (
  doc INTEGER PRIMARY KEY, record_id TEXT NOT NULL UNIQUE, dataset_id TEXT NOT NULL,
  external_id TEXT, status TEXT, inserted_at TEXT, updated_at TEXT);
CREATE INDEX curator_docs_dataset ON curator_docs (dataset_id, status);
CREATE TABLE curator_facts (
  doc INTEGER NOT NULL, field TEXT NOT NULL, source TEXT NOT NULL, value, user_id TEXT,
  PRIMARY KEY (doc, field, source, value)) WITHOUT ROWID;
CREATE INDEX curator_facts_value ON curator_facts (field, value, user_id, doc);
CREATE VIRTUAL TABLE curator_text USING fts5 (
  dataset, {", ".join(TEXT_COLUMNS)}, tokenize = "unicode61 remove_diacritics 2");
CREATE TABLE curator_stale (doc INTEGER PRIMARY KEY);
CREATE TABLE curator_vectors (
  vector_id TEXT PRIMARY KEY, settings_id TEXT NOT NULL, doc INTEGER NOT NULL, unit BLOB);
CREATE INDEX curator_vectors_settings ON curator_vectors (settings_id);
CREATE INDEX curator_vectors_waiting ON curator_vectors (vector_id) WHERE unit IS NULL;
CREATE INDEX curator_vectors_doc ON curator_vectors (doc);
CREATE VIEW curator_fields AS
  SELECT f.dataset_id, f.name, min({COLUMNS - 1}, (
    SELECT count(*) FROM fields g WHERE g.dataset_id = f.dataset_id
    AND (g.inserted_at, g.id) < (f.inserted_at, f.id))) AS position
  FROM fields f WHERE json_extract(f.settings, '$.type') <> 'image';
CREATE VIEW curator_questions AS
  SELECT id, dataset_id, name FROM questions WHERE json_extract(settings, '$.type')
  IN ('rating', 'label_selection', 'multi_label_selection');
CREATE TABLE curator_schema (version TEXT);
"""
TABLE_NAMES = ("docs", "facts", "text", "stale", "vectors", "schema")
VIEW_NAMES = ("fields", "questions")

ADD_DOC = """INSERT INTO curator_docs
  (record_id, dataset_id, external_id, status, inserted_at, updated_at)
  VALUES (NEW.id, NEW.dataset_id, NEW.external_id, NEW.status, NEW.inserted_at,
  NEW.updated_at)"""
ADD_METADATA = """INSERT OR IGNORE INTO curator_facts (doc, field, source, value)
  SELECT d.doc, 'metadata.' || m.key, '', v.value
  FROM curator_docs d, json_each(NEW.metadata) m,
  json_each(CASE m.type WHEN 'array' THEN m.value ELSE json_array(m.value) END) v
  WHERE d.record_id = NEW.id AND m.type <> 'object' AND v.atom IS NOT NULL"""
ADD_STALE = """INSERT OR IGNORE INTO curator_stale (doc)
  SELECT doc FROM curator_docs WHERE record_id = NEW.id"""
ADD_RESPONSE = """INSERT OR IGNORE INTO curator_facts (doc, field, source, value, user_id)
  SELECT d.doc, 'responses.' || q.name, NEW.id, v.value, NEW.user_id
  FROM curator_docs d JOIN curator_questions q ON q.dataset_id = d.dataset_id,
  json_each(NEW."values", '$."' || q.name || '".value') v
  WHERE d.record_id = NEW.record_id AND v.atom IS NOT NULL
  UNION ALL SELECT d.doc, 'responses.status', NEW.id, NEW.status, NEW.user_id
  FROM curator_docs d WHERE d.record_id = NEW.record_id"""
ADD_SUGGESTION = """INSERT OR IGNORE INTO curator_facts (doc, field, source, value)
  SELECT d.doc, 'suggestions.' || q.name || '.' || p.key, NEW.id, v.value
  FROM curator_docs d, questions q,
  json_each(json_object('agent', NEW.agent, 'type', NEW.type, 'score', json(NEW.score),
    'value', CASE WHEN q.id IN (SELECT id FROM curator_questions) THEN json(NEW.value) END)) p,
  json_each(CASE p.type WHEN 'array' THEN p.value ELSE json_array(p.value) END) v
  WHERE d.record_id = NEW.record_id AND q.id = NEW.question_id
  AND p.type <> 'object' AND v.atom IS NOT NULL"""
ADD_VECTOR = """INSERT INTO curator_vectors (vector_id, settings_id, doc)
  SELECT NEW.id, NEW.vector_settings_id, doc FROM curator_docs WHERE record_id = NEW.record_id"""
OLD_DOC = "(SELECT doc FROM curator_docs WHERE record_id = OLD.id)"
NO_METADATA = f"DELETE FROM curator_facts WHERE doc = {OLD_DOC} AND source = ''"
NO_SOURCE = """DELETE FROM curator_facts WHERE source = OLD.id
  AND doc = (SELECT doc FROM curator_docs WHERE record_id = OLD.record_id)"""
NO_TEXT = f"DELETE FROM curator_text WHERE rowid = {OLD_DOC}"
NO_STALE = f"DELETE FROM curator_stale WHERE doc = {OLD_DOC}"
NO_VECTOR = "DELETE FROM curator_vectors WHERE vector_id = OLD.id"
NO_RECORD = (
    NO_TEXT,
    NO_STALE,
    f"DELETE FROM curator_facts WHERE doc = {OLD_DOC}",
    f"DELETE FROM curator_vectors WHERE doc = {OLD_DOC}",
    "DELETE FROM curator_docs WHERE record_id = OLD.id",
)
UPDATE_DOC = """UPDATE curator_docs SET external_id = NEW.external_id, status = NEW.status,
  updated_at = NEW.updated_at WHERE record_id = NEW.id"""

TRIGGERS: dict[str, tuple[str, ...]] = {
    "INSERT ON records": (ADD_DOC, ADD_METADATA, ADD_STALE),
    "UPDATE OF status, external_id, updated_at ON records": (UPDATE_DOC,),
    "UPDATE OF metadata ON records": (NO_METADATA, ADD_METADATA),
    "UPDATE OF fields ON records": (NO_TEXT, ADD_STALE),
    "DELETE ON records": NO_RECORD,
    "INSERT ON responses": (ADD_RESPONSE,),
    "UPDATE ON responses": (NO_SOURCE, ADD_RESPONSE),
    "DELETE ON responses": (NO_SOURCE,),
    "INSERT ON suggestions": (ADD_SUGGESTION,),
    "UPDATE ON suggestions": (NO_SOURCE, ADD_SUGGESTION),
    "DELETE ON suggestions": (NO_SOURCE,),
    "INSERT ON vectors": (ADD_VECTOR,),
    "UPDATE OF value ON vectors": (NO_VECTOR, ADD_VECTOR),
    "DELETE ON vectors": (NO_VECTOR,),
}


# The order in which what is there already gets indexed.
AGAIN = {
    "records": TRIGGERS["INSERT ON records"],
    "suggestions": (ADD_SUGGESTION,),
    "responses": (ADD_RESPONSE,),
    "vectors": (ADD_VECTOR,),
}


def _triggers() -> Iterator[tuple[str, str]]:
    """Yield the names and definitions of the triggers."""
    for when, statements in TRIGGERS.items():
        name = "curator_on_" + "_".join(when.replace(",", "").lower().split())
        yield name, f"CREATE TRIGGER {name} AFTER {when} BEGIN {_body(statements)} END"


def _body(statements: tuple[str, ...]) -> str:
    return "".join(f"{statement}; " for statement in statements)


def is_current(connection: sqlite3.Connection) -> bool:
    """Tell whether tables and triggers are all there, of this version, and cover every record."""
    master = "SELECT name, sql FROM sqlite_master WHERE name LIKE 'curator_%'"
    there = dict(connection.execute(master))
    if not {f"curator_{n}" for n in (*TABLE_NAMES, *VIEW_NAMES)} <= there.keys():
        return False
    if any(there.get(name) != definition for name, definition in _triggers()):
        return False
    versions = connection.execute("SELECT version FROM curator_schema").fetchall()
    count = "SELECT (SELECT count(*) FROM records) = (SELECT count(*) FROM curator_docs)"
    return versions == [(VERSION,)] and bool(connection.execute(count).fetchone()[0])


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write in one transaction: all, or nothing where something fails; `connection` autocommits."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def ensure(connection: sqlite3.Connection) -> bool:
    """Make sure, in one transaction, that the index is whole; returns whether it had to be built.

    `connection` is in autocommit mode (isolation_level None). Migrations of Argilla that recreate
    a table drop its triggers; this finds out, and builds anew.
    """
    with transaction(connection):
        built = not is_current(connection)
        if built:
            _drop(connection)
            _build(connection)
    return built


def _drop(connection: sqlite3.Connection) -> None:
    for name, _ in _triggers():
        connection.execute(f"DROP TRIGGER IF EXISTS {name}")
    for name in VIEW_NAMES:
        connection.execute(f"DROP VIEW IF EXISTS curator_{name}")
    for name in TABLE_NAMES:
        connection.execute(f"DROP TABLE IF EXISTS curator_{name}")


def _build(connection: sqlite3.Connection) -> None:
    for statement in TABLES.split(";\n"):
        connection.execute(statement)
    for table, statements in AGAIN.items():
        # A view whose rows are "updated" runs a trigger's statements over what is there already.
        connection.execute(f"CREATE TEMP VIEW again AS SELECT * FROM {table} ORDER BY inserted_at")
        body = _body(statements)
        connection.execute(f"CREATE TEMP TRIGGER t INSTEAD OF UPDATE ON again BEGIN {body} END")
        connection.execute("UPDATE again SET id = id")
        connection.execute("DROP VIEW again")
    for _, definition in _triggers():
        connection.execute(definition)
    connection.execute("INSERT INTO curator_schema VALUES (?)", (VERSION,))
