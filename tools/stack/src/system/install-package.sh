#!/bin/sh
# Installs one Debian package without the system starting a service for it, now or at the next boot.
# usage (as root): sh install-package.sh <package>
set -eu
package=$1
policy=/usr/sbin/policy-rc.d
saved=$policy.tidemark-saved
export DEBIAN_FRONTEND=noninteractive

# Two installations at a time would restore each other's policy.
exec 9>/run/tidemark-install.lock
flock 9

# invoke-rc.d asks this file whether a service may be started; 101 means no.
restore() {
  rm -f "$policy"
  if [ -e "$saved" ]; then mv "$saved" "$policy"; fi
}
trap restore EXIT
trap 'exit 130' INT TERM HUP
if [ -e "$policy" ] && [ ! -e "$saved" ]; then mv "$policy" "$saved"; fi
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 755 "$policy"

install() {
  apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$package"
}
# The package list of a fresh machine is empty or old: then it is fetched and the installation tried once more.
install || { apt-get update -o DPkg::Lock::Timeout=120 && install; }
if command -v systemctl >/dev/null; then systemctl disable "$package" || true; fi
