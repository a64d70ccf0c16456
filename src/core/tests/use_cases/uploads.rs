//! Uploads: offered, sent, confirmed or refused, and swept.

use crate::world::{World, anonymous, code, offences};
use chrono::Duration;
use codesm_core::kernel::{AppResult, LocalFile, RequestContext, Role};
use codesm_core::uploads::{PresignCommand, Ticket, Upload, UploadKind, UploadState};
use std::io::Write as _;

const PDF: &[u8] = b"%PDF-1.7\n% a short one\n";

fn pdf() -> PresignCommand {
    PresignCommand {
        kind: UploadKind::Document,
        file_name: "../../cv.pdf".to_owned(),
        content_type: "application/pdf".to_owned(),
        size: PDF.len() as u64,
    }
}

async fn offered(world: &World, who: &RequestContext) -> Upload {
    world.app.uploads.presign.presign(who, pdf()).await.unwrap().0
}

async fn confirm(world: &World, who: &RequestContext, upload: &Upload) -> AppResult<Upload> {
    world.app.uploads.confirm.confirm(who, upload.id).await
}

fn ticket(world: &World, upload: &Upload) -> Ticket {
    Ticket {
        expires: upload.expires_at.timestamp().max(world.now().timestamp()),
        signature: "good".to_owned(),
    }
}

/// Sends bytes through the API.
async fn send(world: &World, upload: &Upload, bytes: &[u8]) -> AppResult<()> {
    let transfer = &world.app.uploads.transfer;
    let admitted = transfer.admit(upload.id, &ticket(world, upload), "application/pdf", None).await?;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let file = LocalFile {
        path: file.path().to_owned(),
        size: bytes.len() as u64,
        guard: Some(std::sync::Arc::new(file)),
    };
    transfer.receive(&admitted, &file).await
}

#[tokio::test]
async fn what_is_sent_and_confirmed_is_the_owners() {
    let world = World::new().await;
    let ada = world.somebody("ada", Role::User).await;
    let upload = offered(&world, &ada).await;
    assert!(!upload.name.contains("cv") && !upload.incoming.contains("cv") && upload.name != upload.incoming);
    send(&world, &upload, PDF).await.unwrap();
    let confirmed = confirm(&world, &ada, &upload).await.unwrap();
    assert_eq!(confirmed.state, UploadState::Confirmed);
    let again = confirm(&world, &ada, &upload).await.unwrap();
    assert_eq!((again.state, again.changed_at), (UploadState::Confirmed, confirmed.changed_at));
    let (_, link) = world.app.uploads.get.get(&ada, upload.id).await.unwrap();
    assert_eq!(link.unwrap().expires_at, world.now() + Duration::minutes(15));
    let (_, file) = world.app.uploads.get.open(&ada, upload.id, UploadKind::Document).await.unwrap();
    assert_eq!(file.size, PDF.len() as u64);
    let (_, file) = world
        .app
        .uploads
        .transfer
        .release(upload.id, &ticket(&world, &upload))
        .await
        .unwrap();
    assert_eq!(file.size, PDF.len() as u64);
    assert_eq!(code(&send(&world, &upload, PDF).await), "upload.not_pending");
    assert!(world.audited().contains(&"upload.confirmed".to_owned()), "{:?}", world.audited());
}

#[tokio::test]
async fn to_others_it_does_not_exist() {
    let world = World::new().await;
    let ada = world.somebody("ada", Role::User).await;
    let eve = world.somebody("eve", Role::Admin).await;
    let upload = offered(&world, &ada).await;
    send(&world, &upload, PDF).await.unwrap();
    assert_eq!(code(&confirm(&world, &eve, &upload).await), "upload.not_found");
    assert_eq!(code(&world.app.uploads.get.get(&eve, upload.id).await), "upload.not_found");
    let opened = world.app.uploads.get.open(&eve, upload.id, UploadKind::Document).await;
    assert_eq!(code(&opened), "upload.not_found");
    assert_eq!(code(&confirm(&world, &anonymous(), &upload).await), "auth.required");
    assert_eq!(code(&world.app.uploads.presign.presign(&anonymous(), pdf()).await), "auth.required");
}

#[tokio::test]
async fn what_is_something_else_is_removed_and_refused() {
    let world = World::new().await;
    let ada = world.somebody("ada", Role::User).await;
    let html = b"<html><script>1</script>";
    for (bytes, expected) in [(&PDF[..9], "upload.wrong_size"), (&html[..PDF.len()], "upload.wrong_type")] {
        let upload = offered(&world, &ada).await;
        world.fakes.uploads.put(&upload.incoming, bytes.to_vec());
        assert_eq!(code(&confirm(&world, &ada, &upload).await), expected);
        assert_eq!(world.fakes.uploads.stored(), 0);
        assert_eq!(code(&confirm(&world, &ada, &upload).await), "upload.refused");
        let (seen, link) = world.app.uploads.get.get(&ada, upload.id).await.unwrap();
        assert_eq!((seen.state, link), (UploadState::Refused, None));
    }
}

#[tokio::test]
async fn confirming_too_early_is_said_and_harmless() {
    let world = World::new().await;
    let ada = world.somebody("ada", Role::User).await;
    let upload = offered(&world, &ada).await;
    assert_eq!(code(&confirm(&world, &ada, &upload).await), "upload.not_uploaded");
    world.fakes.uploads.set_down(true);
    assert_eq!(code(&confirm(&world, &ada, &upload).await), "storage.unavailable");
    world.fakes.uploads.set_down(false);
    send(&world, &upload, PDF).await.unwrap();
    assert_eq!(confirm(&world, &ada, &upload).await.unwrap().state, UploadState::Confirmed);
}

