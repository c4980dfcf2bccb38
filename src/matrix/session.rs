//! Logging in, and staying the same device: one device id, one folder with its keys.

use super::failure::{self, Failure};
use super::keys::Keys;
use super::pause::Pause;
use super::recovery;
use super::secrets::{Folder, store_key};
use super::token::with_token;
use anyhow::{Context, Result, anyhow, bail};
use matrix_sdk::SessionTokens;

use matrix_sdk::authentication::matrix::MatrixSession;
use matrix_sdk::config::RequestConfig;
use matrix_sdk::encryption::{BackupDownloadStrategy, EncryptionSettings};
use matrix_sdk::ruma::{DeviceId, OwnedUserId, UserId};
use matrix_sdk::store::RoomLoadSettings;
use matrix_sdk::{
    Client, SessionMeta, SqliteCryptoStore, SqliteEventCacheStore, SqliteMediaStore,
    SqliteStateStore, SqliteStoreConfig,
};
use matrix_sdk_base::cross_process_lock::CrossProcessLockConfig;
use matrix_sdk_base::store::{StateStoreDataKey, StoreConfig};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tracing::{info, warn};

/// The `[matrix]` part of the configuration, with the secret already read.
#[derive(Clone)]
pub struct MatrixConfig {
    /// The homeserver's base address.
    pub homeserver: String,
    /// The bot's Matrix id.
    pub user: String,
    /// Its password, where it logs in with one.
    pub password: Option<String>,
    /// Its access token, where the homeserver hands those to bots; goes before the password.
    pub token: Option<String>,
    /// The folder of this device's keys.
    pub data_dir: PathBuf,
    /// True: refuse to work in an unencrypted room.
    pub require_encryption: bool,
}

/// The error that says that the access token is not valid any more. Drop everything of this session, then
/// [`Session::open`] logs in again.
#[derive(Debug)]
pub struct LoggedOut;

impl std::fmt::Display for LoggedOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the homeserver has logged the bot out; it has to log in again")
    }
}

impl std::error::Error for LoggedOut {}

/// A logged-in device.
#[derive(Clone)]
pub struct Session {
    client: Client,
    folder: Arc<Folder>,
    saved: Saved,
    require_encryption: bool,
    by_token: bool,
}

/// `session.json`. Written before the first login already, so that a crash in the middle of it cannot leave keys that
/// belong to no known device.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Saved {
    pub(super) user: OwnedUserId,
    pub(super) device: String,
    pub(super) token: Option<String>,
    /// The account of the device before this one, whose place in the sync this one takes over.
    pub(super) before: Option<String>,
}

const FILE: &str = "session.json";

impl Session {
    /// Logs in, or goes on as the device that `data_dir` knows. Waits for a homeserver that cannot be reached.
    ///
    /// # Errors
    /// Where the homeserver refuses the login, the folder cannot be used, or it belongs to another account.
    pub async fn open(config: &MatrixConfig) -> Result<Self> {
        let folder = Folder::open(&config.data_dir).await?;
        let user = UserId::parse(&config.user)
            .with_context(|| format!("[matrix] user: {:?} is no Matrix id", config.user))?;
        let mut saved = load(&folder, &user)?;
        if let Some(token) = &config.token {
            saved = with_token(config, saved, &user, token).await?;
        }
        let saved = saved.unwrap_or_else(|| Saved::new(user, DeviceId::new().as_str(), None));
        saved.save(&folder)?;
        let client = build(config, &folder, &saved.device).await?;
        let mut session = Self {
            client,
            folder: Arc::new(folder),
            saved,
            require_encryption: config.require_encryption,
            by_token: config.token.is_some(),
        };
        session.log_in(config).await?;
        let encryption = session.client.encryption();
        encryption.wait_for_e2ee_initialization_tasks().await;
        info!("logged in");
        Ok(session)
    }

    async fn log_in(&mut self, config: &MatrixConfig) -> Result<()> {
        // With the SDK's own token in place, a response that it has seen but we have not stored would come back empty.
        let store = self.client.state_store();
        store.remove_kv_data(StateStoreDataKey::SyncToken).await?;
        if let Some(token) = &self.saved.token {
            let session = MatrixSession {
                meta: SessionMeta {
                    user_id: self.saved.user.clone(),
                    device_id: self.saved.device.as_str().into(),
                },
                tokens: SessionTokens {
                    access_token: token.clone(),
                    refresh_token: None,
                },
            };
            let auth = self.client.matrix_auth();
            auth.restore_session(session, RoomLoadSettings::default())
                .await
                .context("cannot open this device's keys")?;
            return Ok(());
        }
        let password = config.password.as_deref().context(
            "no way to log in: set [matrix] password_file or LONEWATCH_PASSWORD, or token_file or LONEWATCH_TOKEN",
        )?;
        let mut pause = Pause::default();
        let response = loop {
            let login = self
                .client
                .matrix_auth()
                .login_username(&self.saved.user, password)
                .device_id(&self.saved.device)
                .initial_device_display_name("Lonewatch");
            match login.send().await {
                Ok(response) => break response,
                Err(error) => match failure::of(&error) {
                    Failure::Later(wait) => {
                        pause.wait("the homeserver cannot be reached", wait).await
                    }
                    Failure::Refused(code) => {
                        bail!(
                            "the homeserver refuses the user name or password ({code}). Nobody is watched over until you put \
                             the right ones into [matrix] user and password_file, or LONEWATCH_PASSWORD, and start again"
                        )
                    }
                    _ => return Err(anyhow!(error)).context("cannot log in"),
                },
            }
        };
        self.saved.token = Some(response.access_token);
        self.saved.save(&self.folder)
    }

