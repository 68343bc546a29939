//! A database of a PostgreSQL server.
//!
//! Several connections write. Whoever takes a number holds the lock of the queue's row until the transaction is over,
//! so that numbers stay consecutive with any number of processes.

use std::{
    collections::HashMap,
    env,
    error::Error,
    io,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use bytes::BytesMut;
use postgres::{
    Client, Config, NoTls, Statement,
    config::SslMode,
    error::{DbError, Severity, SqlState},
    types::{IsNull, ToSql, Type, to_sql_checked},
};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{
        CertificateDer,
        pem::{self, PemObject},
    },
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{
    OpenError, StoreError, schema,
    sql::{Connection, Row, Value},
};

/// How long the server is waited for when connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a server that has gone silent is believed to be there.
const SILENCE: Duration = Duration::from_secs(10);

/// What every connection begins with. A statement waits no longer than a patient does.
const SETTINGS: &str = "
    SET statement_timeout = '5s';
    SET lock_timeout = '5s';
    SET idle_in_transaction_session_timeout = '15s';
    SET synchronous_commit = on;
    SET default_transaction_isolation = 'read committed';
";

/// Makes that two processes which start at the same time change the schema one after the other. Any number will do that
/// other programs do not use.
const MIGRATION_LOCK: i64 = 0x006c_6576_6565;

/// A connection, which may break and be made anew.
pub(super) struct Postgres {
    config: Config,
    tls: ClientConfig,
    client: Client,
    prepared: HashMap<&'static str, Statement>,
    /// Whether the last that was heard of it is that it does not work.
    broken: bool,
    /// Whether something has been begun that cannot be asked again as if nothing had happened.
    in_transaction: bool,
}

impl Postgres {
    /// Connects, and brings the schema up to date.
    pub(super) fn migrated(url: &str) -> Result<Self, OpenError> {
        let mut this = Self::connected(url)?;
        migrate(&mut this.client, &this.config)?;
        Ok(this)
    }

    /// Connects to a database whose schema is up to date.
    pub(super) fn connected(url: &str) -> Result<Self, OpenError> {
        let mut config = Config::from_str(url).map_err(OpenError::PostgresUrl)?;
        config
            .application_name("levee-origin")
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_user_timeout(SILENCE)
            .keepalives_idle(SILENCE);
        let unusable = |source| OpenError::UnusableServer {
            database: name(&config),
            source,
        };
        let tls = tls()?;
        let client = connect(&config, &tls).map_err(unusable)?;
        Ok(Self {
            client,
            tls,
            config,
            prepared: HashMap::new(),
            broken: false,
            in_transaction: false,
        })
    }

    /// Asks; and asks again over a new connection when the old one turns out to be gone and nothing had been begun on it.
    fn ask<T>(
        &mut self,
        question: impl Fn(&mut Self) -> Result<T, postgres::Error>,
    ) -> Result<T, StoreError> {
        let answer = question(self);
        self.broken |= answer.as_ref().is_err_and(is_connection_lost);
        if self.broken && !self.in_transaction {
            // Until the server is there again, each question tries once and is answered with the error.
            self.reconnect()?;
            let answer = question(self);
            self.broken = answer.as_ref().is_err_and(is_connection_lost);
            return Ok(answer?);
        }
        Ok(answer?)
    }

    fn reconnect(&mut self) -> Result<(), StoreError> {
        self.prepared.clear();
        self.client = connect(&self.config, &self.tls)?;
        tracing::info!("connected to the database again");
        Ok(())
    }

    fn statement(&mut self, sql: &'static str) -> Result<Statement, postgres::Error> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql)?;
        self.prepared.insert(sql, statement.clone());
        Ok(statement)
    }

    fn rows(&mut self, sql: &'static str, parameters: &[Value]) -> Result<Vec<Row>, postgres::Error> {
        let statement = self.statement(sql)?;
        let rows = self.client.query(&statement, &borrowed(parameters))?;
        rows.iter().map(read).collect()
    }

    fn changed(&mut self, sql: &'static str, parameters: &[Value]) -> Result<u64, postgres::Error> {
        let statement = self.statement(sql)?;
        self.client.execute(&statement, &borrowed(parameters))
    }
}

impl Connection for Postgres {
    fn begin(&mut self) -> Result<(), StoreError> {
        self.ask(|this| this.client.batch_execute("BEGIN"))?;
        self.in_transaction = true;
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        // Whether it was carried out is not known when the connection breaks now: the asker is told of an error, and
        // finds out by asking again under the same idempotency key.
        self.ask(|this| this.client.batch_execute("COMMIT"))?;
        self.in_transaction = false;
        Ok(())
    }

    fn roll_back(&mut self) {
        // A connection that is gone has taken its transaction with it.
        self.broken = self.broken || self.client.batch_execute("ROLLBACK").is_err();
        self.in_transaction = false;
    }

    fn query(&mut self, sql: &'static str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.ask(|this| this.rows(sql, parameters))
    }

    fn execute(&mut self, sql: &'static str, parameters: &[Value]) -> Result<u64, StoreError> {
        self.ask(|this| this.changed(sql, parameters))
    }
}

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(number) if *kind == Type::INT4 => i32::try_from(*number)?.to_sql(kind, out),
            Self::Integer(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT4, Type::INT8, Type::TEXT, Type::BYTEA].contains(kind)
    }

    to_sql_checked!();
}

