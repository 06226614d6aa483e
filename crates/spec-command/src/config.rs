//! What a user has set: profiles in a file, and variables of the environment.
//!
//! Knows in which order settings count: a flag, the environment, the profile. Must not know what a flag is
//! called on the command line, nor show a secret.

use crate::failure::{Failure, Reason};
use crate::table::{Api, Credential, Scheme};
use etcetera::BaseStrategy;
use serde::Deserialize;
use serde_json::Value;
use spec_runtime::{Base64, from_value};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// The profile that is meant where nothing else is said.
const DEFAULT: &str = "default";

/// The file of settings.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Config {
    /// The profile that is meant where no flag names one.
    profile: Option<String>,
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

/// The settings of one profile.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Profile {
    /// The server.
    pub(crate) base_url: Option<String>,
    /// The longest time of a call, in seconds.
    pub(crate) timeout: Option<f64>,
    /// The largest number of attempts of a call.
    pub(crate) attempts: Option<u32>,
    /// Headers of every request.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    /// Credentials, by security scheme.
    #[serde(default)]
    credentials: BTreeMap<String, Stored>,
}

/// A credential, as a profile says it.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Stored {
    Secret(String),
    Basic {
        user: String,
        password: String,
    },
    #[serde(rename_all = "kebab-case")]
    Tokens {
        client_id: String,
        client_secret: String,
    },
}

/// Returns the path of the file of settings: `config.toml` in the folder of the program, where users keep
/// settings (XDG Base Directory Specification).
pub(crate) fn path(program: &str) -> Result<PathBuf, Failure> {
    let base = etcetera::choose_base_strategy()
        .map_err(|error| Failure::usage(format!("there is no folder for settings: {error}")))?;
    Ok(base.config_dir().join(program).join("config.toml"))
}

/// Reads a profile: the one that is named, or the one that the file names, or `default`; nothing is set where
/// there is none.
pub(crate) fn profile(program: &str, named: Option<&str>) -> Result<Profile, Failure> {
    let path = match path(program) {
        Ok(path) => path,
        // Whoever has no home needs no settings.
        Err(_) if named.is_none() => return Ok(Profile::default()),
        Err(failure) => return Err(failure),
    };
    let shown = path.display();
    let config = match fs::read_to_string(&path) {
        Ok(text) => parsed(&text).map_err(|line| {
            let message = format!("{shown}, line {line}: this is no setting, or not of its type");
            Failure::usage(message)
                .help("write TOML: a profile has base-url, timeout, attempts, headers and credentials")
        })?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Config::default(),
        Err(error) => return Err(Failure::usage(format!("{shown} can't be read: {error}"))),
    };
    let wanted = named.map(str::to_owned).or(config.profile);
    match config.profiles.get(wanted.as_deref().unwrap_or(DEFAULT)) {
        Some(profile) => Ok(profile.clone()),
        None => match wanted {
            None => Ok(Profile::default()),
            Some(name) => {
                let known: Vec<&str> = config.profiles.keys().map(String::as_str).collect();
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                Err(Failure::usage(format!(
                    "there is no profile `{name}` in {shown}; profiles there: {known}"
                )))
            }
        },
    }
}

/// Reads settings, or returns the line that is wrong. No more is said of it: any of its texts may be a
/// secret.
fn parsed(text: &str) -> Result<Config, usize> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        before.matches('\n').count() + 1
    })
}

/// Reads a variable of the environment; none where it is empty.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

/// Returns the base URL of a call.
pub(crate) fn base_url<C>(api: &Api<C>, flag: Option<&str>, profile: &Profile) -> Result<String, Failure> {
    let said = flag
        .map(str::to_owned)
        .or_else(|| variable(api.base_url_variable?))
        .or_else(|| profile.base_url.clone())
        .or_else(|| api.base_url.map(str::to_owned));
    said.ok_or_else(|| {
        Failure::usage("the document does not say where the API is served")
            .help("name the server by --base-url URL, or by `base-url` of a profile")
    })
}

