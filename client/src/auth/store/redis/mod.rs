//! Tokens on a Redis server.

mod failure;
mod lease;
mod scripts;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use redis::{AsyncConnectionConfig, Client, FromRedisValue, RedisError, aio::MultiplexedConnection};
use zeroize::Zeroizing;

use super::{Lock, StoreError, StoreFuture, StoreKey, StoredToken, TokenStore, name::name};
use failure::RedisFailure;
use lease::RedisLease;
use scripts::Script;

/// How long a lock lasts: longer than a token request may take.
const TERM: Duration = Duration::from_secs(60);
/// Longest time that it may last: the fence has to outlast it.
const LONGEST_TERM: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a session is kept that nobody renews.
const LIFETIME: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// Longest time that anything is kept, about a hundred years: the server refuses a time that its clock cannot hold.
const LONGEST_LIFETIME: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
/// How long a server is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Keeps tokens on a Redis server (version 5 or later, or what speaks its protocol), so that many machines share a
/// session.
///
/// The lock is a key that expires, with a fencing number: a holder that died frees it by the end of its term, and one
/// that was stopped for longer than that can no longer write. Names of keys show the API and the grant; the rest of the
/// [`StoreKey`] is hashed. Tokens are written as they are: whoever can read the database can use them. A record that the
/// server lost ends the sessions that cannot log in again, so do not let it evict keys.
///
/// `rediss://` needs a TLS feature of the crate `redis`, turned on by the application. `Debug` shows neither the address
/// nor the password.
#[derive(Clone)]
pub struct RedisStore {
    server: Arc<Server>,
    prefix: Arc<str>,
    term: Duration,
    lifetime: Duration,
}

impl RedisStore {
    /// A store on the server of a URL such as `redis://:password@host:6379/0`. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// When that is not a URL of a Redis server. The error does not quote it.
    pub fn new(url: &str) -> Result<Self, StoreError> {
        let client = Client::open(url).map_err(RedisFailure::new)?;
        let server = Arc::new(Server { client, connection: Mutex::default(), patience: PATIENCE });
        Ok(Self { server, prefix: "cx-client".into(), term: TERM, lifetime: LIFETIME })
    }

    /// What the names of keys begin with; `cx-client` unless told otherwise.
    #[must_use]
    pub fn with_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into().into();
        self
    }

    /// How long a lock lasts whose holder gives no sign of life; 60 s, and a day at most. It should be longer than a token
    /// request may take.
    #[must_use]
    pub fn with_lock_term(mut self, term: Duration) -> Self {
        self.term = term.min(LONGEST_TERM);
        self
    }

    /// How long a session is kept that nobody renews; 90 days, and a hundred years at most. A token that cannot be renewed
    /// is kept until it expires.
    #[must_use]
    pub fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    fn slot(&self, key: &StoreKey) -> Slot {
        // In braces, so that a cluster keeps all keys of a session on one node.
        let name = |what: &str| format!("{}:{{{}}}:{what}", self.prefix, name(key));
        Slot {
            server: Arc::clone(&self.server),
            keys: [name("token"), name("lock"), name("fence")],
            term: self.term,
            lifetime: self.lifetime,
        }
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("prefix", &self.prefix)
            .field("term", &self.term)
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

impl TokenStore for RedisStore {
    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<StoredToken>> {
        let slot = self.slot(key);
        Box::pin(async move {
            let Some(text) = slot.run::<Option<String>>(&scripts::LOAD, &[]).await?.map(Zeroizing::new) else {
                return Ok(None);
            };
            // The message of the parser may quote the record.
            let token = serde_json::from_str(&text).map_err(|_| "the record on the Redis server is not a token")?;
            Ok(Some(token))
        })
    }

    fn save<'a>(&'a self, key: &'a StoreKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        let slot = self.slot(key);
        Box::pin(async move { slot.save(&scripts::SAVE_PAST, None, token).await.map(drop) })
    }

    fn clear<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, ()> {
        let slot = self.slot(key);
        Box::pin(async move { slot.run::<bool>(&scripts::CLEAR_PAST, &[]).await.map(drop) })
    }

    fn lock<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Lock> {
        let slot = self.slot(key);
        Box::pin(async move {
            // On a task, which goes on if the future is dropped: the server may have given the lock by then, and its lease
            // gives it back.
            tokio::spawn(async move {
                let number = slot.run::<u64>(&scripts::LOCK, &[&slot.term_ms()]).await?;
                Ok::<_, StoreError>(match number {
                    0 => Lock::Taken,
                    number => Lock::Held(Box::new(RedisLease::new(slot, number))),
                })
            })
            .await?
        })
    }
}

