#!/bin/bash
# Checks on a client, with real requests, that the Internet is reached through the proxy and in no
# other way, and that the proxy refuses what it must. The site is asked for ten times, so that all of
# a few proxies take part; a broken one among many can still be missed. Needs bash and curl 7.84 or
# later; takes at most a minute, whatever does not answer. Prints TAP 13 (https://testanything.org),
# and ends with 0 if nothing failed. Variables, all optional:
#
#   http_proxy, https_proxy   the proxy (those of /etc/profile.d/proxy.sh)
#   SITE                      answers "/" with the caller's address, by HTTP and by HTTPS
#                             (checkip.amazonaws.com)
#   SITE_ADDRESS              an address of the site, to look for a way past the proxy with: where public
#                             names do not resolve, the site's own leads nowhere
#   HTTP_PORT, HTTPS_PORT     the site's ports (80, 443)
#   HTTP_SKIP, HTTPS_SKIP     why the site is not asked for through the proxy
#   TARGET_HTTP_PORT          a port on which the proxy gets pages, to ask for what it must refuse
#                             for another reason; if empty, only tunnels are asked for (80)
#   TARGET_CONNECT_PORT       the same for tunnels (443)
#   BLOCKED_NAME              a public name that the client's own resolver must not answer for
#   BLOCKED_NAME_SKIP         why there is none ("no BLOCKED_NAME is given")
#   DENIED_SITE               a domain that the rules refuse
#   DENIED_BY                 the list that does, to look at if they do not (rules/)
#   DENIED_SITE_SKIP          why there is none ("no DENIED_SITE is given")
#   PRIVATE_TARGETS           hosts of private networks that the proxy refuses; "own" is the
#                             client's own address (10.0.0.1 172.16.0.1 192.168.0.1 100.64.0.1 own)
#   INTERNAL_SITES            names of the metadata service or of private networks that the rules
#                             let pass, so that the proxy must refuse them for the address
#   INTERNAL_SITES_SKIP       why there are none, where the rules refuse what has no name
#   EGRESS_ADDRESSES          addresses of which the site must see one
#
# Lists are separated by blanks.
set -u

site=${SITE:-checkip.amazonaws.com}
http_port=${HTTP_PORT:-80} https_port=${HTTPS_PORT:-443}
site_address=${SITE_ADDRESS-} blocked_name=${BLOCKED_NAME-}
http_skip=${HTTP_SKIP-} https_skip=${HTTPS_SKIP-}
target_http_port=${TARGET_HTTP_PORT-80} target_connect_port=${TARGET_CONNECT_PORT-443}
denied_site=${DENIED_SITE-} denied_by=${DENIED_BY:-rules/}
internal_sites_skip=${INTERNAL_SITES_SKIP-}
read -ra private_targets <<<"${PRIVATE_TARGETS-10.0.0.1 172.16.0.1 192.168.0.1 100.64.0.1 own}"
read -ra internal_sites <<<"${INTERNAL_SITES-}"
read -ra egress_addresses <<<"${EGRESS_ADDRESSES-}"

# Open to nobody, whatever the settings: the metadata and credentials services, and the proxy itself.
targets=(
  169.254.169.254 2852039166 0xa9fea9fe '[fd00:ec2::254]' 169.254.170.2
  127.0.0.1 2130706433 0x7f000001 localhost 0.0.0.0
)

# Nothing but web ports is ever open: AWS blocks mail, and the settings refuse it.
mail_port=25

# Each request for the site is a connection of its own, which the load balancer gives to any proxy:
# of three, ten requests miss a certain one less than twice in a hundred checks.
site_requests=10

echo "TAP version 13"
curl_version=
if command -v curl >/dev/null; then read -r _ curl_version _ < <(curl --version); fi
if ! printf '%s\n' 7.84.0 "$curl_version" | sort --version-sort --check=quiet; then
  echo "Bail out! curl 7.84 or later is needed, and here it is ${curl_version:-not installed}"
  exit 1
fi
if [[ ! ${http_proxy-} || ! ${https_proxy-} ]] && [[ -r /etc/profile.d/proxy.sh ]]; then
  # shellcheck source=/dev/null
  . /etc/profile.d/proxy.sh
fi
if [[ ! ${http_proxy-} || ! ${https_proxy-} ]]; then
  echo "Bail out! http_proxy and https_proxy are not set, and /etc/profile.d/proxy.sh does not set" \
    "them: the first boot (client/userdata.sh) has not come that far. Look at" \
    "/var/log/cloud-init-output.log"
  exit 1
fi

work=$(mktemp -d) || exit
trap 'rm -rf "$work"' EXIT

# --- Requests -------------------------------------------------------------------------------------

# Sends a request and keeps what becomes of it under a name.
ask() { # name, seconds, curl's arguments
  local fields='%{exitcode}\n%{http_code}\n%header{x-squid-error}\n%{time_namelookup}\n'
  fields+='%{time_connect}\n%{local_ip}\n%{errormsg}\n'
  curl --silent --max-time "$2" --output "$work/$1.body" --write-out "$fields" \
    "${@:3}" >"$work/$1"
}

