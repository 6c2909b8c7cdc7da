#!/bin/bash
# Points a machine at the proxy, and back: Amazon Linux 2023, Debian, Ubuntu, RHEL 8 and later, and
# their kin. As root:
#
#   use-proxy.sh http://HOST:PORT [--no-proxy LIST] [--dry-run]
#   use-proxy.sh --off [--dry-run]
#
#   --no-proxy LIST   what is reached directly besides the machine itself, the metadata and credentials
#                     services and EC2's own names: with commas, such as .svc,10.100.0.0/16
#   --dry-run         says what would change, and changes nothing
#
# Shells and sessions get the variables, which curl, git, npm, pip and most programs read; what runs
# without them gets a file: apt, dnf, Docker and its builds, containerd, and the agents of Systems
# Manager, CloudWatch and ECS. Files that programs look for even if they are installed later are written
# now. Another proxy that is set already stays, and a line says so. --off leaves every file as it was.
# docs/client-machines.md has more.
set -euo pipefail

usage="use-proxy.sh http://HOST:PORT [--no-proxy LIST] [--dry-run], or use-proxy.sh --off [--dry-run]"

# Reached directly by everybody. Go, curl and Python take IPv6 addresses as they are, Node in brackets.
direct="localhost,127.0.0.1,::1"
direct+=",169.254.169.254,fd00:ec2::254,[fd00:ec2::254]" # instance metadata
direct+=",169.254.170.2,169.254.170.23,fd00:ec2::23,[fd00:ec2::23]" # credentials of ECS and EKS
direct+=",.ec2.internal,.compute.internal" # names of instances in a VPC
docker_bridge=172.17.0.0/16

# --- What is asked --------------------------------------------------------------------------------

proxy='' off='' dry_run='' mistakes=()

is_port() { [[ $1 =~ ^[1-9][0-9]{0,4}$ ]] && (($1 < 65536)); }

