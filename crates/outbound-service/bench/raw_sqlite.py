"""Updates of SQLite as fast as one connection commits them, with what the service writes. Prints how many a second.

    raw_sqlite.py FILE SECONDS
"""

import sqlite3
import sys
import time

path, seconds = sys.argv[1], float(sys.argv[2])
database = sqlite3.connect(path, isolation_level=None)
database.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
row = database.execute("SELECT * FROM campaigns WHERE id = 1")
names = [column[0] for column in row.description if column[0] not in ("id", "version")]
values = dict(zip([column[0] for column in row.description], row.fetchone()))
update = f"UPDATE campaigns SET version = version + 1, {', '.join(f'{name} = ?' for name in names)} WHERE id = ?"
begun, done = time.monotonic(), 0
while time.monotonic() - begun < seconds:
    done += 1
    database.execute(update, [*(values[name] for name in names), done % 16 + 1])
print(done / (time.monotonic() - begun))