# Asks the proxy for a target, for a page and then for a tunnel, in exactly these letters: in a URL,
# curl would rewrite them.
ask_for() { # name, host, port of the page or nothing, port of the tunnel
  {
    if [[ $3 ]]; then
      ask "$1-GET" 15 --noproxy '*' --header "Host: $2:$3" \
        --request-target "http://$2:$3/" "$http_proxy"
    fi
    ask "$1-CONNECT" 15 --noproxy '*' --header "Host: $2:$4" \
      --request CONNECT --request-target "$2:$4" "$https_proxy"
  } &
}

# Reads what became of a request.
recall() { # name
  {
    read -r exit_code
    read -r status
    read -r squid_error
    read -r resolved
    read -r connected
    read -r local_address
    read -r error_message
  } <"$work/$1"
  # The times of what did not happen are zero.
  resolved=${resolved#0.000000} connected=${connected#0.000000}
}

outcome() {
  if [[ $status == 000 ]]; then
    echo "no answer; curl ended with $exit_code: $error_message"
  elif [[ $squid_error ]]; then
    echo "status $status, an answer of the proxy itself: $squid_error"
  elif [[ $exit_code != 0 ]]; then
    echo "status $status, and then curl ended with $exit_code: $error_message"
  else
    echo "status $status"
  fi
}

# --- Results --------------------------------------------------------------------------------------

number=0 failed=0 working=()

ok() { echo "ok $((++number)) - $1"; }
skip() { echo "ok $((++number)) - $1 # SKIP $2"; }
not_ok() { # description, lines that explain
  echo "not ok $((++number)) - $1"
  printf '# %s\n' "${@:2}"
  ((++failed))
}

is_one_of() { # value, values
  local value
  for value in "${@:2}"; do [[ $1 != "$value" ]] || return 0; done
  return 1
}

# Every answer that came through the proxy is the site's own.
passes() { # name, description, URL, reason to skip
  if [[ $4 ]]; then
    skip "$2" "$4"
    return
  fi
  local request failures=0 came=()
  local look="at the proxy's access log: deniedBy, error; where only some fail, at the NAT gateway and"
  look+=" the routes of each zone"
  for ((request = 1; request <= requests_each; request++)); do
    recall "$1-$request"
    if [[ $exit_code == 0 && $status == 200 && ! $squid_error ]]; then
      working+=("$1-$request")
      continue
    fi
    ((++failures))
    is_one_of "came: $(outcome)" "${came[@]}" || came+=("came: $(outcome)")
    case $exit_code in
      5 | 7) look="at the endpoint's DNS name and security group, the target group's health" ;;
      60) look="for whoever decrypts on the way, or at the certificates that the client trusts" ;;
    esac
  done
  if ((!failures)); then
    ok "$2"
    return
  fi
  not_ok "$2" "asked through the proxy: $3" "failed: $failures of $requests_each requests" \
    "${came[@]}" "expected: status 200" "look: $look"
}

# Past the proxy there is no connection: curl ends with 7, no route or refused, or with 28, in time.
# That needs an address to connect to, so a name that does not resolve proves nothing; and whoever
# cuts, delays or decrypts a connection has let it be made.
closed() { # name, description, URL
  recall "$1"
  if [[ $exit_code == 7 ]] || [[ $exit_code == 28 && $resolved && ! $connected ]]; then
    ok "$2"
    return
  fi
  local look="at the client VPC's route table and the instance's security group"
  if [[ ! $resolved ]]; then
    look="at the client VPC's DNS: without an address, nothing is shown; SITE_ADDRESS may give one"
  fi
  not_ok "$2" "asked past the proxy: $3" "came: $(outcome)" \
    "expected: curl ends with 7 or 28, and no connection" "look: $look"
}

# The client's resolver says that there is no such name. That it answers for the proxy's is another check.
unresolved() { # name, host, description
  recall "$1"
  if [[ $exit_code == 6 ]]; then
    ok "$3"
    return
  fi
  not_ok "$3" "asked for past the proxy: $2" "came: $(outcome)${resolved:+, and the name has an address}" \
    "expected: curl ends with 6, for a name that does not resolve" \
    "look: at clients[].publicDns, and at the DNS firewall of the client VPC"
}

# The proxy itself refuses, by a rule: a failure of the network is no refusal.
refuses() { # name, host, description, where to look
  local request
  for request in GET CONNECT; do
    [[ $request == GET && ! -e $work/$1-GET ]] && continue
    recall "$1-$request"
    # The latter is for tunnels with the SNI check.
    [[ $status == 403 && $squid_error == ERR_@(ACCESS|FORWARDING)_DENIED* ]] && continue
    if [[ $status == 503 && $squid_error == *ERR_DNS_FAIL* ]]; then
      skip "$3" "the proxy's DNS has no address for $2"
    else
      not_ok "$3" "asked the proxy: $request $2" "came: $(outcome)" \
        "expected: status 403, ERR_ACCESS_DENIED or ERR_FORWARDING_DENIED" "look: $4"
    fi
    return
  done
  ok "$3"
}

