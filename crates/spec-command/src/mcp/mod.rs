//! The program as a server of the Model Context Protocol: `mcp` on its command line.
//!
//! Knows the command, and who may ask for what. Must not know what a tool's arguments mean, nor how a call is
//! sent: a tool is the command of its operation.

mod answer;
mod listen;
mod server;
mod tools;

use crate::failure::Failure;
use crate::options::Options;
use crate::output::complain;
use crate::table::Api;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches};
use rmcp::ServiceExt;
use serde_json::Value;
use server::Server;
use spec_runtime::client::Configure;
use std::net::SocketAddr;
use tools::{Choice, offered};

/// The name of the command.
pub(crate) const NAME: &str = "mcp";

/// The flags that say how one answer is shown, of which a server has none.
const OF_ANSWERS: [&str; 5] = ["curl", "dry-run", "output", "output-file", "query"];

/// Makes the command.
pub(crate) fn command() -> clap::Command {
    clap::Command::new(NAME)
        .about("Serve the commands as tools of the Model Context Protocol, on standard input and output")
        .arg(
            Arg::new("listen")
                .long("listen")
                .value_name("ADDRESS:PORT")
                .value_parser(clap::value_parser!(SocketAddr))
                .help("Serve them by HTTP instead, at /mcp of an address of this machine"),
        )
        .arg(
            Arg::new("read-only")
                .long("read-only")
                .action(ArgAction::SetTrue)
                .help("Offer only tools that change nothing: those that send GET or HEAD"),
        )
        .arg(
            Arg::new("only")
                .long("only")
                .value_name("NAME")
                .action(ArgAction::Append)
                .help("Offer only this tool, or those of this group of commands; may be repeated"),
        )
}

/// Returns what is said of all tools.
pub(crate) fn described<C>(api: &Api<C>) -> Result<Vec<Value>, Failure> {
    let json = |tool| serde_json::to_value(tool).map_err(|error| Failure::usage(error.to_string()));
    offered(api, &Choice::default())?.into_iter().map(|own| json(own.tool)).collect()
}

/// Serves the tools until nobody asks any more.
pub(crate) fn serve<C: Configure + Send + Sync>(
    api: &Api<C>,
    options: Options,
    own: &ArgMatches,
) -> Result<(), Failure> {
    if let Some(flag) =
        OF_ANSWERS.iter().find(|flag| own.value_source(flag) == Some(ValueSource::CommandLine))
    {
        return Err(Failure::usage(format!("--{flag} is for one answer: `{NAME}` has no use for it")));
    }
    let only = own.get_many::<String>("only").into_iter().flatten().cloned().collect();
    let tools = offered(api, &Choice { is_read_only: own.get_flag("read-only"), only })?;
    let client = options.client(api)?;
    let address = own.get_one::<SocketAddr>("listen").copied();
    if let Some(address) = address.filter(|address| !address.ip().is_loopback()) {
        let message = format!("--listen: others can reach {address}, and would call with your credentials");
        return Err(Failure::usage(message).help("listen at 127.0.0.1, behind a proxy that knows who asks"));
    }
    let server = Server::new(*api, options, client, tools);
    let runtime = crate::runtime()?;
    runtime.block_on(async {
        match address {
            Some(address) => listen::listen(server, address).await,
            None => {
                match server.serve(rmcp::transport::stdio()).await {
                    Ok(serving) => drop(serving.waiting().await),
                    // Whoever goes away before the first message wanted nothing.
                    Err(error) => complain(&format!("note: {error}")),
                }
                Ok(())
            }
        }
    })
}
