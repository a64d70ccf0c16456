//! What [`codesm_core::jobs::Leases`] promises.

use crate::{Given, StoreFixture};
use chrono::Duration;

/// Of two holders at most one MUST hold a name; a holder that asks again MUST keep it.
pub async fn a_name_has_one_holder(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (leases, now) = (fixture.leases(), given.now());
    let until = now + Duration::seconds(10);
    for (holder, holds) in [("a", true), ("b", false), ("a", true)] {
        assert_eq!(leases.hold("house", holder, until, now).await.expect("hold"), holds, "{holder}");
    }
    assert!(leases.hold("garden", "b", until, now).await.expect("hold"), "another name");
}

/// A name whose time is over MUST go to whoever asks first.
pub async fn a_name_is_taken_over_when_its_time_is_over(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (leases, now) = (fixture.leases(), given.now());
    let until = now + Duration::seconds(10);
    assert!(leases.hold("house", "a", until, now).await.expect("hold"));
    let later = until + Duration::seconds(10);
    assert!(
        !leases
            .hold("house", "b", later, until - Duration::microseconds(1))
            .await
            .expect("hold")
    );
    assert!(leases.hold("house", "b", later, until).await.expect("hold"));
    assert!(!leases.hold("house", "a", later, until).await.expect("hold"));
}

/// A name that was given up is free; nobody gives up what another holds.
pub async fn a_name_that_was_given_up_is_free(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (leases, now) = (fixture.leases(), given.now());
    let until = now + Duration::seconds(10);
    assert!(leases.hold("house", "a", until, now).await.expect("hold"));
    leases.give_up("house", "b").await.expect("give up");
    assert!(!leases.hold("house", "b", until, now).await.expect("hold"));
    leases.give_up("house", "a").await.expect("give up");
    assert!(leases.hold("house", "b", until, now).await.expect("hold"));
}

/// Of many that ask at the same time one gets it.
pub async fn of_many_at_the_same_time_one_gets_it(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (now, until) = (given.now(), given.now() + Duration::seconds(10));
    let tasks: Vec<_> = (0..12)
        .map(|n| {
            let leases = fixture.leases();
            tokio::spawn(async move { leases.hold("house", &format!("h{n}"), until, now).await.expect("hold") })
        })
        .collect();
    let mut holders = 0;
    for task in tasks {
        holders += u32::from(task.await.expect("no panic"));
    }
    assert_eq!(holders, 1);
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `Leases`.
    leases_suite, leases, [
        a_name_has_one_holder,
        a_name_is_taken_over_when_its_time_is_over,
        a_name_that_was_given_up_is_free,
        of_many_at_the_same_time_one_gets_it,
    ]
}
