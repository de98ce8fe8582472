# shellcheck shell=bash
# For scripts to source.

# install_missing PACKAGE...: installs those of Debian's packages that are not there, and does nothing if all are.
install_missing() {
  local package missing=() as_root=()
  for package in "$@"; do
    # A tool may come from elsewhere; its package is named like its command.
    command -v "$package" >/dev/null || dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  if [[ ${#missing[@]} -eq 0 ]]; then
    return
  fi

  if [[ $EUID -ne 0 ]]; then
    as_root=(sudo)
  fi
  if command -v apt-get >/dev/null && command -v "${as_root[@]:-env}" >/dev/null; then
    "${as_root[@]}" apt-get update
    "${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}"
  else
    echo "Nothing here installs packages (apt-get ${as_root[*]}). If what follows fails, install under your" >&2
    echo "system's names: ${missing[*]}" >&2
  fi
}

# unpack_missing DIRECTORY PACKAGE...: unpacks those of Debian's packages that are not installed under the directory,
# for the data that they hold. Needs no rights; what cannot be had is said and left out.
unpack_missing() {
  local directory="$1" package scratch
  shift
  for package in "$@"; do
    if dpkg -s "$package" >/dev/null 2>&1 || [[ -e "$directory/$package.unpacked" ]]; then
      continue
    fi
    mkdir -p "$directory"
    scratch="$(mktemp -d)"
    if (cd "$scratch" && { apt-get download "$package" || { update_lists && apt-get download "$package"; }; } &&
      dpkg-deb -x "$package"_*.deb "$directory") >"$directory/$package.log" 2>&1; then
      touch "$directory/$package.unpacked"
    else
      echo "Debian's package $package could not be had ($directory/$package.log)." >&2
    fi
    rm -r "$scratch"
  done
}

update_lists() {
  if [[ $EUID -eq 0 ]]; then apt-get update; else sudo -n apt-get update; fi
}
