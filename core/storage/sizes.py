"""How large the database is."""

from core.storage.engine import Database


def measure_database(database: Database) -> int:
    """Give its bytes: all pages of an SQLite file, free ones too; of PostgreSQL the database."""
    with database.read() as session:
        connection = session.connection()
        if not database.is_sqlite:
            size = connection.exec_driver_sql("SELECT pg_database_size(current_database())")
            return int(size.scalar_one())
        pages, page_bytes = (
            int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
            for name in ("page_count", "page_size")
        )
    return pages * page_bytes


def read_server_version(database: Database) -> str:
    """Name what keeps the database, and its version."""
    with database.read() as session:
        connection = session.connection()
        if database.is_sqlite:
            return f"SQLite {connection.exec_driver_sql('SELECT sqlite_version()').scalar_one()}"
        version = connection.exec_driver_sql("SHOW server_version").scalar_one()
    return f"PostgreSQL {str(version).split()[0]}"
