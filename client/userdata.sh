#!/bin/bash
# First boot of a client: everything that speaks HTTP goes through the proxy.
#
# A Terraform template: only the three names below are filled in. What they hold is not looked at
# again, so the script in it may be any. AWS takes 16 KB of user data.
set -u

cat >/usr/local/sbin/use-proxy.sh <<'USE_PROXY'
${use_proxy}
USE_PROXY
chmod 755 /usr/local/sbin/use-proxy.sh
/usr/local/sbin/use-proxy.sh "http://${proxy_host}:${proxy_port}"

# Last, and without a say in the outcome: a session must be possible whatever a mirror does.
dnf install --assumeyes lynx || echo "lynx could not be installed; later: sudo dnf install lynx" >&2
