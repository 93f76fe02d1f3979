#!/bin/bash
# Starts the broker; RABBITMQ_DEFAULT_USER and RABBITMQ_DEFAULT_PASS become its first user, RABBITMQ_ERLANG_COOKIE its cookie.
set -eu
if [ "${1:-}" = rabbitmq-server ]; then
  if [ -n "${RABBITMQ_DEFAULT_USER:-}" ]; then
    # Not where it may be read-only, nor where it would stay after the variables have gone.
    settings=$(mktemp --suffix=.conf)
    cat /etc/rabbitmq/rabbitmq.conf > "$settings" 2>/dev/null || true
    printf '\ndefault_user = %s\ndefault_pass = %s\n' "$RABBITMQ_DEFAULT_USER" "${RABBITMQ_DEFAULT_PASS:-guest}" >> "$settings"
    export RABBITMQ_CONFIG_FILE=${settings%.conf}
  fi
  if [ -n "${RABBITMQ_ERLANG_COOKIE:-}" ]; then
    (umask 077 && printf '%s' "$RABBITMQ_ERLANG_COOKIE" > "$HOME/.erlang.cookie")
  fi
fi
exec "$@"