    /// The client of the SDK.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The bot's Matrix id.
    pub fn user(&self) -> &str {
        self.saved.user.as_str()
    }

    /// Whose place in the sync it is: this user on this device.
    pub fn account(&self) -> String {
        self.saved.account()
    }

    /// The account of the device that this one has replaced.
    pub(super) fn account_before(&self) -> Option<&str> {
        self.saved.before.as_deref()
    }

    /// See [`recovery::ensure`].
    pub(super) async fn ensure_recovery(&self) {
        recovery::ensure(&self.client, &self.folder).await;
    }

    /// True where unencrypted rooms are refused.
    pub fn requires_encryption(&self) -> bool {
        self.require_encryption
    }

    /// Notes that the token is no longer valid, for the next [`Session::open`]. Soft: the same device logs in again.
    /// Otherwise the device is gone, and a new one with new keys takes its place in the sync.
    pub(super) fn logged_out(&self, soft: bool) -> anyhow::Error {
        if self.by_token {
            return anyhow!(
                "logged out: the access token is not valid any more, because it has expired or its device was removed. \
                 Nobody is watched over until you put a new one into [matrix] token_file or LONEWATCH_TOKEN and start again"
            );
        }
        let mut next = self.saved.clone();
        next.token = None;
        if !soft {
            warn!("the homeserver has removed this device; a new one takes over");
            next.before = Some(self.account());
            next.device = DeviceId::new().to_string();
        }
        match next.save(&self.folder) {
            Ok(()) => anyhow!(LoggedOut),
            Err(error) => error,
        }
    }
}

impl Saved {
    pub(super) fn new(user: OwnedUserId, device: &str, token: Option<String>) -> Self {
        Self {
            user,
            device: device.to_owned(),
            token,
            before: None,
        }
    }

    /// Whose place in the sync it is.
    pub(super) fn account(&self) -> String {
        format!("{} {}", self.user, self.device)
    }

    fn save(&self, folder: &Folder) -> Result<()> {
        folder.write(FILE, &serde_json::to_string_pretty(self)?)
    }
}

fn load(folder: &Folder, user: &UserId) -> Result<Option<Saved>> {
    let Some(text) = folder.read(FILE)? else {
        return Ok(None);
    };
    let path = folder.join(FILE);
    let saved: Saved = serde_json::from_str(&text)
        .map_err(|error| anyhow!("{} cannot be read (line {})", path.display(), error.line()))?;
    if saved.user != user {
        bail!(
            "{} belongs to another account: give this one its own data_dir",
            path.display()
        );
    }
    Ok(Some(saved))
}

async fn build(config: &MatrixConfig, folder: &Folder, device: &str) -> Result<Client> {
    let opening = "cannot open the folder of the device's keys";
    let stores = stores(folder, device).await.context(opening)?;
    let client = Client::builder()
        .homeserver_url(&config.homeserver)
        .store_config(stores)
        // The SDK's own retries take up to 15 minutes; ours are shorter and say so.
        .request_config(
            RequestConfig::new()
                .disable_retry()
                .timeout(Duration::from_secs(20)),
        )
        .respect_login_well_known(false)
        .with_encryption_settings(EncryptionSettings {
            auto_enable_cross_signing: true,
            auto_enable_backups: true,
            backup_download_strategy: BackupDownloadStrategy::AfterDecryptionFailure,
        })
        .with_enable_share_history_on_invite(false)
        .build()
        .await
        .context(opening)?;
    Ok(client)
}

/// What the SDK keeps on disk for a device: SQLite, with the keys behind [`Keys`].
async fn stores(folder: &Folder, device: &str) -> Result<StoreConfig> {
    let path = folder.join(&format!("keys-{device}"));
    let config = SqliteStoreConfig::new(path).key(Some(&store_key(folder)?));
    let keys = SqliteCryptoStore::open_with_config(&config).await?;
    // The folder's lock sees to it that no other process is there.
    Ok(StoreConfig::new(CrossProcessLockConfig::SingleProcess)
        .state_store(SqliteStateStore::open_with_config(&config).await?)
        .event_cache_store(SqliteEventCacheStore::open_with_config(&config).await?)
        .media_store(SqliteMediaStore::open_with_config(&config).await?)
        .crypto_store(Keys::new(keys)))
}
