//! Where a request comes from.

use crate::settings::IpRange;
use poem::{Addr, Request};
use std::net::{IpAddr, SocketAddr};

/// The address of the client: of the connection, or, behind trusted proxies, the last one in `X-Forwarded-For` that is not
/// itself a trusted proxy. Everything further left was written by somebody we do not trust.
pub(super) fn client_address(request: &Request, trusted: &[IpRange]) -> Option<IpAddr> {
    let Addr::SocketAddr(peer) = &request.remote_addr().0 else {
        return None;
    };
    let forwarded = request.headers().get_all("x-forwarded-for").iter();
    let hops: Vec<&str> = forwarded
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    Some(resolve(peer.ip(), &hops, trusted))
}

fn resolve(peer: IpAddr, hops: &[&str], trusted: &[IpRange]) -> IpAddr {
    let mut client = peer.to_canonical();
    for hop in hops.iter().rev() {
        if !trusted.iter().any(|range| range.contains(client)) {
            break;
        }
        let Some(before) = parse(hop.trim()) else { break };
        client = before.to_canonical();
    }
    client
}

/// An address, as proxies write it: alone, or with a port.
fn parse(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(peer: &str, hops: &[&str]) -> String {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()];
        resolve(peer.parse().unwrap(), hops, &trusted).to_string()
    }

    #[test]
    fn only_what_trusted_proxies_say_is_believed() {
        assert_eq!(resolved("203.0.113.9", &["1.2.3.4"]), "203.0.113.9");
        assert_eq!(resolved("10.0.0.1", &["1.2.3.4"]), "1.2.3.4");
        assert_eq!(resolved("10.0.0.1", &["6.6.6.6", "1.2.3.4", "10.0.0.2"]), "1.2.3.4");
        assert_eq!(resolved("10.0.0.1", &["1.2.3.4", "rubbish"]), "10.0.0.1");
        assert_eq!(resolved("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(resolved("::1", &[" [2001:db8::7]:443 "]), "2001:db8::7");
        assert_eq!(resolved("::ffff:10.0.0.1", &["1.2.3.4:80"]), "1.2.3.4");
    }
}