/// Gives a client the credentials that the environment has, or else the profile.
pub(crate) fn with_credentials<C>(api: &Api<C>, profile: &Profile, mut client: C) -> Result<C, Failure> {
    for scheme in api.schemes {
        if let Some(found) = find(scheme, profile) {
            client = give(scheme, client, &found)?;
        }
    }
    Ok(client)
}

/// Finds the credential for a scheme.
fn find<C>(scheme: &Scheme<C>, profile: &Profile) -> Option<Stored> {
    let of_environment = |name: &str| match scheme.credential {
        Credential::Tokens(..) => variable(name).map(Stored::Secret).or_else(|| {
            Some(Stored::Tokens {
                client_id: variable(&format!("{name}_CLIENT_ID"))?,
                client_secret: variable(&format!("{name}_CLIENT_SECRET"))?,
            })
        }),
        _ => variable(name).map(Stored::Secret),
    };
    scheme.variable.and_then(of_environment).or_else(|| profile.credentials.get(scheme.name).cloned())
}

/// Gives a client a credential.
fn give<C>(scheme: &Scheme<C>, client: C, found: &Stored) -> Result<C, Failure> {
    Ok(match (scheme.credential, found) {
        (Credential::Secret(set) | Credential::Tokens(set, _), Stored::Secret(secret)) => set(client, secret),
        (Credential::Tokens(_, set), Stored::Tokens { client_id, client_secret }) => {
            set(client, client_id, client_secret)
        }
        (Credential::Basic(set), Stored::Basic { user, password }) => set(client, user, password),
        (Credential::Basic(set), Stored::Secret(secret)) => {
            let plain = pair(secret).ok_or_else(|| {
                let message = format!("the credential for `{}` is no user:password", scheme.name);
                Failure::new(Reason::Credentials, message).help("write both, with a colon between them")
            })?;
            set(client, &plain.0, &plain.1)
        }
        _ => {
            let message = format!("the credential for `{}` is one of another kind", scheme.name);
            return Err(Failure::new(Reason::Credentials, message).help("write it as the guide shows it"));
        }
    })
}

/// Takes a user and a password apart, in base64 or not (RFC 7617, section 2).
fn pair(secret: &str) -> Option<(String, String)> {
    let split =
        |text: &str| text.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()));
    split(secret).or_else(|| {
        let bytes: Base64 = from_value(Value::from(secret)).ok()?;
        split(std::str::from_utf8(&bytes.0).ok()?)
    })
}

/// Gives a client what stands for each credential when a request is only shown: the name of a variable.
pub(crate) fn with_placeholders<C>(api: &Api<C>, mut client: C) -> C {
    for scheme in api.schemes {
        let name = placeholder(scheme);
        client = match scheme.credential {
            Credential::Secret(set) | Credential::Tokens(set, _) => set(client, &name),
            Credential::Basic(set) => set(client, &name, ""),
        };
    }
    client
}

/// Returns the name of the variable that stands for a credential.
pub(crate) fn placeholder<C>(scheme: &Scheme<C>) -> String {
    scheme.variable.map_or_else(
        || {
            let upper = scheme.name.to_uppercase();
            upper.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '_' }).collect()
        },
        str::to_owned,
    )
}

/// Says where a user can put credentials.
pub(crate) fn where_credentials_go<C>(api: &Api<C>) -> String {
    let variables: Vec<&str> = api.schemes.iter().filter_map(|scheme| scheme.variable).collect();
    let file = path(api.name).map_or_else(|_| "config.toml".to_owned(), |path| path.display().to_string());
    let profile = format!("`[profiles.{DEFAULT}.credentials]` of {file}");
    match variables.as_slice() {
        [] => format!("write them below {profile}"),
        names => format!("set {}, or write them below {profile}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_setting_is_known_by_its_line() {
        for (text, line) in [
            ("profile = 1", 1),
            ("\n\nprofile = 1\n", 3),
            ("[profiles.default]\ntimeout = 1\ncredentials = \"sk-live-1\"\n", 3),
            ("[profiles.default]\ntimeout = 1\n  base-urls = \"a\"\n", 3),
        ] {
            assert_eq!(parsed(text).err(), Some(line), "{text}");
        }
        assert!(parsed("profile = \"a\"\n").is_ok());
    }
}