# --- All requests at once, so that those without an answer wait together --------------------------

ask proxy 10 --noproxy '*' "$http_proxy"
recall proxy
own_address=$local_address

for target in "${private_targets[@]}"; do
  # A proxy that cannot be reached has failed a check of its own already.
  if [[ $target == own ]]; then target=$own_address; fi
  if [[ $target ]]; then targets+=("$target"); fi
done

http_url=http://$site:$http_port/ https_url=https://$site:$https_port/
# Past the proxy only the connection matters, and of TLS that never ends curl says that there was none.
direct_https_url=http://$site:$https_port/

asked=()
[[ $http_skip ]] || asked+=(http)
[[ $https_skip ]] || asked+=(https)
if ((${#asked[@]})); then requests_each=$((site_requests / ${#asked[@]})); fi
for name in "${asked[@]}"; do
  url=${name}_url
  for ((request = 1; request <= requests_each; request++)); do
    ask "$name-$request" 30 "${!url}" &
  done
done
direct=(--noproxy '*')
if [[ $site_address ]]; then
  for port in "$http_port" "$https_port"; do direct+=(--resolve "$site:$port:$site_address"); done
fi
ask direct-http 5 "${direct[@]}" "$http_url" &
ask direct-https 5 "${direct[@]}" "$direct_https_url" &
if [[ $blocked_name ]]; then ask blocked-name 15 --noproxy '*' "http://$blocked_name/" & fi
for target in "${targets[@]}"; do
  ask_for "$target" "$target" "$target_http_port" "$target_connect_port"
done
for name in "${internal_sites[@]}"; do
  ask_for "$name" "$name" "$target_http_port" "$target_connect_port"
done
ask_for mail "$site" "$mail_port" "$mail_port"
if [[ $denied_site ]]; then
  ask_for denied "$denied_site" "$target_http_port" "$target_connect_port"
fi
wait

# --- The checks -----------------------------------------------------------------------------------

checks=$((${#targets[@]} + ${#internal_sites[@]} + 9))
if [[ $internal_sites_skip ]]; then ((++checks)); fi
echo "1..$checks"

description="the proxy answers at $http_proxy"
recall proxy
if [[ $status == [1-5]* ]]; then
  ok "$description"
else
  not_ok "$description" "came: $(outcome)" \
    "look: at the endpoint's DNS name and security group, the target group's health"
fi

passes http "HTTP through the proxy: $http_url" "$http_url" "$http_skip"
passes https "HTTPS through the proxy: $https_url" "$https_url" "$https_skip"

description="the site sees an address of the proxies"
wrong=()
for name in "${working[@]}"; do
  address=
  if [[ -s $work/$name.body ]]; then read -r -n 60 address <"$work/$name.body"; fi
  [[ $address =~ ^[0-9a-fA-F.:]+$ && $address != "$own_address" ]] &&
    { ((!${#egress_addresses[@]})) || is_one_of "$address" "${egress_addresses[@]}"; } && continue
  wrong+=("${address//[^[:print:]]/?}")
done
if ((!${#asked[@]})); then
  skip "$description" "$https_skip"
elif ((${#wrong[@]} || !${#working[@]})); then
  not_ok "$description" "failed: ${#wrong[@]} of ${#working[@]} answers" \
    "came: ${wrong[0]-no answer of the site}" \
    "expected: ${egress_addresses[*]:-an address} other than the client's own, ${own_address:-unknown}" \
    "look: at the service VPC's NAT gateways and routes, and at what squid.conf tells web servers"
else
  ok "$description"
fi

closed direct-http "no HTTP past the proxy" "$http_url"
closed direct-https "no HTTPS past the proxy" "$direct_https_url"

description="the client's resolver does not answer for ${blocked_name:-public names}"
if [[ $blocked_name ]]; then
  unresolved blocked-name "$blocked_name" "$description"
else
  skip "$description" "${BLOCKED_NAME_SKIP:-no BLOCKED_NAME is given}"
fi

for target in "${targets[@]}"; do
  refuses "$target" "$target" "the proxy refuses $target" \
    "at proxy.privateCidrs, and at the address guard in squid/squid.conf"
done
for name in "${internal_sites[@]}"; do
  refuses "$name" "$name" "the proxy refuses $name, for its address" \
    "at the address guard in squid/squid.conf"
done
if [[ $internal_sites_skip ]]; then
  skip "the proxy refuses allowed names for their addresses" "$internal_sites_skip"
fi
refuses mail "$site:$mail_port" "the proxy refuses port $mail_port" \
  "at proxy.httpPorts and proxy.connectPorts"
if [[ $denied_site ]]; then
  refuses denied "$denied_site" "the proxy refuses $denied_site, a denied domain" \
    "at $denied_by and the set's domainFilter, and for rules-rejected in the proxies' log"
else
  skip "the proxy refuses a denied domain" "${DENIED_SITE_SKIP:-no DENIED_SITE is given}"
fi

if ((failed)); then
  echo "# $failed of $number checks failed"
  exit 1
fi
