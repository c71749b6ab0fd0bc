//! Where the services are: Google's own addresses, or an emulator's, named by the variables that Google's clients read.

use url::Url;

/// The address of each service, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// BigQuery's REST interface.
    pub bigquery: String,
    /// BigQuery's Storage Read interface (gRPC).
    pub bigquery_read: String,
    /// Cloud Storage's JSON interface.
    pub storage: String,
    /// Short-lived tokens of service accounts.
    pub iam_credentials: String,
    /// Projects and the permissions on them.
    pub resource_manager: String,
    /// Where a person agrees in the browser.
    pub authorize: String,
    /// Where codes and refresh tokens become access tokens.
    pub token: String,
    /// Where a refresh token is made void.
    pub revoke: String,
    /// The metadata server of a machine at Google.
    pub metadata: String,
}

impl Default for Endpoints {
    fn default() -> Endpoints {
        Endpoints {
            bigquery: "https://bigquery.googleapis.com".to_owned(),
            bigquery_read: "https://bigquerystorage.googleapis.com".to_owned(),
            storage: "https://storage.googleapis.com".to_owned(),
            iam_credentials: "https://iamcredentials.googleapis.com".to_owned(),
            resource_manager: "https://cloudresourcemanager.googleapis.com".to_owned(),
            authorize: "https://accounts.google.com/o/oauth2/v2/auth".to_owned(),
            token: "https://oauth2.googleapis.com/token".to_owned(),
            revoke: "https://oauth2.googleapis.com/revoke".to_owned(),
            metadata: "http://metadata.google.internal".to_owned(),
        }
    }
}

impl Endpoints {
    /// Google's addresses, but for those that the environment names: `BIGQUERY_EMULATOR_HOST`,
    /// `BIGQUERY_STORAGE_EMULATOR_HOST` (gRPC), `STORAGE_EMULATOR_HOST`, `GCE_METADATA_HOST`, and gcloud's
    /// `CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS` and `..._CLOUDRESOURCEMANAGER`, `CLOUDSDK_AUTH_AUTH_HOST` and
    /// `CLOUDSDK_AUTH_TOKEN_HOST`.
    pub fn from_env() -> Endpoints {
        Endpoints::from(|name| std::env::var(name).ok())
    }

    fn from(variable: impl Fn(&str) -> Option<String>) -> Endpoints {
        let mut all = Endpoints::default();
        for (name, endpoint) in [
            ("BIGQUERY_EMULATOR_HOST", &mut all.bigquery),
            ("BIGQUERY_STORAGE_EMULATOR_HOST", &mut all.bigquery_read),
            ("STORAGE_EMULATOR_HOST", &mut all.storage),
            ("GCE_METADATA_HOST", &mut all.metadata),
            ("CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS", &mut all.iam_credentials),
            ("CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER", &mut all.resource_manager),
            ("CLOUDSDK_AUTH_AUTH_HOST", &mut all.authorize),
            ("CLOUDSDK_AUTH_TOKEN_HOST", &mut all.token),
        ] {
            if let Some(host) = variable(name).filter(|host| !host.trim().is_empty()) {
                *endpoint = with_scheme(host.trim());
            }
        }
        all
    }

    /// Whether BigQuery is an emulator.
    pub fn bigquery_is_emulated(&self) -> bool {
        self.bigquery != Endpoints::default().bigquery
    }

    /// Whether Cloud Storage is an emulator.
    pub fn storage_is_emulated(&self) -> bool {
        self.storage != Endpoints::default().storage
    }
}

/// Whether a token may be sent to this address: an encrypted one, or one of this machine.
pub(crate) fn may_have_token(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || loopback
}

fn with_scheme(host: &str) -> String {
    let host = host.trim_end_matches('/');
    if host.contains("://") { host.to_owned() } else { format!("http://{host}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emulator_is_named_with_or_without_its_scheme() {
        let named = |name: &str| match name {
            "BIGQUERY_EMULATOR_HOST" => Some("127.0.0.1:9150".to_owned()),
            "STORAGE_EMULATOR_HOST" => Some("http://127.0.0.2/".to_owned()),
            _ => None,
        };
        let all = Endpoints::from(named);
        assert_eq!(all.bigquery, "http://127.0.0.1:9150");
        assert_eq!(all.storage, "http://127.0.0.2");
        assert_eq!(all.bigquery_read, Endpoints::default().bigquery_read);
        assert!(all.bigquery_is_emulated() && all.storage_is_emulated());
    }

    #[test]
    fn a_token_goes_over_an_encrypted_line_or_nowhere() {
        for (address, may) in [
            ("https://bigquery.googleapis.com", true),
            ("http://127.0.0.2", true),
            ("http://localhost:9150", true),
            ("http://[::1]:9150", true),
            ("http://bigquery.example.com", false),
            ("http://10.0.0.7:9150", false),
            ("no address", false),
        ] {
            assert_eq!(may_have_token(address), may, "{address}");
        }
    }
}
