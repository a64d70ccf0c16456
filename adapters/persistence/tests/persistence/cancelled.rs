//! Transactions whose caller goes away at any moment, and transactions of which a statement failed.

use crate::databases::{Fixture, Place, postgres, sqlite};
use codesm_contract::{Given, StoreFixture};
use codesm_core::auth::{Session, User};
use codesm_core::jobs::WorkerAdvert;
use codesm_core::store::{StoreError, UnitOfWork};
use codesm_persistence::{Database, DatabaseSettings};
use sea_orm::sqlx::postgres::PgConnectOptions;
use std::pin::pin;
use std::str::FromStr;
use std::task::Poll;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// Polls a future so many times and drops it if it is not ready by then.
async fn polled<T>(times: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut polls = 0;
    std::future::poll_fn(move |context| {
        polls += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending if polls >= times => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

async fn sign_up(unit_of_work: &dyn UnitOfWork, user: &User, session: &Session) -> Result<(), StoreError> {
    let tx = unit_of_work.begin().await?;
    tx.users().add(user).await?;
    tx.sessions().add(session).await?;
    tx.commit().await
}

/// A way to a PostgreSQL server on which every answer takes 2 ms, so that whoever asks has to wait for each of them.
async fn slow_way(url: &str) -> String {
    let options = PgConnectOptions::from_str(url).expect("the URL of the test");
    let server = (options.get_host().to_owned(), options.get_port());
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(server.clone()).await.expect("the server listens on TCP");
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            tokio::spawn(forward(from_client, to_server, Duration::ZERO));
            tokio::spawn(forward(from_server, to_client, Duration::from_millis(2)));
        }
    });
    format!("{url}&host=127.0.0.1&port={port}")
}

async fn forward(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, delay: Duration) {
    let mut buffer = [0; 8192];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        tokio::time::sleep(delay).await;
        if to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
}

/// The same database through one connection, so that what one call leaves behind the next one finds.
async fn through_one_connection(place: &Place) -> Database {
    let url = match place {
        Place::Sqlite(_) => place.url(),
        Place::Postgres { .. } => slow_way(&place.url()).await,
    };
    let mut settings = DatabaseSettings::new(url);
    settings.max_connections = 1;
    Database::connect(&settings).await.expect("the database opens")
}

/// Single statements and transactions are committed, as a stranger sees it.
async fn works(database: &Database, fixture: &Fixture, given: &Given, round: usize) {
    let advert = WorkerAdvert {
        worker: format!("worker-{round}"),
        languages: Vec::new(),
        slots: 1,
        tier: "none".to_owned(),
        seen_at: given.now(),
    };
    database.worker_registry().advertise(&advert).await.expect("advertise");
    let seen = fixture.worker_registry().seen_since(given.now()).await.expect("read");
    assert!(seen.contains(&advert), "round {round}: a statement is not committed");
    let user = given.user();
    sign_up(&*database.unit_of_work(), &user, &given.session(&user))
        .await
        .expect("a transaction");
    let seen = fixture.auth_queries().user_by_id(user.id).await.expect("read");
    assert_eq!(seen, Some(user), "round {round}: a transaction is not committed");
}

async fn cancelled_at_every_step_leaves_all_or_nothing(fixture: Fixture) {
    let given = Given::new(&fixture);
    let database = through_one_connection(&fixture.place).await;
    let mut completed = 0;
    // Seven polls are enough; answers that are quick need fewer.
    for round in 0..40 {
        let times = 1 + round % 10;
        let user = given.user();
        let session = given.session(&user);
        let unit_of_work = database.unit_of_work();
        let done = polled(times, sign_up(&*unit_of_work, &user, &session)).await;
        works(&database, &fixture, &given, round).await;
        let user_is_there = fixture.auth_queries().user_by_id(user.id).await.expect("read").is_some();
        let tx = given.tx().await;
        let session_is_there = tx.sessions().by_id(session.id).await.expect("read").is_some();
        assert_eq!(user_is_there, session_is_there, "after {times} polls half of it is there");
        if let Some(done) = done {
            done.expect("nothing is in the way");
            assert!(user_is_there, "after {times} polls it is lost");
            completed += 1;
        }
    }
    assert!((1..40).contains(&completed), "{completed} of 40 were completed");
}

#[tokio::test]
async fn a_transaction_cancelled_at_any_step_leaves_all_or_nothing_in_sqlite() {
    cancelled_at_every_step_leaves_all_or_nothing(sqlite().await).await;
}

#[tokio::test]
async fn a_transaction_cancelled_at_any_step_leaves_all_or_nothing_in_postgres() {
    cancelled_at_every_step_leaves_all_or_nothing(postgres().await).await;
}

async fn cancelled_by_the_clock_disturbs_nobody(fixture: Fixture) {
    let given = Given::new(&fixture);
    let mut impatient = Vec::new();
    for caller in 0..8_u64 {
        let (given, unit_of_work) = (Given::new(&fixture), fixture.unit_of_work());
        impatient.push(tokio::spawn(async move {
            for round in 0..40_u64 {
                let user = given.user();
                let patience = Duration::from_micros(37 * ((caller * 40 + round) % 101));
                if let Ok(done) = tokio::time::timeout(patience, sign_up(&*unit_of_work, &user, &given.session(&user))).await {
                    done.expect("nothing is in the way");
                }
            }
        }));
    }
    for task in impatient {
        task.await.expect("the callers");
    }
    for round in 0..20 {
        works(&fixture.database, &fixture, &given, round).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn callers_without_patience_disturb_nobody_in_sqlite() {
    cancelled_by_the_clock_disturbs_nobody(sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn callers_without_patience_disturb_nobody_in_postgres() {
    cancelled_by_the_clock_disturbs_nobody(postgres().await).await;
}

#[tokio::test]
async fn a_transaction_of_which_a_statement_failed_cannot_be_committed() {
    for fixture in [sqlite().await, postgres().await] {
        let given = Given::new(&fixture);
        let there = given.added_user().await;
        let user = given.user();
        let tx = given.tx().await;
        tx.users().add(&user).await.expect("add");
        let again = tx.users().add(&there).await;
        assert!(matches!(again, Err(StoreError::Internal(_) | StoreError::Conflict(_))), "{again:?}");
        // PostgreSQL would roll back and report a success.
        let commit = tx.commit().await;
        assert!(matches!(commit, Err(StoreError::Internal(_))), "{commit:?}");
        assert_eq!(fixture.auth_queries().user_by_id(user.id).await.expect("read"), None);
        works(&fixture.database, &fixture, &given, 0).await;
    }
}

#[tokio::test]
async fn a_transaction_of_which_a_statement_was_cancelled_cannot_be_committed() {
    for fixture in [sqlite().await, postgres().await] {
        let given = Given::new(&fixture);
        let (user, tx) = loop {
            let (user, tx) = (given.user(), given.tx().await);
            // Now and then the answer is there at once.
            if polled(1, tx.users().add(&user)).await.is_none() {
                break (user, tx);
            }
        };
        let commit = tx.commit().await;
        assert!(matches!(commit, Err(StoreError::Internal(_))), "{commit:?}");
        works(&fixture.database, &fixture, &given, 0).await;
        assert_eq!(fixture.auth_queries().user_by_id(user.id).await.expect("read"), None);
    }
}