/// The keys of one session.
#[derive(Clone)]
struct Slot {
    server: Arc<Server>,
    /// Record, lock and fence.
    keys: [String; 3],
    term: Duration,
    lifetime: Duration,
}

impl Slot {
    async fn run<T: FromRedisValue>(&self, script: &Script, arguments: &[&str]) -> Result<T, StoreError> {
        Ok(self.server.run(script, &self.keys, arguments).await?)
    }

    /// Replaces the record, under the lease of a number or past all.
    async fn save(&self, script: &Script, number: Option<u64>, token: &StoredToken) -> Result<bool, StoreError> {
        let text =
            serde_json::to_string(token).map(Zeroizing::new).map_err(|_| "the token cannot be written as JSON")?;
        let number = number.unwrap_or_default().to_string();
        self.run(script, &[&number, &text, &millis(self.lifetime_of(token))]).await
    }

    /// How long a record is of use.
    fn lifetime_of(&self, token: &StoredToken) -> Duration {
        match token.expires_at {
            Some(end) if token.refresh_token.is_none() => Duration::from_secs(end.saturating_sub(token.obtained_at)),
            _ => self.lifetime,
        }
    }

    fn term_ms(&self) -> String {
        millis(self.term)
    }
}

/// Milliseconds as Redis takes them: at least one.
fn millis(duration: Duration) -> String {
    duration.min(LONGEST_LIFETIME).as_millis().max(1).to_string()
}

/// A server, and the connection that all share.
struct Server {
    client: Client,
    connection: Mutex<Option<MultiplexedConnection>>,
    /// Longest wait for a connection or a reply.
    patience: Duration,
}

impl Server {
    /// Runs a script, a second time where [another connection](wants_another) may help. Every script can be repeated: at
    /// worst the lock that the lost answer told of lasts for its term.
    async fn run<T: FromRedisValue>(
        &self,
        script: &Script,
        keys: &[String],
        arguments: &[&str],
    ) -> Result<T, RedisFailure> {
        let mut invocation = script.prepare_invoke();
        for key in keys {
            invocation.key(key);
        }
        for argument in arguments {
            invocation.arg(*argument);
        }
        let mut again = true;
        loop {
            let mut connection = self.connection().await?;
            let error = match invocation.invoke_async(&mut connection).await {
                Ok(result) => return Ok(result),
                Err(error) => error,
            };
            // Whatever it was: a server that is silent, or no longer the one that writes, is not to be asked for ever.
            self.keep(None);
            if !(wants_another(&error) && std::mem::take(&mut again)) {
                return Err(RedisFailure::new(error));
            }
        }
    }

    async fn connection(&self) -> Result<MultiplexedConnection, RedisFailure> {
        let present = self.connection.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(connection) = present {
            return Ok(connection);
        }
        let patience = Some(self.patience);
        let config = AsyncConnectionConfig::new().set_connection_timeout(patience).set_response_timeout(patience);
        let connection = self.client.get_multiplexed_async_connection_with_config(&config).await;
        let connection = connection.map_err(RedisFailure::new)?;
        self.keep(Some(connection.clone()));
        Ok(connection)
    }

    fn keep(&self, connection: Option<MultiplexedConnection>) {
        *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = connection;
    }
}

