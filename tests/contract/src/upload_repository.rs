//! What [`codesm_core::uploads::UploadRepository`] promises.

use crate::{Given, StoreFixture};
use chrono::Duration;
use codesm_core::auth::User;
use codesm_core::kernel::UploadId;
use codesm_core::store::StoreError;
use codesm_core::uploads::{Upload, UploadKind, UploadState};

fn upload(given: &Given, user: &User) -> Upload {
    let id = UploadId::generate(&given.ids);
    Upload {
        id,
        user_id: user.id,
        kind: UploadKind::TestData,
        file_name: "gr\u{fc}n.zip".to_owned(),
        content_type: "application/zip".to_owned(),
        size: 512 * 1024 * 1024,
        incoming: format!("incoming-{id}"),
        name: format!("name-{id}"),
        state: UploadState::Pending,
        created_at: given.now(),
        expires_at: given.now() + Duration::hours(1),
        changed_at: given.now(),
        tidied: false,
        version: 1,
    }
}

async fn added(given: &Given, upload: Upload) -> Upload {
    let tx = given.tx().await;
    tx.uploads().add(&upload).await.expect("add");
    tx.commit().await.expect("commit");
    upload
}

async fn read(given: &Given, id: UploadId) -> Option<Upload> {
    given.tx().await.uploads().by_id(id).await.expect("read")
}

/// An upload comes back exactly as added, whatever its kind and state.
pub async fn an_upload_comes_back_as_added(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let user = given.added_user().await;
    for kind in UploadKind::ALL {
        for state in UploadState::ALL {
            let wanted = Upload {
                kind,
                state,
                ..upload(&given, &user)
            };
            let wanted = added(&given, wanted).await;
            assert_eq!(read(&given, wanted.id).await, Some(wanted));
        }
    }
    assert_eq!(read(&given, UploadId::generate(&given.ids)).await, None);
}

/// `save` MUST fail unless the stored version is the upload's, and then store the next.
pub async fn a_stale_upload_is_not_saved(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let user = given.added_user().await;
    let mut seen = added(&given, upload(&given, &user)).await;
    seen.state = UploadState::Confirmed;
    seen.tidied = true;
    let tx = given.tx().await;
    tx.uploads().save(&seen).await.expect("save");
    assert!(matches!(tx.uploads().save(&seen).await, Err(StoreError::Stale)));
    tx.commit().await.expect("commit");
    let expected = Upload { version: 2, ..seen };
    assert_eq!(read(&given, expected.id).await, Some(expected));
}

/// Only a user's own uploads that are not confirmed count.
pub async fn unconfirmed_uploads_are_counted_per_user(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (user, other) = (given.added_user().await, given.added_user().await);
    for state in UploadState::ALL {
        added(
            &given,
            Upload {
                state,
                ..upload(&given, &user)
            },
        )
        .await;
    }
    let tx = given.tx().await;
    assert_eq!(tx.uploads().unconfirmed(user.id).await.expect("count"), 3);
    assert_eq!(tx.uploads().unconfirmed(other.id).await.expect("count"), 0);
}

/// Uploads that are old and untidied are found, oldest first, and no more than asked for.
pub async fn old_untidied_uploads_are_found(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let user = given.added_user().await;
    let aged = |hours| Upload {
        created_at: given.now() - Duration::hours(hours),
        ..upload(&given, &user)
    };
    let old = added(&given, aged(2)).await;
    let older = added(
        &given,
        Upload {
            state: UploadState::Confirmed,
            ..aged(3)
        },
    )
    .await;
    added(&given, aged(0)).await;
    added(&given, Upload { tidied: true, ..aged(4) }).await;
    let before = given.now() - Duration::hours(1);
    let tx = given.tx().await;
    let found = tx.uploads().untidied(before, 10).await.expect("list");
    assert_eq!(found, [older.clone(), old]);
    assert_eq!(tx.uploads().untidied(before, 1).await.expect("list"), [older]);
}

/// A removed upload is gone; removing it again succeeds.
pub async fn a_removed_upload_is_gone(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let user = given.added_user().await;
    let upload = added(&given, upload(&given, &user)).await;
    let tx = given.tx().await;
    for _ in 0..2 {
        tx.uploads().remove(upload.id).await.expect("remove");
    }
    tx.commit().await.expect("commit");
    assert_eq!(read(&given, upload.id).await, None);
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `UploadRepository`.
    upload_repository_suite, upload_repository, [
        an_upload_comes_back_as_added,
        a_stale_upload_is_not_saved,
        unconfirmed_uploads_are_counted_per_user,
        old_untidied_uploads_are_found,
        a_removed_upload_is_gone,
    ]
}
