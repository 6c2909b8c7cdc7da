#!/bin/bash
# First boot of a client: everything that speaks HTTP goes through the proxy.
#
# A Terraform template: only the two names below are filled in. Everywhere else a dollar sign
# stands before a plain name, because a brace behind it would make it Terraform's.
set -u

proxy="http://${proxy_host}:${proxy_port}"

# The instance metadata service and the machine itself are reached directly.
no_proxy="localhost,127.0.0.1,169.254.169.254"

# Every shell. Login shells read profile.d, and on Amazon Linux so do other interactive ones.
cat >/etc/profile.d/proxy.sh <<EOF
export http_proxy="$proxy" https_proxy="$proxy" no_proxy="$no_proxy"
export HTTP_PROXY="$proxy" HTTPS_PROXY="$proxy" NO_PROXY="$no_proxy"
EOF
chmod 644 /etc/profile.d/proxy.sh

# dnf under sudo, which drops the variables.
sed -i '/^proxy=/d' /etc/dnf/dnf.conf
echo "proxy=$proxy" >>/etc/dnf/dnf.conf

# The SSM agent, and the shells that Session Manager opens: they inherit its environment.
mkdir -p /etc/systemd/system/amazon-ssm-agent.service.d
cat >/etc/systemd/system/amazon-ssm-agent.service.d/proxy.conf <<EOF
[Service]
Environment="http_proxy=$proxy" "https_proxy=$proxy" "no_proxy=$no_proxy"
Environment="HTTP_PROXY=$proxy" "HTTPS_PROXY=$proxy" "NO_PROXY=$no_proxy"
EOF
systemctl daemon-reload
systemctl restart amazon-ssm-agent

# Last, and without a say in the outcome: a session must be possible whatever a mirror does.
dnf install --assumeyes lynx || echo "lynx could not be installed; later: sudo dnf install lynx" >&2
