#!/bin/sh
# Options and addresses alone are for curl; anything else that is a program here is run instead.
set -e
if [ "${1#-}" != "$1" ] || ! command -v "$1" >/dev/null 2>&1; then
  set -- curl "$@"
fi
exec "$@"