/// Whether another connection may lead to a server that does it: this one is dead, or leads to a server that others have
/// taken the place of.
fn wants_another(error: &RedisError) -> bool {
    // Before version 7 the words of a command that failed within a script stand in the text.
    let read_only = error.code() == Some("READONLY") || error.detail().is_some_and(|text| text.contains("READONLY"));
    error.is_unrecoverable_error() || read_only
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead, BufReader, Write as _},
        net::{TcpListener, TcpStream},
        sync::atomic::{AtomicUsize, Ordering},
    };

    use super::{super::Lease as _, *};

    /// The words of the next command that comes in.
    fn command(reader: &mut impl BufRead) -> Option<Vec<String>> {
        let words = length(reader)?;
        (0..words).map(|_| word(reader)).collect()
    }

    fn word(reader: &mut impl BufRead) -> Option<String> {
        let mut bytes = vec![0; length(reader)?];
        reader.read_exact(&mut bytes).ok()?;
        reader.read_line(&mut String::new()).ok()?;
        String::from_utf8(bytes).ok()
    }

    /// The number behind the letter at the beginning of a line.
    fn length(reader: &mut impl BufRead) -> Option<usize> {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        line.trim_end().get(1..)?.parse().ok()
    }

    /// What a server without records says.
    const NO_RECORD: &[u8] = b"$-1\r\n";

    /// A server, as far as a store can tell.
    struct Fake {
        url: String,
        connections: Arc<AtomicUsize>,
        scripts: Arc<AtomicUsize>,
    }

    impl Fake {
        /// One that says this to every script on its first connection, on its second, and so on; the last holds for all
        /// that follow. None hangs up.
        fn start(answers: &'static [Option<&'static [u8]>]) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let url = format!("redis://{}", listener.local_addr().unwrap());
            let (connections, scripts) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
            let fake = Self { url, connections: Arc::clone(&connections), scripts: Arc::clone(&scripts) };
            std::thread::spawn(move || {
                for connection in listener.incoming() {
                    let number = connections.fetch_add(1, Ordering::SeqCst);
                    let answer = answers.get(number).or(answers.last()).copied().flatten();
                    let scripts = Arc::clone(&scripts);
                    std::thread::spawn(move || serve(connection.unwrap(), answer, &scripts));
                }
            });
            fake
        }

        fn store(&self) -> RedisStore {
            RedisStore::new(&self.url).unwrap()
        }

        /// Connections and scripts so far.
        fn seen(&self) -> (usize, usize) {
            (self.connections.load(Ordering::SeqCst), self.scripts.load(Ordering::SeqCst))
        }
    }

    fn serve(mut connection: TcpStream, answer: Option<&[u8]>, scripts: &AtomicUsize) {
        let mut reader = BufReader::new(connection.try_clone().unwrap());
        while let Some(words) = command(&mut reader) {
            if words.first().is_none_or(|word| word != "EVALSHA") {
                connection.write_all(b"+OK\r\n").unwrap();
                continue;
            }
            scripts.fetch_add(1, Ordering::SeqCst);
            let Some(answer) = answer else { return };
            connection.write_all(answer).unwrap();
        }
    }

    fn key() -> StoreKey {
        StoreKey::new("api", "https://a.example", "pat", "password")
    }

    #[tokio::test]
    async fn a_connection_that_brings_no_answer_is_not_used_again() {
        // As when the machine of the first one lost its power, and another has its address now.
        let fake = Fake::start(&[Some(b""), Some(NO_RECORD)]);
        let mut store = fake.store();
        Arc::get_mut(&mut store.server).unwrap().patience = Duration::from_millis(100);
        drop(store.load(&key()).await);
        Arc::get_mut(&mut store.server).unwrap().patience = PATIENCE;
        assert_eq!(store.load(&key()).await.unwrap(), None);
    }

    #[tokio::test]
    async fn one_connection_is_enough() {
        let fake = Fake::start(&[Some(NO_RECORD)]);
        let store = fake.store();
        assert_eq!(store.load(&key()).await.unwrap(), None);
        assert_eq!(store.load(&key()).await.unwrap(), None);
        assert_eq!(fake.seen(), (1, 2));
    }

    #[tokio::test]
    async fn what_the_server_refuses_is_not_asked_again() {
        let fake = Fake::start(&[Some(b"-ERR 'access-1' is too much\r\n")]);
        let error = fake.store().load(&key()).await.unwrap_err().to_string();
        assert!(error.starts_with("Redis: ") && error.ends_with(" (ERR)"), "{error}");
        assert!(!error.contains("access-1"), "{error}");
        assert_eq!(fake.seen(), (1, 1));
    }

    #[tokio::test]
    async fn a_server_that_hangs_up_is_asked_once_more_and_no_more_often() {
        let fake = Fake::start(&[None]);
        assert!(fake.store().load(&key()).await.is_err());
        assert_eq!(fake.seen(), (2, 2));
    }

    #[test]
    fn a_lock_shows_its_number_and_nothing_else() {
        let lease = RedisLease::new(RedisStore::new("redis://127.0.0.1").unwrap().slot(&key()), 7);
        assert_eq!(format!("{lease:?}"), "RedisLease { number: 7, .. }");
        assert_eq!(lease.term(), TERM);
    }

    #[test]
    fn a_store_shows_how_it_was_set_up() {
        let store = RedisStore::new("redis://:pass-word@127.0.0.1").unwrap();
        let shown = "RedisStore { prefix: \"cx-client\", term: 60s, lifetime: 7776000s, .. }";
        assert_eq!(format!("{store:?}"), shown);
    }

    #[test]
    fn no_time_is_longer_than_the_server_takes() {
        let store = RedisStore::new("redis://127.0.0.1").unwrap().with_lock_term(Duration::MAX);
        assert_eq!(millis(store.term), "86400000");
        assert_eq!(millis(Duration::MAX), "3153600000000");
        assert_eq!(millis(Duration::ZERO), "1");
    }
}