#[tokio::test]
async fn a_check_that_died_is_made_again_after_a_while() {
    let world = World::new().await;
    let ada = world.somebody("ada", Role::User).await;
    let upload = offered(&world, &ada).await;
    send(&world, &upload, PDF).await.unwrap();
    let tx = codesm_core::store::UnitOfWork::begin(&*world.fakes.store).await.unwrap();
    let checking = Upload {
        state: UploadState::Checking,
        ..upload.clone()
    };
    tx.uploads().save(&checking).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(code(&confirm(&world, &ada, &upload).await), "upload.being_checked");
    world.advance(Duration::minutes(10));
    assert_eq!(confirm(&world, &ada, &upload).await.unwrap().state, UploadState::Confirmed);
}

#[tokio::test]
async fn only_what_was_announced_is_let_in() {
    let world = World::new().await;
    let ada = world.somebody("ada", Role::User).await;
    let upload = offered(&world, &ada).await;
    let transfer = &world.app.uploads.transfer;
    let good = ticket(&world, &upload);
    let bad = Ticket {
        signature: "bad".to_owned(),
        ..good.clone()
    };
    assert_eq!(
        code(&transfer.admit(upload.id, &bad, "application/pdf", None).await),
        "upload.ticket_invalid"
    );
    assert_eq!(
        code(&transfer.admit(upload.id, &good, "text/html", None).await),
        "upload.wrong_type"
    );
    assert_eq!(
        code(&transfer.admit(upload.id, &good, "application/pdf", Some(9)).await),
        "upload.wrong_size"
    );
    assert_eq!(code(&send(&world, &upload, b"%PDF-").await), "upload.wrong_size");
    assert_eq!(code(&transfer.release(upload.id, &good).await), "upload.ticket_invalid");
    assert_eq!(world.fakes.uploads.stored(), 0);
    world.advance(Duration::hours(2));
    assert_eq!(
        code(&transfer.admit(upload.id, &good, "application/pdf", None).await),
        "upload.ticket_invalid"
    );
}

#[tokio::test]
async fn every_offence_is_named() {
    let world = World::new().await;
    let ada = world.somebody("ada", Role::User).await;
    let command = PresignCommand {
        kind: UploadKind::ProfileImage,
        file_name: "a\nb".to_owned(),
        content_type: "image/svg+xml".to_owned(),
        size: 5 * 1024 * 1024 + 1,
    };
    let (code, fields) = offences(world.app.uploads.presign.presign(&ada, command).await);
    assert_eq!(code, "validation.failed");
    let fields: Vec<&str> = fields.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["fileName", "contentType", "size"]);
}

#[tokio::test]
async fn test_data_are_for_authors() {
    let world = World::new().await;
    let command = PresignCommand {
        kind: UploadKind::TestData,
        file_name: "p.zip".to_owned(),
        content_type: "application/zip".to_owned(),
        size: 512 * 1024 * 1024,
    };
    let ada = world.somebody("ada", Role::User).await;
    let author = world.somebody("bob", Role::Author).await;
    assert_eq!(
        code(&world.app.uploads.presign.presign(&ada, command.clone()).await),
        "auth.forbidden"
    );
    let (upload, _) = world.app.uploads.presign.presign(&author, command).await.unwrap();
    let open = |kind| world.app.uploads.get.open(&author, upload.id, kind);
    assert_eq!(code(&open(UploadKind::TestData).await), "upload.not_confirmed");
    assert_eq!(code(&open(UploadKind::Video).await), "upload.wrong_kind");
}

#[tokio::test]
async fn one_user_can_only_have_so_many_unconfirmed() {
    let world = World::new().await;
    let ada = world.somebody("ada", Role::User).await;
    let first = offered(&world, &ada).await;
    for _ in 1..20 {
        offered(&world, &ada).await;
    }
    assert_eq!(code(&world.app.uploads.presign.presign(&ada, pdf()).await), "upload.too_many");
    let eve = world.somebody("eve", Role::User).await;
    offered(&world, &eve).await;
    send(&world, &first, PDF).await.unwrap();
    confirm(&world, &ada, &first).await.unwrap();
    offered(&world, &ada).await;
}

#[tokio::test]
async fn what_is_not_confirmed_within_a_day_is_swept_with_all_that_was_sent() {
    let world = World::new().await;
    let ada = world.somebody("ada", Role::User).await;
    let (sent, silent, kept) = (
        offered(&world, &ada).await,
        offered(&world, &ada).await,
        offered(&world, &ada).await,
    );
    send(&world, &sent, PDF).await.unwrap();
    send(&world, &kept, PDF).await.unwrap();
    confirm(&world, &ada, &kept).await.unwrap();
    // Sent to the address of a confirmed one, where the storage itself takes files in.
    world.fakes.uploads.put(&kept.incoming, PDF);
    let sweep = || world.app.uploads.sweep.sweep_unconfirmed_uploads(world.now());
    assert_eq!(sweep().await.unwrap(), 0);
    world.advance(Duration::days(1) + Duration::seconds(1));
    let young = offered(&world, &ada).await;
    world.fakes.uploads.set_down(true);
    assert_eq!(code(&sweep().await), "storage.unavailable");
    world.fakes.uploads.set_down(false);
    assert_eq!(sweep().await.unwrap(), 2);
    assert_eq!(sweep().await.unwrap(), 0);
    assert_eq!(world.fakes.uploads.stored(), 1);
    let left: Vec<_> = world.fakes.store.uploads().iter().map(|upload| upload.id).collect();
    assert_eq!(left, [kept.id, young.id]);
    assert_eq!(code(&confirm(&world, &ada, &silent).await), "upload.not_found");
    world.app.uploads.get.open(&ada, kept.id, UploadKind::Document).await.unwrap();
}