fn borrowed(parameters: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    parameters
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

fn read(row: &postgres::Row) -> Result<Row, postgres::Error> {
    let values: Result<_, _> = row
        .columns()
        .iter()
        .enumerate()
        .map(|(index, column)| {
            Ok(match *column.type_() {
                Type::INT4 => row
                    .try_get::<_, Option<i32>>(index)?
                    .map(|number| Value::Integer(number.into())),
                Type::INT8 => row.try_get::<_, Option<i64>>(index)?.map(Value::Integer),
                Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(index)?.map(Value::Bytes),
                _ => row.try_get::<_, Option<String>>(index)?.map(Value::Text),
            }
            .unwrap_or(Value::Null))
        })
        .collect();
    values.map(Row)
}

impl From<postgres::Error> for StoreError {
    fn from(error: postgres::Error) -> Self {
        match error.code() {
            Some(code)
                if [
                    SqlState::LOCK_NOT_AVAILABLE,
                    SqlState::QUERY_CANCELED,
                    SqlState::T_R_SERIALIZATION_FAILURE,
                    SqlState::T_R_DEADLOCK_DETECTED,
                ]
                .contains(code) =>
            {
                Self::Locked
            }
            Some(code) if *code == SqlState::UNIQUE_VIOLATION => Self::Collided,
            Some(code) if *code == SqlState::DISK_FULL => Self::NoSpace,
            _ if is_connection_lost(&error) => Self::Unreachable(Box::new(error)),
            _ => Self::Failed(Box::new(error)),
        }
    }
}

/// Whether nothing can be asked any more: the network says so, or the server as its last word, when it is shut down, for
/// one.
fn is_connection_lost(error: &postgres::Error) -> bool {
    let said_last = error.as_db_error().and_then(DbError::parsed_severity);
    error.is_closed()
        || matches!(said_last, Some(Severity::Fatal | Severity::Panic))
        || error.source().is_some_and(<dyn Error>::is::<io::Error>)
}

/// Connects, encrypted unless the URL says otherwise or, where it does not say, the server cannot.
fn connect(config: &Config, tls: &ClientConfig) -> Result<Client, postgres::Error> {
    let mut client = if config.get_ssl_mode() == SslMode::Disable {
        config.connect(NoTls)?
    } else {
        config.connect(MakeRustlsConnect::new(tls.clone()))?
    };
    client.batch_execute(SETTINGS)?;
    Ok(client)
}

/// Servers are known by the certificates that browsers trust and those in the file that `PGSSLROOTCERT` names, as it does
/// for libpq (<https://www.postgresql.org/docs/current/libpq-envars.html>).
fn tls() -> Result<ClientConfig, OpenError> {
    let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(path) = env::var_os("PGSSLROOTCERT").map(PathBuf::from) {
        for certificate in certificates(&path).map_err(|source| OpenError::Certificates { path, source })? {
            roots.add(certificate)?;
        }
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    Ok(builder
        .with_protocol_versions(rustls::DEFAULT_VERSIONS)?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, pem::Error> {
    let certificates: Vec<_> = CertificateDer::pem_file_iter(path)?.collect::<Result<_, _>>()?;
    if certificates.is_empty() {
        return Err(pem::Error::NoItemsFound);
    }
    Ok(certificates)
}

/// Takes the steps that the database has not seen, all in one transaction.
fn migrate(client: &mut Client, config: &Config) -> Result<(), OpenError> {
    let unusable = |source| OpenError::UnusableServer {
        database: name(config),
        source,
    };
    let mut transaction = client.transaction().map_err(unusable)?;
    // A step, or another program's, may take longer than a patient waits.
    transaction
        .batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'")
        .map_err(unusable)?;
    transaction
        .execute("SELECT pg_advisory_xact_lock($1)", &[&MIGRATION_LOCK])
        .map_err(unusable)?;
    transaction
        .batch_execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")
        .map_err(unusable)?;
    let row = transaction
        .query_opt("SELECT version FROM schema_version", &[])
        .map_err(unusable)?;
    let found = row
        .map_or(Ok(0), |row| row.try_get::<_, i64>(0))
        .map_err(unusable)?;
    let steps = schema::missing(&schema::POSTGRES, u32::try_from(found).unwrap_or(u32::MAX)).map_err(
        |schema::TooNew { found, known }| OpenError::TooNew {
            database: name(config),
            found,
            known,
        },
    )?;
    for step in steps {
        transaction.batch_execute(step).map_err(unusable)?;
    }
    if !steps.is_empty() {
        let current = i64::try_from(schema::POSTGRES.len()).unwrap_or(i64::MAX);
        transaction
            .batch_execute("DELETE FROM schema_version")
            .map_err(unusable)?;
        transaction
            .execute("INSERT INTO schema_version VALUES ($1)", &[&current])
            .map_err(unusable)?;
        tracing::info!(from = found, to = current, "database schema brought up to date");
    }
    transaction.commit().map_err(unusable)
}

/// The database without the password of its URL.
fn name(config: &Config) -> String {
    let hosts: Vec<_> = config
        .get_hosts()
        .iter()
        .map(|host| match host {
            postgres::config::Host::Tcp(name) => name.clone(),
            postgres::config::Host::Unix(path) => path.display().to_string(),
        })
        .collect();
    format!(
        "{} at {}",
        config.get_dbname().unwrap_or("(the user's own)"),
        hosts.join(", ")
    )
}
