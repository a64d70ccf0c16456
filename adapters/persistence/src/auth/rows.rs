//! Tables `users`, `sessions`, `refresh_tokens`.

pub(super) mod user {
    use crate::row::named;
    use codesm_core::auth::User;
    use codesm_core::kernel::{Email, Role, Secret, Timestamp, UserId, Username};
    use codesm_core::store::StoreError;
    use sea_orm::entity::prelude::*;
    use std::fmt;

    #[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "users")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub email: String,
        pub username: String,
        pub password_hash: String,
        pub role: String,
        pub email_verified_at: Option<Timestamp>,
        pub banned_at: Option<Timestamp>,
        pub token_version: i32,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
        pub version: i32,
    }

    impl fmt::Debug for Model {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_struct("users::Model").field("id", &self.id).finish_non_exhaustive()
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl From<&User> for Model {
        fn from(user: &User) -> Self {
            let User {
                id,
                email,
                username,
                password_hash,
                role,
                email_verified_at,
                banned_at,
                token_version,
                created_at,
                updated_at,
                version,
            } = user;
            Self {
                id: id.as_uuid(),
                email: email.as_str().to_owned(),
                username: username.as_str().to_owned(),
                password_hash: password_hash.reveal().clone(),
                role: role.as_str().to_owned(),
                email_verified_at: *email_verified_at,
                banned_at: *banned_at,
                token_version: *token_version,
                created_at: *created_at,
                updated_at: *updated_at,
                version: *version,
            }
        }
    }

    impl TryFrom<Model> for User {
        type Error = StoreError;

        fn try_from(row: Model) -> Result<Self, StoreError> {
            let Model {
                id,
                email,
                username,
                password_hash,
                role,
                email_verified_at,
                banned_at,
                token_version,
                created_at,
                updated_at,
                version,
            } = row;
            Ok(Self {
                id: UserId::from_uuid(id),
                email: Email::from_stored(email),
                username: Username::from_stored(username),
                password_hash: Secret::new(password_hash),
                role: named(&role, Role::parse, "users", "role", id)?,
                email_verified_at,
                banned_at,
                token_version,
                created_at,
                updated_at,
                version,
            })
        }
    }
}

pub(super) mod session {
    use crate::text::{load_text, store_text};
    use codesm_core::auth::Session;
    use codesm_core::kernel::{SessionId, Timestamp, UserId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sessions")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub user_id: Uuid,
        pub created_at: Timestamp,
        pub last_used_at: Timestamp,
        pub expires_at: Timestamp,
        pub revoked_at: Option<Timestamp>,
        pub user_agent: Option<String>,
        pub ip: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {
        #[sea_orm(belongs_to = "super::user::Entity", from = "Column::UserId", to = "super::user::Column::Id")]
        User,
    }

    impl Related<super::user::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::User.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}

    impl From<&Session> for Model {
        fn from(session: &Session) -> Self {
            let Session {
                id,
                user_id,
                created_at,
                last_used_at,
                expires_at,
                revoked_at,
                user_agent,
                ip,
            } = session;
            Self {
                id: id.as_uuid(),
                user_id: user_id.as_uuid(),
                created_at: *created_at,
                last_used_at: *last_used_at,
                expires_at: *expires_at,
                revoked_at: *revoked_at,
                user_agent: user_agent.as_deref().map(store_text),
                ip: ip.clone(),
            }
        }
    }

    impl From<Model> for Session {
        fn from(row: Model) -> Self {
            let Model {
                id,
                user_id,
                created_at,
                last_used_at,
                expires_at,
                revoked_at,
                user_agent,
                ip,
            } = row;
            Self {
                id: SessionId::from_uuid(id),
                user_id: UserId::from_uuid(user_id),
                created_at,
                last_used_at,
                expires_at,
                revoked_at,
                user_agent: user_agent.map(load_text),
                ip,
            }
        }
    }
}

pub(super) mod refresh_token {
    use codesm_core::auth::RefreshToken;
    use codesm_core::kernel::{RefreshTokenId, SessionId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "refresh_tokens")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub session_id: Uuid,
        pub token_hash: String,
        pub created_at: Timestamp,
        pub expires_at: Timestamp,
        pub used_at: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl From<&RefreshToken> for Model {
        fn from(token: &RefreshToken) -> Self {
            let RefreshToken {
                id,
                session_id,
                token_hash,
                created_at,
                expires_at,
                used_at,
            } = token;
            Self {
                id: id.as_uuid(),
                session_id: session_id.as_uuid(),
                token_hash: token_hash.clone(),
                created_at: *created_at,
                expires_at: *expires_at,
                used_at: *used_at,
            }
        }
    }

    impl From<Model> for RefreshToken {
        fn from(row: Model) -> Self {
            let Model {
                id,
                session_id,
                token_hash,
                created_at,
                expires_at,
                used_at,
            } = row;
            Self {
                id: RefreshTokenId::from_uuid(id),
                session_id: SessionId::from_uuid(session_id),
                token_hash,
                created_at,
                expires_at,
                used_at,
            }
        }
    }
}
