#!/bin/sh
# Options alone, or a command of Traefik's, are for Traefik; anything else is a program to run instead.
set -e
case "$1" in
  -* | healthcheck | version | help) set -- traefik "$@" ;;
esac
exec "$@"