while (($#)); do
  case $1 in
    --off) off=1 ;;
    --dry-run) dry_run=1 ;;
    --no-proxy)
      if [[ ! ${2-} =~ ^[][A-Za-z0-9._:/*][][A-Za-z0-9._:/*-]*(,[][A-Za-z0-9._:/*-]+)*$ ]]; then
        mistakes+=("--no-proxy takes names, addresses and networks with commas and no blanks, not \"${2-}\"")
      else
        direct+=,$2
      fi
      if (($# > 1)); then shift; fi
      ;;
    --help)
      echo "$usage"
      exit
      ;;
    -*) mistakes+=("\"$1\" is not an option") ;;
    *)
      if [[ $proxy ]]; then mistakes+=("one proxy is enough, and \"$1\" would be another"); fi
      proxy=${1%/}
      if [[ ! $proxy =~ ^http://([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?):([0-9]+)$ ]] ||
        ! is_port "${BASH_REMATCH[3]}"; then
        mistakes+=("the proxy is given as http://HOST:PORT, such as http://proxy.internal:3128, not \"$1\"")
      fi
      ;;
  esac
  shift
done
# Linux-PAM before 1.4, as in RHEL 8, cuts a line of /etc/environment there.
if ((${#direct} > 1000)); then mistakes+=("--no-proxy is too long: with what is direct anyway, it may have 1000 characters"); fi
if [[ $off && $proxy ]]; then mistakes+=("--off takes no proxy"); fi
if [[ ! $off && ! $proxy ]]; then mistakes+=("neither a proxy nor --off is given"); fi
if ((EUID)); then mistakes+=("only root can do this: use sudo"); fi

# shellcheck source=/dev/null
distribution=$(ID='' ID_LIKE='' && . /etc/os-release && echo " $ID${ID_LIKE:+ $ID_LIKE} ")
if [[ ! $distribution =~ \ (amzn|debian|ubuntu|rhel|fedora)\  ]] ||
  [[ ! $distribution =~ \ (debian|ubuntu)\  && ! -d /etc/dnf ]]; then
  mistakes+=("this is for Amazon Linux 2023, Debian, Ubuntu, and RHEL 8 and its kin, not for${distribution% }")
fi
if ((${#mistakes[@]})); then
  printf 'use-proxy.sh: %s\n' "${mistakes[@]}" "usage: $usage" >&2
  exit 2
fi

# --- What there is, and what is to be -------------------------------------------------------------

# All changes are made at the end, so that whatever goes wrong before has changed nothing: by path, the
# texts of files that are to be, and what of them a dry run shows.
changed=()
declare -A wanted shown

# Marks what is ours. ECS takes a line with an equals sign for a setting, so the marks have none.
mark="# use-proxy.sh" begin="# use-proxy.sh begins" end="# use-proxy.sh ends"

# Reads a file as it is, with the newlines at its end: into `text`.
look() { # path
  text=
  if [[ -e $1 ]]; then IFS= read -r -d '' text <"$1" || true; fi
}

want() { # path, its text, the text that it is to have, what of it is ours
  if [[ -e $1 && $2 == "$3" ]]; then return; fi
  changed+=("$1")
  wanted[$1]=$3 shown[$1]=${4-}
}

remove() { # path
  if [[ -e $1 ]]; then changed+=("$1"); fi
}

left() { # path, why
  if [[ ! $off ]]; then echo "use-proxy.sh: left as it is: $1, because $2" >&2; fi
}

# Where somebody else has set a proxy: the first such file. Without others, grep would read what this script
# is read from.
elsewhere() { # our own file, others
  grep --files-with-matches --ignore-case --extended-regexp --no-messages --regexp="$assigned" "${@:2}" </dev/null |
    grep --invert-match --line-regexp --fixed-strings "$1" | head -1 || true
}
assigned='^[^#]*(https?|no)_proxy *='

# A file that is all ours.
own() { # path, text, others of its kind
  local other new=''
  other=$(elsewhere "$1" "${@:3}")
  look "$1"
  if [[ -e $1 && $text != "$mark"* ]]; then
    left "$1" "somebody else has written it"
  elif [[ $off ]]; then
    remove "$1"
  elif [[ $other ]]; then
    left "$1" "$other sets a proxy"
  else
    if [[ $text == "$mark, new folder"* || ! -d ${1%/*} ]]; then new=", new folder"; fi
    want "$1" "$text" "$mark$new; --off removes it"$'\n'"$2"$'\n' "$2"
  fi
}

# Some lines in a file of somebody else's, in front of what it has, or behind its heading.
block() { # path, lines, pattern of a setting that stays as it is, heading
  local others ours before='' new=''
  look "$1"
  if [[ ! -e $1 || $text == "$begin, new file"* ]]; then new=", new file"; fi
  others=$text
  if [[ $text == *"$begin"*"$end"$'\n'* ]]; then
    ours=${text#*"$begin"}
    others=${text%%"$begin"*}${ours#*"$end"$'\n'}
  fi
  if [[ $off && $new && ! $others ]]; then
    remove "$1"
  elif [[ $off ]]; then
    want "$1" "$text" "$others"
  elif grep --quiet --ignore-case --extended-regexp --regexp="$3" <<<"$others"; then
    left "$1" "it sets a proxy of its own"
  else
    ours=$2
    if [[ ${4-} && $'\n'$others == *$'\n'"$4"$'\n'* ]]; then
      before=${others%%"$4"$'\n'*}$4$'\n'
    elif [[ ${4-} ]]; then
      ours=$4$'\n'$2
    fi
    want "$1" "$text" "$before$begin$new"$'\n'"$ours"$'\n'"$end"$'\n'"${others#"$before"}" "$ours"
  fi
}

variables() { # what stands before a name, quotes, what is reached directly
  local name
  for name in http_proxy https_proxy HTTP_PROXY HTTPS_PROXY; do
    printf '%s%s=%s%s%s\n' "$1" "$name" "$2" "$proxy" "$2"
  done
  printf '%s%s=%s%s%s\n' "$1" no_proxy "$2" "$3" "$2" "$1" NO_PROXY "$2" "$3" "$2"
}

# --- Shells and sessions --------------------------------------------------------------------------

# Login shells, and on Amazon Linux and RHEL all interactive ones.
own /etc/profile.d/proxy.sh "$(variables 'export ' \' "$direct")" /etc/profile.d/*.sh

# Whatever PAM opens: SSH commands, su, cron, and sudo on Amazon Linux, RHEL and Ubuntu. And snapd.
block /etc/environment "$(variables '' '' "$direct")" "$assigned"

# On Debian, sudo asks PAM for no variables.
sudoers=/etc/sudoers.d/use-proxy
if [[ -d ${sudoers%/*} ]] && ! grep -qs pam_env /etc/pam.d/sudo /etc/pam.d/system-auth; then
  if [[ ! -e $sudoers ]] && grep -qrs '^Defaults.*env_file' /etc/sudoers "${sudoers%/*}"; then
    left "$sudoers" "sudo has an env_file already"
  else
    own "$sudoers" "Defaults env_file=/etc/environment"
  fi
fi

# --- Packages, which timers install, too ----------------------------------------------------------

apt=/etc/apt/apt.conf.d/95use-proxy
if [[ ! -e $apt && -d ${apt%/*} ]] &&
  apt-config dump | grep -i '^Acquire::https\?::Proxy "[^"]' >/dev/null; then
  left "$apt" "apt has a proxy already, as apt-config dump shows"
elif [[ -d ${apt%/*} ]]; then
  own "$apt" "$(printf 'Acquire::%s::Proxy "%s";\n' http "$proxy" https "$proxy")"
fi
if [[ -d /etc/dnf ]]; then
  block /etc/dnf/dnf.conf "proxy=$proxy" '^proxy *=' '[main]'
fi

# --- Services -------------------------------------------------------------------------------------

# A drop-in does nothing until its service is there.
drop_in() { # unit, what is reached directly
  local folder=/etc/systemd/system/$1.service.d
  if [[ -d ${folder%/*} ]]; then
    own "$folder/proxy.conf" "[Service]"$'\n'"$(variables Environment= '' "$2")" "$folder"/*.conf
  fi
}

# Session Manager's shells have its agent's variables, too. On Ubuntu the agent is a snap.
drop_in amazon-ssm-agent "$direct"
drop_in snap.amazon-ssm-agent.amazon-ssm-agent "$direct"

drop_in amazon-cloudwatch-agent "$direct"
cloudwatch=/opt/aws/amazon-cloudwatch-agent/etc/common-config.toml
if [[ -e $cloudwatch ]]; then
  toml=$(printf '%s = "%s"\n' http_proxy "$proxy" https_proxy "$proxy" no_proxy "$direct")
  block "$cloudwatch" "[proxy]"$'\n'"$toml" '^ *\[proxy\]'
fi

drop_in containerd "$direct"

docker_socket=/var/run/docker.sock
drop_in ecs "$direct,$docker_socket"
if [[ -d /etc/ecs ]]; then
  block /etc/ecs/ecs.config "$(printf '%s=%s\n' HTTP_PROXY "$proxy" HTTPS_PROXY "$proxy" \
    NO_PROXY "$direct,$docker_socket")" "$assigned"
fi

if [[ ! $off ]] && grep -qs '"proxies"' /etc/docker/daemon.json; then
  left /etc/systemd/system/docker.service.d "/etc/docker/daemon.json has proxies, which win"
else
  drop_in docker "$direct,$docker_bridge"
fi

# Containers that root builds and runs. The text is as Docker itself writes it, so that it is found
# again when Docker has written the file anew; a daemon of the mark's name does not exist.
docker_config() {
  local path=/root/.docker/config.json ours others new='' comma=, t=$'\t' n=$'\n' value='"[^"]*"'
  look "$path"
  ours=",?$n$t\"proxies\": \{$n$t$t\"default\": \{$n$t$t$t\"httpProxy\": $value,$n$t$t$t\"httpsProxy\": "
  ours+="$value,$n$t$t$t\"noProxy\": $value$n$t$t\},$n$t$t\"use-proxy.sh(, new [a-z]+)?\": \{\}$n$t\},?"
  others=$text
  if [[ $text =~ $ours ]]; then
    new=${BASH_REMATCH[1]} ours=${BASH_REMATCH[0]}
    if [[ $ours == ,*, ]]; then others=${text/"$ours"/,}; else others=${text/"$ours"/}; fi
  elif [[ ! -e $path ]]; then
    others="{$n}$n" new=", new file"
    if [[ ! -d ${path%/*} ]]; then new=", new folder"; fi
  fi
  if [[ ${others//[[:space:]]/} == "{}" ]]; then comma=; fi
  if [[ $off && $new && ! $comma ]]; then
    remove "$path"
  elif [[ $off ]]; then
    want "$path" "$text" "$others"
  elif [[ $others == *'"proxies"'* ]]; then
    left "$path" "it has proxies of its own"
  elif [[ ! $others =~ ^[[:space:]]*\{ ]]; then
    left "$path" "it is not a JSON object"
  else
    ours="$n$t\"proxies\": {$n$t$t\"default\": {$n$t$t$t\"httpProxy\": \"$proxy\",$n"
    ours+="$t$t$t\"httpsProxy\": \"$proxy\",$n$t$t$t\"noProxy\": \"$direct,$docker_bridge\"$n"
    ours+="$t$t},$n$t$t\"use-proxy.sh$new\": {}$n$t}"
    want "$path" "$text" "${others/\{/"{$ours$comma"}" "${ours#"$n"}"
  fi
}
docker_config

# --- The changes ----------------------------------------------------------------------------------

if ((${#changed[@]} == 0)); then
  echo "nothing to change"
  exit
fi
if [[ $dry_run ]]; then
  for path in "${changed[@]}"; do
    if [[ ! -v wanted[$path] ]]; then
      echo "would remove $path"
    elif [[ $off ]]; then
      echo "would take its own lines out of $path"
    else
      echo "would write to $path:"
      while IFS= read -r line; do echo "  $line"; done <<<"${shown[$path]}"
    fi
  done
  exit
fi

# Beside each file first, so that a full disk, say, leaves no half of anything.
aside=() folders=()
trap 'rm --force "${aside[@]}"; rmdir "${folders[@]}" 2>/dev/null || true' EXIT
for path in "${changed[@]}"; do
  if [[ ! -v wanted[$path] ]]; then continue; fi
  umask 022
  # Where Docker puts credentials, and what sudo wants.
  if [[ $path == /root/* ]]; then umask 077; fi
  if [[ $path == "$sudoers" ]]; then umask 337; fi
  if [[ ! -d ${path%/*} ]]; then
    mkdir "${path%/*}"
    folders+=("${path%/*}")
  fi
  target=$(readlink --canonicalize "$path")
  aside+=("$target.use-proxy")
  # With owner, mode and label.
  if [[ -e $target ]]; then cp --archive "$target" "$target.use-proxy"; fi
  printf '%s' "${wanted[$path]}" >"$target.use-proxy"
done
for path in "${changed[@]}"; do
  if [[ -v wanted[$path] ]]; then
    target=$(readlink --canonicalize "$path")
    mv --force "$target.use-proxy" "$target"
    echo "wrote $path"
  else
    look "$path"
    rm "$path"
    if [[ $text == *"use-proxy.sh, new folder"* ]]; then rmdir "${path%/*}" 2>/dev/null || true; fi
    echo "removed $path"
  fi
done

# --- Into force -----------------------------------------------------------------------------------

if [[ ! -d /run/systemd/system ]]; then exit; fi
systemctl daemon-reload
declare -A units
for path in "${changed[@]}"; do
  case $path in
    *.service.d/proxy.conf) unit=${path#/etc/systemd/system/} && units[${unit%%.service.d/*}]=1 ;;
    "$cloudwatch") units[amazon-cloudwatch-agent]=1 ;;
    /etc/ecs/*) units[ecs]=1 ;;
    /etc/environment) units[snapd]=1 ;;
  esac
done
for unit in "${!units[@]}"; do
  if [[ $(systemctl show --property LoadState --value "$unit") != loaded ]]; then continue; fi
  if [[ $unit == docker && $(docker ps --quiet 2>/dev/null) ]]; then
    echo "Docker runs containers, which a restart would stop. In force after: systemctl restart docker"
  else
    systemctl try-restart "$unit" || echo "use-proxy.sh: $unit could not be restarted" >&2
  fi
done
