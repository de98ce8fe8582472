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
